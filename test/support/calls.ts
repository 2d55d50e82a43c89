/** What a call of the SDK came to, for tests in which some calls are meant to lose. */
export interface Outcome {
  status: number;
  /** The answer, or the problem. */
  body: Record<string, unknown>;
}

export async function outcome(
  call: Promise<{ data?: unknown; error?: unknown; response?: Response }>,
): Promise<Outcome> {
  const { data, error, response } = await call;
  // Without a response the request itself failed, or its answer broke the OpenAPI document.
  if (!response) throw error instanceof Error ? error : new Error(String(error));
  return { status: response.status, body: (data ?? error ?? {}) as Record<string, unknown> };
}

/** How many calls ended in which status. */
export function tally(outcomes: { status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Runs the same work `times` times at once. */
export function atOnce<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => work(index)));
}

/** An hour in the future that nobody else has. */
export function slot(hour: number): { start_time: string; end_time: string } {
  const at = (n: number): string => new Date(Date.UTC(2030, 0, 1, n)).toISOString();
  return { start_time: at(hour), end_time: at(hour + 1) };
}

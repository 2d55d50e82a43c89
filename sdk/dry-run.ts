import type { DryRun } from './types.js';

export type { DryRun };

interface Outcome {
  data?: unknown;
  error?: unknown;
  response?: Response;
}

type Write = (options: never) => Promise<Outcome>;
type Result<W extends Write> = Awaited<ReturnType<W>>;
/** The answer of a write; null for one that answers with nothing (204). */
type AnswerOf<W extends Write> =
  Exclude<Result<W>['data'], void> extends never ? null : Exclude<Result<W>['data'], void>;
type ProblemOf<W extends Write> = Result<W> extends infer R ? (R extends { error: infer E } ? E : never) : never;

/**
 * Asks what a write on events would do, and does nothing: `dryRun(updateEvent, { client, path, body })`. The checks and the
 * refusals are those of the real call.
 */
export async function dryRun<W extends Write>(
  write: W,
  options: Parameters<W>[0],
): Promise<{ data?: DryRun<AnswerOf<W>>; error?: ProblemOf<W>; response?: Response }> {
  const { query, ...rest } = options as { query?: object };
  return (await write({ ...rest, query: { ...query, dry_run: true } } as never)) as never;
}

import type { DryRunView } from './generated/types.gen.js';

/** What a write would do: its answer, its changes, the clashes it would put up with, and who would be told. */
export type DryRun<Answer> = Omit<DryRunView, 'would'> & { would: Answer };

interface Outcome {
  data?: unknown;
  error?: unknown;
  response?: Response;
}

/** The answer of a call; nothing of it for calls that answer 204. */
type AnswerOf<Result extends Outcome> = [NonNullable<Result['data']>] extends [never]
  ? null
  : Exclude<NonNullable<Result['data']>, void>;

/**
 * Asks what a write on events would do, and does nothing: `dryRun(updateEvent, { client, path, body })`. The checks and the
 * refusals are those of the real call.
 */
export async function dryRun<Options extends { query?: object | undefined }, Result extends Outcome>(
  write: (options: Options) => Promise<Result>,
  options: Options,
): Promise<{ data?: DryRun<AnswerOf<Result>>; error?: Result['error']; response?: Response }> {
  const outcome = await write({ ...options, query: { ...options.query, dry_run: true } });
  return outcome as unknown as { data?: DryRun<AnswerOf<Result>> };
}

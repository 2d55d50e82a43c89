/** Runs a write, returns what it would do, and rolls it back. The application provides it, because it knows all effects. */
export abstract class DryRuns {
  abstract run(work: () => Promise<unknown>): Promise<unknown>;
}

/** Runs a write, returns what it would do, and rolls it back. The application provides it, because it knows all effects. */
import type { RequestOrigin } from '../tracing/request-origin.js';
export abstract class DryRuns {
  abstract run(origin: RequestOrigin, work: () => Promise<unknown>): Promise<unknown>;
}

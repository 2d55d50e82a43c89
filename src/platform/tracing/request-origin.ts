/**
 * The request that something is done for: one object for each request, which `Transactions` recognizes, too. It is passed on
 * with the actor or by itself, not in an `AsyncLocalStorage`: with one, Node 20 calls a function for every promise, which took
 * a third of its time for a read.
 */
export interface RequestOrigin {
  readonly requestId: string | null;
  readonly sessionId: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** The origin of work that no request started. */
export const NO_REQUEST: RequestOrigin = { requestId: null, sessionId: null, address: null, userAgent: null };

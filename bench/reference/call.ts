/** A request whose token has been verified. */
export interface Call {
  /** The person of the token; empty for logging in and refreshing. */
  userId: string;
  /** The segments of the path after `/api`. */
  path: string[];
  query: URLSearchParams;
  body: unknown;
}

export interface Answer {
  status: number;
  body: object;
  etag?: string;
}

export type Handler = (call: Call) => Promise<Answer>;

/** Thrown to answer with a status other than 2xx. */
export class Refusal extends Error {
  constructor(readonly status: number) {
    super(`refused with ${status}`);
  }
}

/** What the headers of a response say about an object that a call resolved to. */
export interface ResponseInfo {
  status: number;
  /** The id of the request in the log of the server. */
  requestId: string;
  /** Changes with anything in the response. */
  etag: string | null;
  /** After a write that was based on an older version: the versions that it was merged with. */
  merged: { from: number; to: number } | null;
  /** Whether the response is that to an earlier request with the same `idempotencyKey`. */
  replayed: boolean;
}

const responses = new WeakMap<object, Response>();

/** Keeps the response with the object that was read from it. */
export function rememberResponse<T>(body: T, response: Response): T {
  if (typeof body === 'object' && body !== null) responses.set(body, response);
  return body;
}

/** Returns what the headers of the response said; null for an object that no call resolved to. */
export function responseOf(body: object): ResponseInfo | null {
  const response = responses.get(body);
  if (!response) return null;
  const { status, headers } = response;
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(headers.get('convene-merged') ?? '') ?? [];
  return {
    status,
    requestId: headers.get('x-request-id') ?? '',
    etag: headers.get('etag'),
    merged: from && to ? { from: Number(from), to: Number(to) } : null,
    replayed: headers.get('idempotent-replayed') === 'true',
  };
}

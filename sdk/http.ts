import type { Path } from './path.js';
import { ConveneError, ConveneNetworkError, ConveneTimeoutError, toError } from './errors.js';
import { type RetryOptions, sleep, waitBeforeRetry } from './retries.js';
import { rememberResponse } from './responses.js';

/** How one call is made. */
export interface CallOptions extends RetryOptions {
  /** Ends the call: it rejects with the reason of the signal. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for one attempt, the whole response included: 30,000. 0 waits without end. */
  timeout?: number | undefined;
  /** Further headers. */
  headers?: Record<string, string> | undefined;
}

/** A request as the resources describe it. */
export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Of the server, with its parameters filled in. */
  path: Path;
  query?: object | undefined;
  /** An object is sent as JSON, a text as it is, with a `content-type` in the headers. */
  body?: object | string | undefined;
  headers?: Record<string, string | undefined> | undefined;
  /** `text/plain` to get the answer as text. */
  accept?: string | undefined;
  /** Sends a key with which the server does the request only once: true makes one. */
  key?: string | true | undefined;
  /** Whether sending it twice makes no difference. Of reads and of requests with a key it makes none. */
  repeatable?: boolean | undefined;
}

/** Where tokens come from. */
export interface Tokens {
  /** The token to send; null sends none. */
  token(): Promise<string | null>;
  /** Called when the server did not accept the token. Resolves to another one, or to null when there is none. */
  renew(refused: string): Promise<string | null>;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Sends requests: URLs, JSON, time-outs, retries, errors. The only place that calls `fetch`. */
export class Http {
  constructor(
    readonly baseUrl: string,
    readonly fetch: Fetch,
    private readonly defaults: CallOptions,
  ) {}

  /**
   * Resolves to the body of the response, undefined when there is none.
   *
   * @throws ConveneError when the server refuses; ConveneNetworkError when no response arrives; the reason of the signal;
   * RangeError for an invalid `Date`, a number that is not finite or an id that is empty, before anything is sent
   */
  async send<T>(request: Request, callOptions: CallOptions = {}, tokens?: Tokens): Promise<T> {
    const options = { ...this.defaults, ...callOptions };
    const path = typeof request.path === 'function' ? request.path() : request.path;
    const key = request.key === true ? randomId() : request.key;
    const repeatable = request.repeatable ?? (request.method === 'GET' || key !== undefined);
    const headers = { ...options.headers, ...request.headers, 'idempotency-key': key };
    let renewed = false;
    for (let failures = 0; ;) {
      const token = tokens ? await abortable(tokens.token(), options.signal) : null;
      try {
        return await this.attempt<T>({ ...request, path, headers }, token, options);
      } catch (error) {
        if (isRefusedToken(error) && tokens && token && !renewed) {
          renewed = true;
          if (await abortable(tokens.renew(token), options.signal)) continue;
        }
        const wait = waitBeforeRetry(error, failures, repeatable, options);
        if (wait === null) throw error;
        failures += 1;
        await sleep(wait, options.signal);
      }
    }
  }

  private async attempt<T>(
    request: Request & { path: string },
    token: string | null,
    options: CallOptions,
  ): Promise<T> {
    const { signal, timeout = 30_000 } = options;
    signal?.throwIfAborted();
    // Before the attempt: what cannot be sent is a mistake of the caller, not of the network.
    const url = this.baseUrl + request.path + toQuery(request.query);
    const init = toInit(request, token);
    const stop = new AbortController();
    const abort = (): void => stop.abort(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const late = new ConveneTimeoutError(`No response within ${timeout} ms`);
    const timer = timeout > 0 ? setTimeout(() => stop.abort(late), timeout) : undefined;
    try {
      const response = await this.fetch(url, { ...init, signal: stop.signal });
      const text = await response.text();
      if (!response.ok) throw toError(response, text);
      return rememberResponse(readBody(response, text) as T, response);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof ConveneError) throw error;
      if (stop.signal.aborted) throw late;
      throw new ConveneNetworkError(`No response arrived from ${url.split('?')[0]}`, { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }
}

function readBody(response: Response, text: string): unknown {
  if (text === '') return undefined;
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) return text;
  return JSON.parse(text) as unknown;
}

function toInit(request: Request, token: string | null): RequestInit {
  const { method, body } = request;
  const headers = toHeaders(request, token);
  new Headers(headers); // Throws for one that cannot be sent.
  if (body === undefined) return { method, headers };
  return { method, headers, body: typeof body === 'string' ? body : JSON.stringify(body, sendable) };
}

/** A replacer for `JSON.stringify`, which would send null for what is no time and no number. @throws RangeError */
function sendable(this: Record<string, unknown>, name: string, value: unknown): unknown {
  refuseInvalid(name, this[name]);
  return value;
}

function refuseInvalid(name: string, value: unknown): void {
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new RangeError(`${name} is an invalid Date`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${name} is ${value}`);
}

function toHeaders({ body, accept, headers }: Request, token: string | null): Record<string, string> {
  const all = {
    accept: accept ?? 'application/json',
    authorization: token === null ? undefined : `Bearer ${token}`,
    'content-type': body === undefined ? undefined : 'application/json',
    ...headers,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<string, string>;
}

function toQuery(query: object = {}): string {
  const sent = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [
    string,
    string | number | boolean | Date | null | undefined | string[],
  ][]) {
    if (value === undefined || value === null) continue;
    refuseInvalid(name, value);
    if (Array.isArray(value)) sent.set(name, value.join(','));
    else sent.set(name, value instanceof Date ? value.toISOString() : String(value));
  }
  const text = sent.toString();
  return text === '' ? '' : `?${text}`;
}

function isRefusedToken(error: unknown): boolean {
  return error instanceof ConveneError && error.code === 'unauthenticated';
}

/** Rejects as soon as the signal is aborted; the work goes on for the others who wait for it. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A random UUID; `randomUUID` is only there on pages that came over HTTPS or from this machine. */
export function randomId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

import type { CallOptions, Http, Request, Tokens } from './http.js';
import { type Page, Pages } from './pages.js';
import type { Path } from './path.js';
import type { DryRun, Input } from './types.js';

/** How a write on events is made. */
export interface WriteOptions extends CallOptions {
  /** Names the request, so that the server does it only once, across restarts of this program too. Made by default. */
  idempotencyKey?: string | undefined;
  /** Makes all checks and stores nothing: the call resolves to what it would do. */
  dryRun?: boolean | undefined;
}

/** The members of a body that may be left out, together with the options of the call. */
export type BodyAndOptions<Body> = Input<Body> & WriteOptions;

/** What a write resolves to: its answer, or with `dryRun` what it would do. */
export type Written<Answer, Options> = Options extends { dryRun: infer Dry }
  ? Dry extends true
    ? DryRun<Answer>
    : Answer
  : Answer;

/** Calls of one kind. */
export abstract class Resource {
  constructor(
    private readonly http: Http,
    private readonly tokens: Tokens,
  ) {}

  protected call<T>(request: Request, options?: CallOptions): Promise<T> {
    return this.http.send<T>(request, options, this.tokens);
  }

  protected read<T>(path: Path, query?: object, options?: CallOptions): Promise<T> {
    return this.call<T>({ method: 'GET', path, query }, options);
  }

  protected pages<P extends Page<unknown>>(path: Path, query: object = {}, options?: CallOptions): Pages<P> {
    return new Pages<P>((cursor) => this.read<P>(path, cursor === undefined ? query : { ...query, cursor }, options));
  }

  /** A write that the server does only once. */
  protected write<Answer, Options extends WriteOptions>(
    request: Request,
    options: Options | undefined,
  ): Promise<Written<Answer, Options>> {
    const { idempotencyKey: key = true, dryRun, ...rest } = { ...options };
    const query = dryRun ? { ...request.query, dry_run: true } : request.query;
    return this.call<Written<Answer, Options>>({ ...request, query, key }, rest);
  }

  /**
   * A write whose body may be left out. The members of the body and the options of the call have different names, so that a
   * caller may give them as one object: `{ dryRun: true }` in the place of the body is no member of it.
   */
  protected writeWith<Answer, Body extends WriteOptions, Options extends WriteOptions>(
    target: Path,
    given: Body,
    options: Options | undefined,
  ): Promise<Written<Answer, Body & Options>> {
    const { idempotencyKey, dryRun, signal, timeout, headers, retries, maxRetryWait, ...body } = given;
    const own = { idempotencyKey, dryRun, signal, timeout, headers, retries, maxRetryWait };
    const named = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
    const all = { ...named, ...options } as Body & Options;
    return this.write<Answer, Body & Options>({ method: 'POST', path: target, body }, all);
  }
}

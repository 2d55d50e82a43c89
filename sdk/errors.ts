import type { ConflictView, FieldErrorView } from './generated/types.gen.js';
import type { Problem, ProblemCode } from './problems.js';

/** What every refusal has; the other members depend on its code. */
interface ErrorMembers {
  /** Status of the response. */
  readonly status: number;
  /** One sentence for people. Never contains text from users. */
  readonly detail?: string;
  /** The id of the request in the log of the server. */
  readonly requestId: string;
  /** The values that are not valid, each with a JSON Pointer. Empty for other problems. */
  readonly errors: FieldErrorView[];
  /** The conflicting occurrences. Empty for other problems. */
  readonly conflicts: ConflictView[];
  /** Seconds after which the server suggests to try again; null when it did not say. */
  readonly retryAfter: number | null;
}

type Narrowed<P> = P extends Problem ? Error & ErrorMembers & Omit<P, keyof ErrorMembers | 'request_id'> : never;

/**
 * The server refused a request. `code` names the problem and narrows the type: after
 * `if (error.code === 'event_conflict')`, `error.suggestions` is known.
 */
export type ConveneError = Narrowed<Problem>;

interface ConveneErrorConstructor {
  new (problem: Problem, retryAfter?: number | null): ConveneError;
  readonly prototype: ConveneError;
}

class RefusedError extends Error {
  override readonly name = 'ConveneError';
  readonly requestId: string;
  readonly errors: FieldErrorView[];
  readonly conflicts: ConflictView[];

  constructor(
    problem: Problem,
    readonly retryAfter: number | null = null,
  ) {
    super();
    const { request_id: requestId, errors = [], conflicts = [], ...rest } = problem as Problem & Partial<ErrorMembers>;
    Object.assign(this, rest);
    this.requestId = requestId;
    this.errors = errors;
    this.conflicts = conflicts;
    const reasons = errors.map(({ pointer, message }) => `${pointer}: ${message}`);
    this.message = [problem.detail ?? problem.title, ...reasons].join('\n  ');
  }
}

export const ConveneError = RefusedError as unknown as ConveneErrorConstructor;

/**
 * No response arrived: the connection failed, or the response took longer than `timeout`. A write may have happened or
 * not; sending it again with the same `idempotencyKey` is safe.
 */
export class ConveneNetworkError extends Error {
  override readonly name: string = 'ConveneNetworkError';
}

/** No response arrived within `timeout` milliseconds. */
export class ConveneTimeoutError extends ConveneNetworkError {
  override readonly name = 'ConveneTimeoutError';
}

/** Whether this is a refusal with one of the codes: `isProblem(error, 'not_found')`. */
export function isProblem<Code extends ProblemCode>(
  error: unknown,
  ...codes: Code[]
): error is Extract<ConveneError, { code: Code }> {
  return error instanceof RefusedError && codes.includes((error as unknown as ConveneError).code as Code);
}

/** Reads the refusal from a response that is not a success. */
export function toError(response: Response, text: string): ConveneError {
  const after = Number(response.headers.get('retry-after') ?? NaN);
  return new ConveneError(readProblem(response, text), Number.isFinite(after) ? after : null);
}

function readProblem({ status, statusText, headers }: Response, text: string): Problem {
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.code === 'string') return problem;
  } catch {
    // Not from Convene.
  }
  const title = `The server responded with ${status} ${statusText}`.trim();
  const request_id = headers.get('x-request-id') ?? '';
  return { type: 'about:blank', title, status, code: 'unexpected_response', request_id };
}

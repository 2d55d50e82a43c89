import { type ERROR_CODES, type ProblemCode, PROBLEMS } from './problem-catalogue.js';

export type ErrorCode = (typeof ERROR_CODES)[number] | (string & {});

/** One invalid value. `pointer` is a JSON Pointer (RFC 6901) into the body, or `/query/…`, `/path/…`, `/header/…`. */
export interface FieldError {
  pointer: string;
  code: ErrorCode;
  message: string;
  /** With `start_not_in_pattern`: the next valid start. */
  next?: string;
  /** With `not_an_occurrence`: the original starts of the occurrences before and after. */
  near?: string[];
}

interface ProblemExtras {
  /** One sentence for people. Never contains text from users. */
  detail?: string;
  errors?: FieldError[];
  /** Further members of the document, such as `conflicts` or `current_version`. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** The caller's rights do not allow the request: the audit trail records it. */
  byRight?: boolean;
}

/** The only error for a rejected request. `problem.filter.ts` sends it as a problem document (RFC 9457). */
export class Problem extends Error {
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly extras: ProblemExtras = {},
  ) {
    super(extras.detail ?? PROBLEMS[code].title);
    this.name = 'Problem';
    this.status = PROBLEMS[code].status;
  }

  /** True when the rights of the caller do not allow the request. */
  get isByRight(): boolean {
    return this.extras.byRight ?? (this.code === 'forbidden' || this.code === 'admin_required');
  }

  /** Returns the problem document (RFC 9457 §3.1). */
  toDocument(instance: string, requestId: string): Record<string, unknown> {
    const { detail, errors, members } = this.extras;
    return {
      type: `/problems/${this.code}`,
      title: PROBLEMS[this.code].title,
      status: this.status,
      code: this.code,
      ...(detail ? { detail } : {}),
      instance,
      request_id: requestId,
      ...(errors ? { errors: errors.map(wellFormed) } : {}),
      ...members,
    };
  }
}

/** A name in a request may contain half a character, which MessagePack cannot say in UTF-8. */
const wellFormed = (error: FieldError): FieldError => ({
  ...error,
  pointer: error.pointer.toWellFormed(),
  message: error.message.toWellFormed(),
});

/** The largest number of entries in `errors`. `and_more` counts the others. */
export const MAX_ERRORS = 100;

/** Returns a 422 with one or more invalid values. */
export function invalid(...errors: FieldError[]): Problem {
  return invalidValues(errors);
}

/**
 * Returns a 422 with invalid values, however many there are.
 * @param members further members of the document
 */
export function invalidValues(errors: readonly FieldError[], members: Record<string, unknown> = {}): Problem {
  const more = errors.length - MAX_ERRORS;
  return new Problem('validation_failed', {
    errors: errors.slice(0, MAX_ERRORS),
    ...(more > 0 || Object.keys(members).length > 0
      ? { members: { ...(more > 0 ? { and_more: more } : {}), ...members } }
      : {}),
  });
}

/**
 * Returns the same problem for a resource that does not exist and for one that the caller has no access to.
 *
 * @param detail only for a part of what the caller may see
 */
export function notFound(detail?: string): Problem {
  return new Problem('not_found', detail === undefined ? {} : { detail });
}

/** Returns the problem of `notFound` for an event, which the audit trail records as a refusal. */
export function notVisible(): Problem {
  return new Problem('not_found', { byRight: true });
}

/** Returns the problem for a path that leads nowhere, and for a secret in a path that opens nothing: nobody learns which. */
export function noSuchPath(): Problem {
  return new Problem('not_found', { detail: 'This server has no such path. See /docs for all.' });
}

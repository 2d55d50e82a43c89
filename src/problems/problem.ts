import { type ERROR_CODES, type ProblemCode, PROBLEMS } from './problem-catalogue.js';

export type ErrorCode = (typeof ERROR_CODES)[number] | (string & {});

/** One wrong value. `pointer` is a JSON Pointer (RFC 6901) into the body, or `/query/…`, `/path/…`, `/header/…`. */
export interface FieldError {
  pointer: string;
  code: ErrorCode;
  message: string;
  /** With `start_not_in_pattern`: the next start that would do. */
  next?: string;
}

interface ProblemExtras {
  /** One sentence for people. Never holds user text. */
  detail?: string;
  errors?: FieldError[];
  /** Further members of the document, such as `conflicts` or `current_version`. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** The one way to say no: thrown anywhere, turned into an RFC 9457 document by `problem.filter.ts`. */
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

  /** The document as sent (RFC 9457 §3.1). */
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
      ...(errors ? { errors } : {}),
      ...members,
    };
  }
}

/** 422 with one pointer or several. */
export function invalid(...errors: FieldError[]): Problem {
  return new Problem('validation_failed', { errors });
}

/** The same answer for what does not exist and for what is not shared with the caller. */
export function notFound(): Problem {
  return new Problem('not_found');
}

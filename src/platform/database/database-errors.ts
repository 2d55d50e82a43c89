import { DatabaseError } from 'pg';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TransactionNotStartedError,
} from 'typeorm';

/** The PostgreSQL error beneath whatever TypeORM threw, or null. */
function postgresError(error: unknown): DatabaseError | null {
  if (error instanceof DatabaseError) return error;
  if (error instanceof QueryFailedError && error.driverError instanceof DatabaseError) return error.driverError;
  return null;
}

/** True when the write was refused by the unique constraint (23505) of that name. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  const cause = postgresError(error);
  return cause?.code === '23505' && cause.constraint === constraint;
}

/** True when the write was refused by the exclusion constraint (23P01) of that name. */
export function violatesExclusion(error: unknown, constraint: string): boolean {
  const cause = postgresError(error);
  return cause?.code === '23P01' && cause.constraint === constraint;
}

/** True for a deadlock (40P01) or a serialization failure (40001): the same work may succeed when run again. */
export function isRetryable(error: unknown): boolean {
  const code = postgresError(error)?.code;
  return error instanceof RetryTransaction || code === '40P01' || code === '40001';
}

// Class 08: connection exceptions; class 53: out of connections, memory, disk; 57P01-57P05: shutting down, crashed,
// starting up; 57014, 25P03, 25P04: took too long and was ended; 58030: cannot read or write its files.
const UNAVAILABLE_SQLSTATE = /^(08\d{3}|53\d{3}|57P0[1-5]|57014|25P0[34]|58030)$/;
const UNAVAILABLE_NODE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH']);
const UNAVAILABLE_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end|Driver not Connected|is not queryable/i;

// What TypeORM says when the connection broke between two statements of a transaction.
const CONNECTION_LOST = [
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TransactionNotStartedError,
];

/** True when the database is gone, starting, or has no connection to spare: the caller should try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const sqlState = postgresError(error)?.code;
  if (sqlState) return UNAVAILABLE_SQLSTATE.test(sqlState);
  if (!(error instanceof Error)) return false;
  if (CONNECTION_LOST.some((type) => error instanceof type)) return true;
  const cause = error instanceof QueryFailedError ? (error.driverError as Error) : error;
  const code = (cause as NodeJS.ErrnoException).code;
  if (code && UNAVAILABLE_NODE.has(code)) return true;
  // A refused connection to a name with several addresses comes as an AggregateError.
  if (cause instanceof AggregateError) return cause.errors.some(isDatabaseUnavailable);
  return UNAVAILABLE_TEXT.test(cause.message);
}

/** Thrown inside a transaction whose premise was overtaken by another: the work runs again from the start. */
export class RetryTransaction extends Error {}

import { DatabaseError } from 'pg';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TransactionNotStartedError,
} from 'typeorm';

/** Returns the PostgreSQL error that caused an error, or null. */
function postgresError(error: unknown): DatabaseError | null {
  if (error instanceof DatabaseError) return error;
  if (error instanceof QueryFailedError && error.driverError instanceof DatabaseError) return error.driverError;
  return null;
}

/** True if the write violates the unique constraint with that name (23505). */
export function violatesUnique(error: unknown, constraint: string): boolean {
  const cause = postgresError(error);
  return cause?.code === '23505' && cause.constraint === constraint;
}

/** True if the write violates the exclusion constraint with that name (23P01). */
export function violatesExclusion(error: unknown, constraint: string): boolean {
  const cause = postgresError(error);
  return cause?.code === '23P01' && cause.constraint === constraint;
}

/** True if a condition of `Transaction.assume` was not true. The code is that of `require_assumption`. */
export function failsAssumption(error: unknown): boolean {
  return postgresError(error)?.code === 'CN001';
}

/** True if a write was refused because its author is disabled. The code is that of `require_enabled_account`. */
export function isAccountDisabled(error: unknown): boolean {
  return postgresError(error)?.code === 'CN002';
}

/** True for a deadlock (40P01), a serialization failure (40001) or a `RetryTransaction`: a retry may succeed. */
export function isRetryable(error: unknown): boolean {
  const code = postgresError(error)?.code;
  return error instanceof RetryTransaction || code === '40P01' || code === '40001';
}

// Class 08: connection exceptions; class 53: out of connections, memory or disk; 57P01-57P05: shutting down, crashed or
// starting up; 57014, 25P03, 25P04: canceled by a timeout; 58030: I/O error.
const UNAVAILABLE_SQLSTATE = /^(08\d{3}|53\d{3}|57P0[1-5]|57014|25P0[34]|58030)$/;
const UNAVAILABLE_NODE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH']);
const UNAVAILABLE_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end|Driver not Connected|is not queryable/i;

// Thrown by TypeORM if the connection breaks between two statements of a transaction.
const CONNECTION_LOST = [
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TransactionNotStartedError,
];

/** True if the database is unreachable, starting, or has no free connection: the caller should try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const sqlState = postgresError(error)?.code;
  if (sqlState) return UNAVAILABLE_SQLSTATE.test(sqlState);
  if (!(error instanceof Error)) return false;
  if (CONNECTION_LOST.some((type) => error instanceof type)) return true;
  const cause = error instanceof QueryFailedError ? (error.driverError as Error) : error;
  const code = (cause as NodeJS.ErrnoException).code;
  if (code && UNAVAILABLE_NODE.has(code)) return true;
  // Node throws an AggregateError if every address of a host refuses the connection.
  if (cause instanceof AggregateError) return cause.errors.some(isDatabaseUnavailable);
  return UNAVAILABLE_TEXT.test(cause.message);
}

/** Throw it in a transaction that another transaction has overtaken: the work runs again from the start. */
export class RetryTransaction extends Error {}

/** Something that a transaction took for true was not: the work runs again, and looks first. */
export class WrongAssumption extends RetryTransaction {}

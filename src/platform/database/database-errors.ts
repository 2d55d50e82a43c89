import { counted } from '../../problems/counted.js';
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

/** Returns the SQLSTATE of an error of PostgreSQL, or undefined. */
export const sqlStateOf = (error: unknown): string | undefined => postgresError(error)?.code;

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

/** True if the database account lacks the privilege for a statement (42501). */
export function isPrivilegeMissing(error: unknown): boolean {
  return postgresError(error)?.code === '42501';
}

/** True if the disk of the database had no room for a write (53100). */
export function isDiskFull(error: unknown): boolean {
  return postgresError(error)?.code === '53100';
}

/** True if a statement was skipped because one before it in the same transaction had failed (25P02). */
export function isSkipped(error: unknown): boolean {
  return postgresError(error)?.code === '25P02';
}

/** True if PostgreSQL ended a statement because it took too long (57014). */
export function isCancelled(error: unknown): boolean {
  return postgresError(error)?.code === '57014';
}

/** True if a statement did not get a lock in the time of `lock_timeout` (55P03). */
export function isLockTimeout(error: unknown): boolean {
  return postgresError(error)?.code === '55P03';
}

/** What is the matter with a database that did not do a statement, by SQLSTATE. The first match counts. */
const UNAVAILABLE_SQLSTATES: [states: RegExp, detail: string][] = [
  [/^25006$/, 'The database is read-only.'],
  [/^53100$/, 'The disk of the database is full.'],
  [/^53/, 'The database has no connections or no memory left.'],
  [/^57P0[1-5]$/, 'The database is starting or stopping.'],
  [/^(57014|25P0[34])$/, 'The database took too long.'],
  [/^55P03$/, 'Too many concurrent changes.'],
  [/^(28...|3D000)$/, 'The database refuses this server.'],
  [/^(08...|58030)$/, 'The database cannot be reached.'],
];
const UNAVAILABLE_NODE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH']);
const UNAVAILABLE_TEXT =
  /Connection terminated|timeout expired|Client has encountered a connection error|Cannot use a pool after calling end|Driver not Connected|is not queryable/i;

// Thrown by TypeORM if the connection breaks between two statements of a transaction.
const CONNECTION_LOST = [
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TransactionNotStartedError,
];

/**
 * Returns what is the matter with the database when that caused the error, as a sentence for people, and null for any
 * other error. The caller should try again later.
 */
export function whyUnavailable(error: unknown): string | null {
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  if (WITH_REASON.some((type) => cause instanceof type)) return (cause as Error).message;
  const sqlState = postgresError(error)?.code;
  if (sqlState) return UNAVAILABLE_SQLSTATES.find(([states]) => states.test(sqlState))?.[1] ?? null;
  return isConnectionLost(error) ? 'The database cannot be reached.' : null;
}

function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (CONNECTION_LOST.some((type) => error instanceof type)) return true;
  const cause = error instanceof QueryFailedError ? (error.driverError as Error) : error;
  const { code, syscall } = cause as NodeJS.ErrnoException;
  // The last for a socket in the file system: nobody listens there, or not for this account.
  if (code && (UNAVAILABLE_NODE.has(code) || syscall === 'connect')) return true;
  // Node throws an AggregateError if every address of a host refuses the connection.
  if (cause instanceof AggregateError) return cause.errors.some(isConnectionLost);
  return UNAVAILABLE_TEXT.test(cause.message);
}

/** The database has not answered for a while, not even a new connection. */
export class DatabaseSilent extends Error {
  constructor() {
    super('The database does not answer.');
  }
}

/** Every connection is in use, and too many requests wait for one, or this one has waited for too long. */
export class NoFreeConnection extends Error {
  constructor() {
    super('Too many requests wait for the database.');
  }
}

/** A transaction was given up because all of it took too long. */
export class DatabaseTooSlow extends Error {
  constructor(seconds: number) {
    super(
      `This took longer than ${counted(seconds, 'second')}, and nothing of it was stored. Send it in smaller parts, or try again later.`,
    );
  }
}

/** Errors whose messages are for people. */
const WITH_REASON = [DatabaseSilent, NoFreeConnection, DatabaseTooSlow];

/** Throw it in a transaction that another transaction has overtaken: the work runs again from the start. */
export class RetryTransaction extends Error {}

/** Something that a transaction took for true was not: the work runs again, and looks first. */
export class WrongAssumption extends RetryTransaction {}

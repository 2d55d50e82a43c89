import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { DatabaseSilent, NoFreeConnection, RetryTransaction, whyUnavailable } from './database-errors.js';

const postgres = (code: string): DatabaseError => Object.assign(new DatabaseError('failed', 6, 'error'), { code });
const system = (code: string): Error => Object.assign(new Error(code), { code });

const READ_ONLY = 'The database is read-only.';
const FULL = 'The disk of the database is full.';
const EXHAUSTED = 'The database has no connections or no memory left.';
const RESTARTS = 'The database is starting or stopping.';
const SLOW = 'The database took too long.';
const REFUSES = 'The database refuses this server.';
const GONE = 'The database cannot be reached.';

describe('whyUnavailable', () => {
  it.each([
    ['25006', READ_ONLY],
    ['53100', FULL],
    ['53000', EXHAUSTED],
    ['53200', EXHAUSTED],
    ['53300', EXHAUSTED],
    ['57P01', RESTARTS],
    ['57P02', RESTARTS],
    ['57P03', RESTARTS],
    ['57014', SLOW],
    ['25P03', SLOW],
    ['55P03', 'Too many concurrent changes.'],
    ['28000', REFUSES],
    ['28P01', REFUSES],
    ['3D000', REFUSES],
    ['08006', GONE],
    ['58030', GONE],
  ])('says what SQLSTATE %s means, also through TypeORM', (code, detail) => {
    expect(whyUnavailable(postgres(code))).toBe(detail);
    expect(whyUnavailable(new QueryFailedError('SELECT 1', [], postgres(code)))).toBe(detail);
  });

  it.each([
    [new DatabaseSilent(), 'The database does not answer.'],
    [new NoFreeConnection(), 'Too many requests wait for the database.'],
    [system('ECONNREFUSED'), GONE],
    [new AggregateError([system('ECONNREFUSED'), system('EHOSTUNREACH')]), GONE],
    [new Error('Connection terminated unexpectedly'), GONE],
  ])('knows errors that do not come from PostgreSQL: %s', (error, detail) => {
    expect(whyUnavailable(error)).toBe(detail);
    expect(whyUnavailable(new QueryFailedError('SELECT 1', [], error))).toBe(detail);
  });

  it.each([
    [postgres('23505')],
    [postgres('42P01')],
    [postgres('22P02')],
    [new RetryTransaction()],
    [new TypeError('x is undefined')],
    [null],
  ])('is silent about every other error: %s', (error) => {
    expect(whyUnavailable(error)).toBeNull();
  });
});

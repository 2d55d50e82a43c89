import { Pool, types } from 'pg';
import { Refusal } from './call.js';

// A Date per column costs more than all else that is done with a row; the text only needs another separator.
types.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => text);

export const pool = new Pool({
  connectionString: process.env['DATABASE_URL'],
  max: Number(process.env['DATABASE_POOL_SIZE'] ?? 16),
  options: '-c timezone=UTC',
});

export interface Statement {
  name: string;
  text: string;
}

/** Runs a prepared statement, which is a transaction of its own. @throws Refusal 409 for overlapping times */
export async function run<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
  try {
    return (await pool.query<Row>({ ...statement, values })).rows;
  } catch (error) {
    // An exclusion constraint.
    if ((error as { code?: string }).code === '23P01') throw new Refusal(409);
    throw error;
  }
}

/** Returns `2026-06-01 08:00:00+00`, also with fractions or as JSON, as `2026-06-01T08:00:00Z`. */
export const wholeSeconds = (text: string): string => `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;

/** Returns the same with three digits of milliseconds. */
export const milliseconds = (text: string): string => {
  const zone = text.lastIndexOf('+');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${text.slice(19, zone).padEnd(4, zone > 19 ? '0' : '.000')}Z`;
};

import type { Database, Queryable } from './database.js';

/** Returns the rows of a page, and for a numbered one how many there are in all, both of one moment. */
export async function readPage<Row>(
  database: Database,
  isNumbered: boolean,
  readRows: (queries: Queryable) => Promise<Row[]>,
  count: (queries: Queryable) => Promise<number>,
): Promise<[rows: Row[], total: number | null]> {
  if (!isNumbered) return [await readRows(database), null];
  return database.inSnapshot((queries) => Promise.all([readRows(queries), count(queries)]));
}

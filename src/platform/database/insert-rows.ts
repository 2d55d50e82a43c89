/** A row by the names of its columns. */
export type Row = Record<string, unknown>;

/**
 * Returns the statement that adds rows to a table, and its parameters. One row is passed as values. Several are passed as
 * one JSON text, which costs PostgreSQL more per row, but is the same statement for any number, so that connections
 * prepare it.
 * @param columns the columns to write, in a fixed order; `jsonb` ones are marked with true
 * @param rest follows the statement, such as ON CONFLICT
 */
export function insertRows(
  table: string,
  columns: Readonly<Record<string, boolean>>,
  rows: Row[],
  rest = '',
): [sql: string, parameters: unknown[]] {
  const names = Object.keys(columns);
  const insert = `INSERT INTO ${table} (${names.join(', ')})`;
  const [first, ...others] = rows;
  if (first && others.length === 0) {
    const values = names.map((name) =>
      columns[name] && first[name] !== null ? JSON.stringify(first[name]) : first[name],
    );
    return [`${insert} VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')}) ${rest}`, values];
  }
  return [
    `${insert} SELECT ${names.join(', ')} FROM jsonb_populate_recordset(NULL::${table}, $1) ${rest}`,
    [JSON.stringify(rows)],
  ];
}

/** A row by the names of its columns. */
export type Row = Record<string, unknown>;

type Statement = [sql: string, parameters: unknown[]];

/**
 * Returns a function that returns the statement that adds rows to a table, and its parameters. One row is passed as values.
 * Several are passed as one JSON text, which costs PostgreSQL more per row, but is the same statement for any number, so that
 * connections prepare it. Call it once per table: building and comparing the text takes longer than the rest.
 * @param columns the columns to write, in a fixed order; `jsonb` ones are marked with true
 * @param rest follows the statement, such as ON CONFLICT
 */
export function insertInto(
  table: string,
  columns: Readonly<Record<string, boolean>>,
  rest = '',
): (rows: Row[]) => Statement {
  const names = Object.keys(columns);
  const list = names.join(', ');
  const insert = `INSERT INTO ${table} (${list})`;
  const one = `${insert} VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')}) ${rest}`;
  const several = `${insert} SELECT ${list} FROM jsonb_populate_recordset(NULL::${table}, $1) ${rest}`;
  return (rows) => {
    const [first] = rows;
    if (!first || rows.length > 1) return [several, [JSON.stringify(rows)]];
    return [
      one,
      names.map((name) => (columns[name] && first[name] !== null ? JSON.stringify(first[name]) : first[name])),
    ];
  };
}

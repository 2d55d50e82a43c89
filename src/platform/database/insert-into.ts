import { columnOf, isArray } from './array-parameter.js';

/** A row by the names of its columns. */
export type Row = Record<string, unknown>;

/** The columns that are written, in a fixed order, with their types in PostgreSQL. */
export type ColumnTypes = Readonly<Record<string, string>>;

type Statement = [sql: string, parameters: unknown[]];

/**
 * Returns a function that returns the statement that adds rows to a table, and its parameters. One row is passed as values.
 * Several are passed as one array per column, so that the statement is the same for any number, and connections prepare it.
 * As one JSON text, reading 500 events would cost PostgreSQL twice as much. Call it once per table: building and comparing the
 * text takes longer than the rest.
 * @param rest follows the statement, such as ON CONFLICT
 */
export function insertInto(table: string, columns: ColumnTypes, rest = ''): (rows: Row[]) => Statement {
  const names = Object.keys(columns);
  const types = Object.values(columns);
  const list = names.join(', ');
  const insert = `INSERT INTO ${table} (${list})`;
  const one = `${insert} VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')}) ${rest}`;
  // PostgreSQL would take an array of arrays apart down to its elements.
  const arrays = types.map((type, index) => `$${index + 1}::${isArray(type) ? 'text' : type}[]`);
  const values = names.map((name) => (isArray(columns[name]!) ? `${name}::${columns[name]}` : name));
  const several = `${insert} SELECT ${values.join(', ')} FROM unnest(${arrays.join(', ')}) AS added (${list}) ${rest}`;
  return (rows) => {
    const [first] = rows;
    if (!first || rows.length > 1) {
      return [several, names.map((name, index) => columnOf(rows, name, types[index]!))];
    }
    return [one, names.map((name, index) => (types[index] === 'jsonb' ? toJson(first[name]) : first[name]))];
  };
}

const toJson = (value: unknown): unknown => (value === null ? null : JSON.stringify(value));

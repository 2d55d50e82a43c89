/* oxlint-disable no-underscore-dangle -- the driver's own names */
import { Query, type QueryResult } from 'pg';
import utils from 'pg/lib/utils.js';
import { type DescribedColumns, rowParserOf } from './row-parsers.js';
import { printTimestamp } from './timestamps.js';

/** A statement as the driver sends it. */
export interface SentStatement {
  text: string;
  values: unknown[];
  /** The name under which the connection prepares it; undefined for one that is planned each time. */
  name: string | undefined;
  /** Called with each row, as texts. What it throws is the error of the exchange, whose other statements run. */
  onRow?: OnRow | undefined;
}

/** Takes a row as PostgreSQL sends it: the texts of its columns. */
export type OnRow = (columns: (string | null)[]) => void;

/** Told of each statement that has run, by its position; with the error for the one that failed. */
export type OnEnd = (position: number, error?: Error) => void;

/** What the driver keeps of the description of a statement's columns. */
interface Columns extends DescribedColumns {
  _prebuiltEmptyResultObject: unknown;
}

/** The columns of the statements that a connection has prepared, by the name of the statement. */
export type KnownColumns = Map<string, Columns & { parseRow: ReturnType<typeof rowParserOf> }>;

interface DataRow {
  fields: (string | null)[];
}

interface Connection {
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
  parse(message: object): void;
  bind(message: object): void;
  describe(message: object): void;
  execute(message: object): void;
  sync(): void;
}

/** Members of the driver's class that its types do not declare. */
interface Internals {
  name: string | undefined;
  text: string;
  _result: Columns & { addCommandComplete(message: unknown): void };
  _accumulateRows: boolean;
  _canceledDueToError: Error | false;
  handleDataRow(message: unknown): void;
  handleError(error: Error, connection: Connection): void;
}

const DriverQuery = Query as unknown as new (
  text: string,
  values: unknown[],
  settle: (error: Error | null, result: QueryResult) => void,
) => Internals;

const { prepareValue } = utils;

/**
 * Statements that are sent together and answered together: PostgreSQL flushes its answers once, at the end, and skips what
 * follows a statement that failed. Returns the rows of the last one; those of another are for its `onRow`.
 *
 * A connection asks once for the columns of a statement that it has prepared: they stay the same, and PostgreSQL refuses
 * to run a statement whose columns would have to change.
 */
export class Exchange extends DriverQuery {
  private position = 0;
  private readonly values: unknown[][];

  /** @throws TypeError for a value that has no text */
  constructor(
    private readonly statements: SentStatement[],
    private readonly known: KnownColumns,
    private readonly onEnd: OnEnd,
    settle: (error: Error | null, result: QueryResult) => void,
  ) {
    super(statements[0]!.text, [], settle);
    this.name = statements[0]!.name;
    // Before anything is sent, so that a value without a text fails alone.
    this.values = statements.map(({ values }) => values.map(printParameter));
  }

  // Called by the driver, which looks at `text` and `name` of the statement whose answer it reads.
  requiresPreparation(): boolean {
    return true;
  }

  prepare(connection: Connection): void {
    for (const [index, { text, name }] of this.statements.entries()) {
      if (!isPrepared(connection, name)) {
        connection.parse({ text, name });
        if (name !== undefined) connection.submittedNamedStatements[name] = text;
      }
      connection.bind({ statement: name, values: this.values[index] });
      if (index === this.statements.length - 1) this.describe(connection, name);
      connection.execute({});
    }
    connection.sync();
  }

  override handleDataRow(message: DataRow): void {
    const { onRow } = this.statements[this.position]!;
    if (!onRow) {
      if (this.isAtLast) super.handleDataRow(message);
      return;
    }
    try {
      onRow(message.fields);
    } catch (error) {
      // The driver fails the query with it in the end. Thrown from here, it would end the process.
      this._canceledDueToError ||= error as Error;
    }
  }

  handleCommandComplete(message: unknown): void {
    this.onEnd(this.position);
    if (!this.isAtLast) {
      this.position += 1;
      const { text, name } = this.statements[this.position]!;
      this.text = text;
      this.name = name;
      return;
    }
    this._result.addCommandComplete(message);
    if (this.name === undefined || this.known.has(this.name)) return;
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result;
    const parseRow = rowParserOf(this._result);
    this.known.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject, parseRow });
  }

  override handleError(error: Error, connection: Connection): void {
    // What PostgreSQL skipped is not prepared.
    for (const { name } of this.statements.slice(this.position)) {
      if (name !== undefined) delete connection.submittedNamedStatements[name];
    }
    this.onEnd(this.position, error);
    super.handleError(error, connection);
  }

  private get isAtLast(): boolean {
    return this.position === this.statements.length - 1;
  }

  private describe(connection: Connection, name: string | undefined): void {
    const columns = name === undefined ? undefined : this.known.get(name);
    if (!columns) return connection.describe({ type: 'P', name: '' });
    Object.assign(this._result, columns);
    this._accumulateRows = true;
  }
}

const printTime = (value: unknown): unknown => (value instanceof Date ? printTimestamp(value) : value);

const printParameter = (value: unknown): unknown =>
  prepareValue(Array.isArray(value) ? value.map(printTime) : printTime(value));

const isPrepared = (connection: Connection, name: string | undefined): boolean =>
  name !== undefined &&
  (connection.parsedStatements[name] !== undefined || connection.submittedNamedStatements[name] !== undefined);

import { setImmediate as nextTurn } from 'node:timers/promises';
import { finished } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type CopyValue, toCopyLine } from './copy-text.js';

/** Size of the rows that are collected before they are sent, in characters. */
const CHUNK = 4_000_000;

/**
 * Copies rows into tables over one connection, in chunks. While the database stores one chunk, the next is collected, so
 * that memory holds two.
 */
export class BulkLoader<Table extends string> {
  private lines = new Map<Table, string[]>();
  private size = 0;
  private sending: Promise<void> = Promise.resolve();

  /** @param columns the columns of each table, in the order of the values of its rows */
  constructor(
    private readonly client: Client,
    private readonly columns: Readonly<Record<Table, readonly string[]>>,
  ) {}

  add(table: Table, row: readonly CopyValue[]): void {
    const line = toCopyLine(row);
    const lines = this.lines.get(table);
    if (lines) lines.push(line);
    else this.lines.set(table, [line]);
    this.size += line.length;
  }

  /** Sends what was collected if it is enough for a chunk. Call it often: it also lets the connection make progress. */
  async proceed(): Promise<void> {
    if (this.size >= CHUNK) await this.send();
    else await nextTurn();
  }

  /** Sends the rest. Resolves when the database has stored everything. */
  async finish(): Promise<void> {
    await this.send();
    await this.sending;
  }

  private async send(): Promise<void> {
    await this.sending;
    const { lines } = this;
    this.lines = new Map();
    this.size = 0;
    this.sending = this.copy(lines);
    // Reported by the next `await`.
    this.sending.catch(() => undefined);
  }

  private async copy(lines: Map<Table, string[]>): Promise<void> {
    for (const [table, rows] of lines) {
      const stream = this.client.query(copyFrom(`COPY ${table} (${this.columns[table].join(', ')}) FROM STDIN`));
      stream.end(rows.join(''));
      await finished(stream);
    }
  }
}

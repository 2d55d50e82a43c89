import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { askDatabase } from '../database/ask-database.js';
import { DatabaseSilent, whyUnavailable } from '../database/database-errors.js';
import { neededMigrations } from '../database/migrate.js';
import { SilenceWatch } from '../database/silence-watch.js';
import { Transactions } from '../database/transactions.js';

const ANSWER_MS = 2_000;
const REMEMBER_MS = 1_000;
const SILENT = 'The database does not answer.';

const SQL = `SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "isReadOnly",
  ARRAY(SELECT name FROM schema_migrations) AS ran`;

/** Tells whether the database can serve this server. Asks it at most once a second, however often it is called. */
@Injectable()
export class Readiness {
  private readonly url: string;
  private readonly needed: Promise<string[]>;
  /** The last answer of the database. */
  private known: string | null = SILENT;
  private last: { at: number; reason: Promise<string | null> } | null = null;

  constructor(
    { databaseUrl }: Config,
    private readonly watch: SilenceWatch,
    private readonly transactions: Transactions,
  ) {
    this.url = databaseUrl;
    this.needed = neededMigrations();
  }

  /**
   * Returns why the server cannot do its work, as a sentence for people; null when it can. It takes two seconds at most without a
   * sign of life from the database.
   */
  async whyNot(): Promise<string | null> {
    if (this.watch.isSilent) return SILENT;
    const now = performance.now();
    if (!this.last || now - this.last.at > REMEMBER_MS) this.last = { at: now, reason: this.judge() };
    return this.last.reason;
  }

  private async judge(): Promise<string | null> {
    const asked = this.watch.now;
    try {
      this.known = await this.ask();
      return this.known;
    } catch (error) {
      // It serves requests, and takes long to start a process for one more connection.
      if (error instanceof DatabaseSilent && this.watch.hasHeardSince(asked)) return this.known;
      return whyUnavailable(error) ?? 'The database cannot be reached.';
    }
  }

  private async ask(): Promise<string | null> {
    const [row] = await askDatabase<{ isReadOnly: boolean; ran: string[] }>(this.url, SQL, ANSWER_MS);
    const ran = new Set(row!.ran);
    if (!(await this.needed).every((name) => ran.has(name))) return 'The database lacks migrations of this server.';
    if (row!.isReadOnly) return 'The database is read-only.';
    return this.transactions.isDiskFull ? 'The disk of the database is full.' : null;
  }
}

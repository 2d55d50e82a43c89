import { Injectable } from '@nestjs/common';
import type { Pool, QueryResult } from 'pg';
import { DataSource } from 'typeorm';
import { isSkipped } from './database-errors.js';
import type { PreparedClient } from './prepared-client.js';
import type { Sql } from './statement-names.js';

/** Runs statements: on a connection of its own each, or in a transaction. */
export interface Queryable {
  /** Returns the rows of a statement. */
  query<Row>(sql: Sql, parameters?: unknown[]): Promise<Row[]>;
}

/** A connection of the pool. */
export interface Connection extends PreparedClient {
  release(destroy?: boolean): void;
}

/** The connections to PostgreSQL. Statements outside a transaction go through here. */
@Injectable()
export class Database implements Queryable {
  constructor(private readonly dataSource: DataSource) {}

  async query<Row>(sql: Sql, parameters: unknown[] = []): Promise<Row[]> {
    const client = await this.connect();
    try {
      const { rows } = await client.run(sql, parameters);
      client.release();
      return rows as Row[];
    } catch (error) {
      client.release();
      throw error;
    }
  }

  /**
   * Runs queries that all see the database as it is at one moment. Those that do not wait for each other are sent together.
   * They only read.
   */
  async inSnapshot<T>(work: (queries: Queryable) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let isOver = false;
    let failure: unknown;
    const run = (sql: Sql, parameters?: unknown[]): Promise<QueryResult> => {
      const running = client.run(sql, parameters);
      running.catch((error: unknown) => (failure ??= error));
      return running;
    };
    const query = async <Row>(sql: Sql, parameters?: unknown[]): Promise<Row[]> => {
      // What runs on after an error would read in the transaction of somebody else.
      if (isOver) throw new Error('The snapshot is over');
      return (await run(sql, parameters)).rows as Row[];
    };
    let isOpen = true;
    try {
      const begun = run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      // An error that is thrown at once is one that is rejected: nobody would hear that of BEGIN.
      const [result] = await Promise.all([(async () => work({ query }))(), begun]);
      isOver = true;
      // Nothing was written that could fail.
      client.send('COMMIT');
      isOpen = false;
      return result;
    } catch (error) {
      isOver = true;
      await client.run('ROLLBACK').then(
        () => (isOpen = false),
        () => undefined,
      );
      // Of statements that were sent together, the work may hear first of one that was only skipped.
      throw isSkipped(error) ? failure : error;
    } finally {
      // A connection whose transaction may still be open is closed.
      client.release(isOpen);
    }
  }

  /**
   * Returns a connection of the pool. The caller releases it.
   * @throws DatabaseSilent, NoFreeConnection instead of waiting for long
   */
  async connect(): Promise<Connection> {
    const client = (await this.pool.connect()) as unknown as Connection;
    client.renewPlans();
    return client;
  }

  /** The pool of TypeORM, read each time because the driver creates a new one when it reconnects. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

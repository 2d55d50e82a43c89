import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { LOCK_AVAILABILITY } from '../../src/history/event-lock.js';
import type { TestDatabase } from './database.js';

/** A transaction of a test on a connection of its own, which holds locks until it is released. */
export class LockHolder {
  private isOpen = true;

  private constructor(
    private readonly client: pg.Client,
    /** Of the backend, as `pg_blocking_pids` returns it. */
    readonly pid: number,
  ) {}

  /** @param url another account than that of the application, such as the superuser's */
  static async begin(database: TestDatabase, url = database.url): Promise<LockHolder> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new LockHolder(client, rows[0]!.pid);
  }

  async query<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(sql, parameters)).rows;
  }

  /** Waits for the row of an event, and locks it. */
  async lockEvent(eventId: string): Promise<void> {
    await this.query('SELECT FROM events WHERE id = $1 FOR UPDATE', [eventId]);
  }

  /** Waits for the availability of a person, and locks it. */
  async lockAvailability(userId: string): Promise<void> {
    await this.query(LOCK_AVAILABILITY, [userId]);
  }

  /** Ends the transaction. Does nothing the second time. */
  release(): Promise<void> {
    return this.end('ROLLBACK');
  }

  /** Ends the transaction and keeps what it wrote. */
  commit(): Promise<void> {
    return this.end('COMMIT');
  }

  private async end(statement: string): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.client.query(statement);
    await this.client.end();
  }
}

/** A call that has been started. Wrapped, because a promise of a promise is a promise of its value. */
export interface Started<T> {
  result: Promise<T>;
}

/** Starts a call and returns when `waiters` backends of the database wait for locks. @throws Error when it ends first */
export async function startWaiting<T>(
  database: TestDatabase,
  waiters: number,
  call: () => Promise<T>,
): Promise<Started<T>> {
  const started = start(call);
  await until(started, async () => (await countWaiting(database)) === waiters);
  return started;
}

/** Returns when some backend waits for the one of that pid. @throws Error when the call ends first */
export async function untilBlockedBy(database: TestDatabase, pid: number, call: Started<unknown>): Promise<void> {
  await until(call, async () => {
    const rows = await database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND $1 = ANY (pg_blocking_pids(pid))`,
      [pid],
    );
    return rows.length > 0;
  });
}

export function start<T>(call: () => Promise<T>): Started<T> {
  const result = call();
  // The caller that awaits the result gets the error; until then it is not unhandled.
  result.catch(() => undefined);
  return { result };
}

async function countWaiting(database: TestDatabase): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`,
  );
  return row!.n;
}

async function until({ result }: Started<unknown>, isReached: () => Promise<boolean>): Promise<void> {
  let ended: { value: unknown } | null = null;
  void result.then(
    (value) => (ended = { value }),
    (error: unknown) => (ended = { value: error }),
  );
  while (!(await isReached())) {
    if (ended) throw new Error(`Ended without waiting for the lock: ${describe((ended as { value: unknown }).value)}`);
    await delay(3);
  }
}

const describe = (value: unknown): string => (value instanceof Error ? String(value) : JSON.stringify(value));

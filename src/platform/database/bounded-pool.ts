import pg, { type PoolClient, type PoolConfig } from 'pg';
import { DatabaseSilent, NoFreeConnection } from './database-errors.js';
import type { SilenceWatch } from './silence-watch.js';

/** Options of the pool beside those of `pg`. The data source passes them as `extra`. */
export interface BoundedPoolOptions extends PoolConfig {
  watch?: SilenceWatch;
  /** The longest wait for a free connection, in milliseconds; any when absent. */
  waitMs?: number;
}

type Callback = Parameters<pg.Pool['connect']>[0];

/** Requests that may wait for each connection of the pool. */
const MAX_WAITING = 10;

/** A pool in which nobody waits for long, and not at all for a database that does not answer. */
export class BoundedPool extends pg.Pool {
  private readonly bounds: BoundedPoolOptions;

  constructor(options: BoundedPoolOptions = {}) {
    super(options);
    this.bounds = options;
  }

  /**
   * Returns a connection. The caller releases it.
   * @throws DatabaseSilent at once while the database does not answer
   * @throws NoFreeConnection after the longest wait, and at once when too many wait already
   */
  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | void {
    const connecting = this.refusal() ?? this.withinTime(super.connect());
    if (!callback) return connecting;
    connecting.then(
      (client) => callback(undefined, client, (release) => client.release(release as boolean)),
      (error: Error) => callback(error, undefined, () => undefined),
    );
  }

  private refusal(): Promise<never> | null {
    if (this.bounds.watch?.isSilent) return Promise.reject(new DatabaseSilent());
    const isFull = this.waitingCount >= this.options.max * MAX_WAITING;
    return isFull ? Promise.reject(new NoFreeConnection()) : null;
  }

  /** A connection that comes too late goes back to the pool. */
  private async withinTime(connecting: Promise<PoolClient>): Promise<PoolClient> {
    const { waitMs } = this.bounds;
    // Opening one may take longer, and has a limit of its own.
    const waits = this.waitingCount > this.idleCount;
    if (!waits || waitMs === undefined) return connecting;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new NoFreeConnection()), waitMs);
    });
    try {
      return await Promise.race([connecting, late]);
    } catch (error) {
      if (error instanceof NoFreeConnection) connecting.then(giveBack, () => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

const giveBack = (client: PoolClient): void => client.release();

import { Logger } from '@nestjs/common';
import { createClient, defineScript } from 'redis';
import { withTimeout } from '../signals/timeout.js';
import type { Budget, Count, CounterStore } from './counter-store.js';
import type { MemoryCounters } from './memory-counters.js';

const CONNECT_MS = 2_000;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 1_000;
/** How long Redis must answer before an outage is over: one that comes and goes is a single outage. */
const STABLE_MS = 5_000;
const PROBE: Budget = { name: 'probe', limit: 1, windowMs: 1_000 };

export interface RedisCountersOptions {
  url: string;
  /** Longest wait for one answer, in milliseconds. */
  waitMs: number;
  /** Returns what the keys of all servers on this database have in common. */
  databaseIdentity: () => Promise<string>;
}

/**
 * Counts in a Redis, together with the other servers on the database. While Redis does not answer in time, this server
 * counts alone in its memory, from what it last saw: requests pass, and what is used up stays so. Tries to reconnect once
 * a second.
 */
export class RedisCounters implements CounterStore {
  private readonly logger = new Logger('RateLimits');
  /** Null while Redis is not in use. */
  private client: Client | null = null;
  private prefix = '';
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly options: RedisCountersOptions,
    private readonly memory: MemoryCounters,
  ) {}

  get isShared(): boolean {
    return this.client !== null;
  }

  /** Makes the first attempt to connect; if it fails, schedules the next one. Never rejects. */
  async open(): Promise<void> {
    let client: Client | undefined;
    try {
      this.prefix ||= `convene:limits:${await withTimeout(CONNECT_MS, this.options.databaseIdentity())}`;
      client = openClient(this.options.url, (error) => this.lose(client, error));
      await withTimeout(CONNECT_MS, client.connect());
      // A Redis that is full or read-only answers a ping.
      await withTimeout(CONNECT_MS, client.count(this.keyOf(PROBE, 'all'), 1, PROBE.windowMs));
    } catch (error) {
      client?.destroy();
      return this.retry(error as Error);
    }
    if (this.closed) return client.destroy();
    this.client = client;
    this.timer = setTimeout(() => this.endOutage(), STABLE_MS).unref();
  }

  add(budget: Budget, subject: string, cost: number): Count | Promise<Count> {
    if (!this.client) return this.memory.add(budget, subject, cost);
    return this.addShared(this.client, budget, subject, cost);
  }

  refund(budget: Budget, subject: string, cost: number): void {
    this.memory.refund(budget, subject, cost);
    this.client?.refund(this.keyOf(budget, subject), cost).catch(() => undefined);
  }

  size(): number {
    return this.memory.size();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.client?.destroy();
    this.client = null;
    this.memory.close();
  }

  private async addShared(client: Client, budget: Budget, subject: string, cost: number): Promise<Count> {
    try {
      const shared = client.count(this.keyOf(budget, subject), cost, budget.windowMs);
      const [count = 0, resetMs = 0] = await inTime(this.options.waitMs, shared);
      this.memory.set(budget, subject, { count, resetMs });
      return { count, resetMs };
    } catch (error) {
      this.lose(client, error as Error);
      return this.memory.add(budget, subject, cost);
    }
  }

  /** Stops using a connection that failed. All that wait for it are then counted in memory. */
  private lose(client: Client | undefined, error: Error): void {
    if (!client || client !== this.client) return;
    this.client = null;
    clearTimeout(this.timer);
    client.destroy();
    this.retry(error);
  }

  private retry(error: Error): void {
    if (this.closed) return;
    if (this.failures === 0) {
      this.logger.warn(`Redis does not answer, so this server counts requests by itself: ${error.message}`);
    }
    const delay = Math.min(FIRST_RETRY_MS * 2 ** this.failures, MAX_RETRY_MS);
    this.failures += 1;
    this.timer = setTimeout(() => void this.open(), delay).unref();
  }

  private endOutage(): void {
    if (this.failures > 0) this.logger.log('Redis answers again: all servers count together');
    this.failures = 0;
  }

  private keyOf({ name }: Budget, subject: string): string {
    return `${this.prefix}:${name}:${subject}`;
  }
}

type Client = ReturnType<typeof openClient>;

const COUNT = defineScript({
  // One call counts and begins the window: a key never stays without an end.
  SCRIPT: `local count = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[2])
  redis.call('PEXPIRE', KEYS[1], left)
end
return {count, left}`,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key: string, cost: number, windowMs: number) {
    parser.pushKey(key);
    parser.push(String(cost), String(windowMs));
  },
  transformReply: (reply: unknown) => reply as number[],
});

const REFUND = defineScript({
  SCRIPT: `local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count > 0 then redis.call('DECRBY', KEYS[1], math.min(count, tonumber(ARGV[1]))) end
return 0`,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key: string, cost: number) {
    parser.pushKey(key);
    parser.push(String(cost));
  },
  transformReply: (reply: unknown) => reply as number,
});

/** Opens a client that neither reconnects nor queues commands nor waits: `RedisCounters` does all three. */
function openClient(url: string, lost: (error: Error) => void) {
  const client = createClient({
    url,
    RESP: 2,
    name: 'convene-limits',
    disableClientInfo: true,
    disableOfflineQueue: true,
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false },
    scripts: { count: COUNT, refund: REFUND },
  });
  client.on('error', lost);
  client.on('end', () => lost(new Error('The connection closed')));
  return client;
}

/**
 * Returns what the work resolves to. An answer that has arrived while this server was busy is in time: timers run before
 * what arrived is read.
 * @throws Error when it takes longer
 */
function inTime<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => setImmediate(() => reject(new Error(`No answer within ${milliseconds} ms`))));
    }, milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

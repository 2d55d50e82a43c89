import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveClient, type LiveKind, openLive } from './live-client.js';
import type { Item } from './live-socket.js';
import type { Chance } from './random.js';

/** Long enough that a busy machine has time for more than connections. */
const MAX_STAY_MS = 6_000;

/** How many items each connection had received at some moment. */
export type Received = Map<LiveClient, number>;

/** A client of one user that disconnects at random moments and reconnects until the server rejects it. */
export class Watcher {
  private readonly connections: LiveClient[] = [];
  private cursor: number | null = null;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly userId: string,
    readonly kind: LiveKind,
    private readonly url: string,
    private readonly token: string,
    private readonly chance: Chance,
  ) {}

  /** Starts, and waits until the first connection is accepted. */
  async start(): Promise<void> {
    this.running = this.run();
    while (!this.connections.some(({ names }) => names.includes('ready'))) await sleep(5);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** Returns how many items each connection has received so far. */
  received(): Received {
    return new Map(this.connections.map((connection) => [connection, connection.texts.length]));
  }

  /** Yields every received item, and whether it was received after another moment, over the same connection or a new one. */
  *items(): Generator<{ item: Item; isAfter: (moment: Received) => boolean }> {
    for (const connection of this.connections) {
      for (const [index, item] of connection.items.entries()) {
        yield { item, isAfter: (moment) => index >= (moment.get(connection) ?? 0) };
      }
    }
  }

  private async run(): Promise<void> {
    while (!this.stopped && !this.isRejected) {
      // Sometimes from the first item, since items that are read in bulk take longest to arrive. Clients that did so at each
      // connection would keep a busy server from anything else, and a test would take many times as long on a slow machine.
      const after = this.chance.next() < 0.2 ? 0 : this.cursor;
      const options = { after, skipReady: true };
      const client = await openLive(this.kind, this.url, this.token, options);
      this.connections.push(client);
      const leaveAt = Date.now() + this.chance.next() * MAX_STAY_MS;
      while (!this.stopped && client.closed === null && Date.now() < leaveAt) await sleep(20);
      client.cut();
      await client.waitForEnd();
      this.cursor = client.cursor ?? this.cursor;
    }
  }

  /** Whether the session has ended or the token is no longer accepted. */
  private get isRejected(): boolean {
    const frames = this.connections.at(-1)?.frames ?? [];
    return frames.some(({ name, data }) => name === 'session_ended' || data['code'] === 'unauthenticated');
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveClient, type LiveKind, openLive } from './live-client.js';
import type { Item } from './live-socket.js';
import type { Chance } from './random.js';

const MAX_STAY_MS = 2_000;

/** How much each connection had brought at some moment. */
export type Heard = Map<LiveClient, number>;

/** Somebody who watches his stream over one pipe, goes at times and always comes back, until he is sent away. */
export class Watcher {
  private readonly visits: LiveClient[] = [];
  private cursor: number | null = null;
  private over = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly userId: string,
    readonly kind: LiveKind,
    private readonly url: string,
    private readonly token: string,
    private readonly chance: Chance,
  ) {}

  /** Begins, and waits until he is let in. */
  async start(): Promise<void> {
    this.running = this.run();
    while (!this.visits.some(({ names }) => names.includes('ready'))) await sleep(5);
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.running;
  }

  heard(): Heard {
    return new Map(this.visits.map((visit) => [visit, visit.texts.length]));
  }

  /** Everything that came, and whether that was after another moment: over the same connection or a new one. */
  *items(): Generator<{ item: Item; cameAfter: (heard: Heard) => boolean }> {
    for (const visit of this.visits) {
      for (const [index, item] of visit.items.entries()) {
        yield { item, cameAfter: (heard) => index >= (heard.get(visit) ?? 0) };
      }
    }
  }

  private async run(): Promise<void> {
    while (!this.over && !this.sentAway) {
      // Now and then everything again: what is read in bulk is longest on its way.
      const after = this.chance.next() < 0.5 ? 0 : this.cursor;
      const options = { after, hasty: true };
      const client = await openLive(this.kind, this.url, this.token, options);
      this.visits.push(client);
      const leaveAt = Date.now() + this.chance.next() * MAX_STAY_MS;
      while (!this.over && client.closed === null && Date.now() < leaveAt) await sleep(20);
      client.cut();
      await client.ends();
      this.cursor = client.cursor ?? this.cursor;
    }
  }

  /** His session ended, or he is no longer let in. */
  private get sentAway(): boolean {
    const frames = this.visits.at(-1)?.frames ?? [];
    return frames.some(({ name, data }) => name === 'session_ended' || data['code'] === 'unauthenticated');
  }
}

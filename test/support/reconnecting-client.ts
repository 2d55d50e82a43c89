import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveKind, openLive } from './live-client.js';
import type { Item } from './live-socket.js';
import { PATIENCE_MS } from './patient.js';
import { isBusy } from './plain-client.js';
import type { Chance } from './random.js';
import { call } from './server-process.js';

/** `polling`: repeated requests of GET /api/changes. */
export type ClientKind = LiveKind | 'polling';

const MAX_STAY_MS = 1_500;
/** Expected frames, and the errors of connections that fail because a server was killed. */
const EXPECTED = new Set(['open', 'ready', 'pulse', 'renew', 'change', 'error', 'connect_error']);

/**
 * A client that disconnects at random moments and reconnects to a random server with its last number. It records the exact
 * text of every item.
 */
export class ReconnectingClient {
  readonly log: string[] = [];
  cursor = 0;
  /** Connections that were accepted, or requests that were answered. */
  visits = 0;
  /** Connections and requests that failed. */
  failures = 0;
  /** Requests that a busy server refused. */
  busy = 0;
  /** Frames and responses that should not occur. */
  readonly unexpected: string[] = [];
  private goal = Infinity;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly kind: ClientKind,
    readonly userId: string,
    private readonly token: string,
    private readonly urls: () => string[],
    private readonly chance: Chance,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Stops once the item with that number has been received. @throws Error when it is not received in time */
  async finish(seq: number): Promise<void> {
    this.goal = seq;
    const timeout = sleep(PATIENCE_MS, 'timeout', { ref: false });
    if ((await Promise.race([this.running, timeout])) !== 'timeout') return;
    throw new Error(`A client over ${this.kind} has received ${this.cursor} items instead of ${seq}`);
  }

  /** Stops wherever it is, when nobody waits for it any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped && this.cursor < this.goal) {
      const url = this.chance.pick(this.urls());
      if (this.kind === 'polling') await this.poll(url);
      else await this.visit(url, this.kind);
    }
  }

  private async visit(url: string, kind: LiveKind): Promise<void> {
    const client = await openLive(kind, url, this.token, { after: this.cursor, skipReady: true });
    const leaveAt = Date.now() + this.chance.next() * MAX_STAY_MS;
    const isLeaving = (): boolean => this.stopped || Date.now() >= leaveAt || (client.cursor ?? 0) >= this.goal;
    while (client.closed === null && !isLeaving()) await sleep(20);
    client.cut();
    await client.waitForEnd();
    this.log.push(...client.texts);
    this.cursor = client.cursor ?? this.cursor;
    if (client.names.includes('ready')) this.visits += 1;
    else this.failures += 1;
    for (const { name, data } of client.frames) {
      if (data['code'] === 'unavailable') this.busy += 1;
      // Another error with a code comes from a running server, which should have accepted the connection.
      else if (!EXPECTED.has(name) || 'code' in data) this.unexpected.push(`${name} ${JSON.stringify(data)}`);
    }
    if (!client.names.includes('ready')) await sleep(100);
  }

  private async poll(url: string): Promise<void> {
    const path = `/api/changes?after=${this.cursor}&limit=${this.chance.pick([1, 7, 50, 200])}`;
    try {
      const response = await call(url, 'GET', path, { token: this.token });
      const { status, body } = response;
      this.visits += 1;
      if (isBusy(response)) this.busy += 1;
      else if (status !== 200) this.unexpected.push(`${status} ${JSON.stringify(body)}`);
      for (const item of (body['items'] ?? []) as Item[]) this.log.push(JSON.stringify(item));
      this.cursor = (body['last_seq'] as number | undefined) ?? this.cursor;
      if (body['has_more']) return;
    } catch {
      this.failures += 1;
    }
    await sleep(20 + this.chance.below(80));
  }
}

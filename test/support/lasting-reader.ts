import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveKind, openLive } from './live-client.js';
import type { Item } from './live-socket.js';
import type { Chance } from './random.js';
import { call } from './server-process.js';

/** `asking`: GET /api/changes over and over. */
export type ReaderKind = LiveKind | 'asking';

const MAX_STAY_MS = 1_500;
/** What may be heard besides items: greetings, and connections that are refused or break because a server is gone. */
const HARMLESS = new Set(['open', 'ready', 'pulse', 'change', 'error', 'connect_error']);

/**
 * A reader who is cut off at any moment and always comes back, to any server, with his last number. What he hears he
 * notes, letter for letter.
 */
export class LastingReader {
  readonly log: string[] = [];
  cursor = 0;
  /** Connections that were cut, or asked over, after they had let him in. */
  visits = 0;
  /** Attempts that led to no server. */
  failures = 0;
  /** Whatever else was said: there should be nothing. */
  readonly surprises: string[] = [];
  private goal = Infinity;
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly kind: ReaderKind,
    readonly userId: string,
    private readonly token: string,
    private readonly urls: () => string[],
    private readonly chance: Chance,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Reads on until he has that item. @throws Error when it doesn't come */
  async finish(seq: number): Promise<void> {
    this.goal = seq;
    const deadline = sleep(30_000, 'late', { ref: false });
    if ((await Promise.race([this.running, deadline])) !== 'late') return;
    this.goal = 0;
    throw new Error(`A reader over ${this.kind} is at ${this.cursor} and not at ${seq}`);
  }

  private async run(): Promise<void> {
    while (this.cursor < this.goal) {
      const url = this.chance.pick(this.urls());
      if (this.kind === 'asking') await this.ask(url);
      else await this.visit(url, this.kind);
    }
  }

  private async visit(url: string, kind: LiveKind): Promise<void> {
    const client = await openLive(kind, url, this.token, { after: this.cursor, hasty: true });
    const leaveAt = Date.now() + this.chance.next() * MAX_STAY_MS;
    while (client.closed === null && Date.now() < leaveAt && (client.cursor ?? 0) < this.goal) await sleep(20);
    client.cut();
    await client.ends();
    this.log.push(...client.texts);
    this.cursor = client.cursor ?? this.cursor;
    if (client.names.includes('ready')) this.visits += 1;
    else this.failures += 1;
    for (const { name, data } of client.frames) {
      // A server that is there says why it refuses.
      if (!HARMLESS.has(name) || 'code' in data) this.surprises.push(`${name} ${JSON.stringify(data)}`);
    }
    if (!client.names.includes('ready')) await sleep(100);
  }

  private async ask(url: string): Promise<void> {
    const path = `/api/changes?after=${this.cursor}&limit=${this.chance.pick([1, 7, 50, 200])}`;
    try {
      const { status, body } = await call(url, 'GET', path, { token: this.token });
      this.visits += 1;
      if (status !== 200) this.surprises.push(`${status} ${JSON.stringify(body)}`);
      for (const item of (body['items'] ?? []) as Item[]) this.log.push(JSON.stringify(item));
      this.cursor = (body['last_seq'] as number | undefined) ?? this.cursor;
      if (body['has_more']) return;
    } catch {
      this.failures += 1;
    }
    await sleep(20 + this.chance.below(80));
  }
}

import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Bus } from './bus.js';
import { LastingConnection } from './lasting-connection.js';
import { readSignal, writeSignal } from './signal-text.js';

/** What a signal is about; the ids follow. Rooms choose names of their own. */
export type SignalName = string;

type Listener = (ids: string[]) => void | Promise<void>;

/** Ids of one name that wait to be sent; more are left out. */
const MAX_WAITING = 50_000;

/**
 * The door between servers on one database. A signal is only ever a hint to look again: the tables are the truth, and
 * whoever listens also looks by himself from time to time, so that a lost one costs time and never a change.
 */
export class Signals implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Signals.name);
  private readonly self = uuidv7();
  private readonly listeners = new Map<string, Listener[]>();
  private readonly reconnectListeners: (() => void | Promise<void>)[] = [];
  private readonly connection: LastingConnection;
  private waiting = new Map<SignalName, Set<string>>();
  private sending: Promise<void> | null = null;

  constructor(bus: Bus) {
    this.connection = new LastingConnection(bus, {
      heard: (text) => this.heard(text),
      back: () => this.back(),
    });
  }

  /** Whether the others can be heard and told right now. */
  get isUp(): boolean {
    return this.connection.isUp;
  }

  /** Called with what other servers say; never with what this one sent. */
  on(name: SignalName, listener: Listener): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  /** Called when the connection to the others is there again after an outage, in which anything may have been missed. */
  onReconnect(listener: () => void | Promise<void>): void {
    this.reconnectListeners.push(listener);
  }

  /** Tells the other servers. Returns at once and never throws: what cannot be sent now may not be sent at all. */
  send(name: SignalName, ids: Iterable<string>): void {
    const waiting = this.waiting.get(name) ?? new Set();
    for (const id of ids) if (waiting.size < MAX_WAITING) waiting.add(id);
    if (waiting.size === 0) return;
    this.waiting.set(name, waiting);
    this.sending ??= this.sendWaiting();
  }

  /** Neither a missing bus nor a slow one keeps the server from starting. */
  async onApplicationBootstrap(): Promise<void> {
    await this.connection.open();
    this.sending ??= this.sendWaiting();
  }

  /** Requests have been answered by now, and the others should hear of the last ones, too. */
  async onApplicationShutdown(): Promise<void> {
    await this.sending;
    await this.connection.close();
  }

  /** One at a time: whatever comes up during one is sent together by the next. */
  private async sendWaiting(): Promise<void> {
    // Not in the caller's turn: a request that tells several things has them sent together.
    await Promise.resolve();
    while (this.waiting.size > 0 && this.isUp) {
      const { waiting } = this;
      this.waiting = new Map();
      const texts = [...waiting].flatMap(([name, ids]) => writeSignal({ from: this.self, name, ids: [...ids] }));
      // What was on its way is not sent again: the others find it when they look by themselves.
      await this.connection.send(texts).catch(() => undefined);
    }
    this.sending = null;
  }

  private heard(text: string): void {
    const signal = readSignal(text);
    if (!signal) this.logger.warn(`Not a signal, ignored (${text.length} characters)`);
    else if (signal.from !== this.self) {
      for (const listener of this.listeners.get(signal.name) ?? []) void this.tell(() => listener(signal.ids));
    }
  }

  private back(): void {
    this.sending ??= this.sendWaiting();
    for (const listener of this.reconnectListeners) void this.tell(listener);
  }

  /** One listener that fails must not keep a signal from the next. */
  private async tell(listener: () => void | Promise<void>): Promise<void> {
    try {
      await listener();
    } catch (error) {
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }
}

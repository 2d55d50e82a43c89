import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { newId } from '../database/new-id.js';
import type { Bus } from './bus.js';
import { ReconnectingConnection } from './reconnecting-connection.js';
import { readSignal, writeSignal } from './signal-text.js';

type Listener = (ids: string[]) => void | Promise<void>;
type ReconnectListener = () => void | Promise<void>;

/** Ids that may wait to be sent, per name; more are dropped. */
const MAX_WAITING_IDS = 50_000;
/** The pause after a batch: a busy server would otherwise send, and hear itself, a thousand times a second. */
const BATCH_MS = 10;

/**
 * Sends signals to the other servers on the same database and receives theirs. A signal is a name, chosen by the room that
 * sends it, and ids of rows to look at. It may be lost, repeated or late, so a listener reads the tables, and also reads
 * them periodically without any signal: a lost signal costs time and never a change.
 */
export class Signals implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Signals.name);
  private readonly serverId = newId();
  private readonly listeners = new Map<string, Listener[]>();
  private readonly reconnectListeners: ReconnectListener[] = [];
  private readonly connection: ReconnectingConnection;
  private waiting = new Map<string, Set<string>>();
  private sending: Promise<void> | null = null;

  constructor(bus: Bus) {
    this.connection = new ReconnectingConnection(bus, {
      received: (text) => this.receive(text),
      reconnected: () => this.handleReconnect(),
    });
  }

  /** Whether signals can be sent and received at this moment. */
  get isUp(): boolean {
    return this.connection.isUp;
  }

  /** Adds a listener for the signals of that name from other servers. Signals of this server are not included. */
  on(name: string, listener: Listener): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  /** Adds a listener for the end of an outage, during which any signal may have been lost. */
  onReconnect(listener: ReconnectListener): void {
    this.reconnectListeners.push(listener);
  }

  /** Sends a signal to the other servers. Returns at once and never throws; a signal that cannot be sent may be dropped. */
  send(name: string, ids: Iterable<string>): void {
    const waiting = this.waiting.get(name) ?? new Set();
    for (const id of ids) if (waiting.size < MAX_WAITING_IDS) waiting.add(id);
    if (waiting.size === 0) return;
    this.waiting.set(name, waiting);
    this.sending ??= this.sendWaiting();
  }

  /** Opens the connection. A bus that is missing or slow does not keep the server from starting. */
  async onApplicationBootstrap(): Promise<void> {
    await this.connection.open();
    this.sending ??= this.sendWaiting();
  }

  /** Sends the signals of the last requests, which have been answered by now, and closes the connection. */
  async onApplicationShutdown(): Promise<void> {
    await this.sending;
    await this.connection.close();
  }

  /** Sends one batch at a time, the first at once. Whatever is added until `BATCH_MS` later is the next batch. */
  private async sendWaiting(): Promise<void> {
    // Signals that the caller sends in the same turn go into the same batch.
    await Promise.resolve();
    while (this.waiting.size > 0 && this.isUp) {
      const { waiting } = this;
      this.waiting = new Map();
      const texts = [...waiting].flatMap(([name, ids]) => writeSignal({ from: this.serverId, name, ids: [...ids] }));
      // A batch that fails is not sent again: the other servers find the changes when they next read the tables.
      await this.connection.send(texts).catch(() => undefined);
      await sleep(BATCH_MS);
    }
    this.sending = null;
  }

  private receive(text: string): void {
    const signal = readSignal(text);
    if (!signal) {
      this.logger.warn(`Ignored a text on the bus that is not a signal (${text.length} characters)`);
    } else if (signal.from !== this.serverId) {
      for (const listener of this.listeners.get(signal.name) ?? []) void this.call(() => listener(signal.ids));
    }
  }

  private handleReconnect(): void {
    this.sending ??= this.sendWaiting();
    for (const listener of this.reconnectListeners) void this.call(listener);
  }

  /** Calls a listener. One that fails is logged and does not keep the signal from the others. */
  private async call(listener: ReconnectListener): Promise<void> {
    try {
      await listener();
    } catch (error) {
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }
}

import { Logger } from '@nestjs/common';
import type { Bus, BusConnection } from './bus.js';
import { withTimeout } from './timeout.js';

const FIRST_RETRY_MS = 250;
// Short enough that the connection is back within two seconds after the bus.
const MAX_RETRY_MS = 1_000;
const RESPONSE_MS = 5_000;
const PING_MS = 10_000;

interface Listener {
  received(text: string): void;
  /** Called when the connection is open after failed attempts or an outage, during which signals may have been lost. */
  reconnected(): void;
}

/** A connection to a bus that is reopened whenever it breaks. Each outage is logged once, however many attempts it takes. */
export class ReconnectingConnection {
  private readonly logger = new Logger('Signals');
  private connection: BusConnection | null = null;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly bus: Bus,
    private readonly listener: Listener,
  ) {}

  get isUp(): boolean {
    return this.connection !== null;
  }

  /** Makes the first attempt; if it fails, schedules the next one. Never rejects. */
  async open(): Promise<void> {
    try {
      const connection = await this.bus.connect({
        received: (text) => this.listener.received(text),
        lost: (error) => this.reopen(error),
      });
      if (this.closed) return await connection.close();
      this.connection = connection;
    } catch (error) {
      return this.retry(error as Error);
    }
    this.schedulePing();
    if (this.failures > 0) this.listener.reconnected();
  }

  /** @throws Error when there is no connection, or when it breaks or does not respond; it is then reopened */
  async send(texts: string[]): Promise<void> {
    await this.request((connection) => connection.send(texts));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const { connection } = this;
    this.connection = null;
    await connection?.close();
  }

  private async request(work: (connection: BusConnection) => Promise<void>): Promise<void> {
    const { connection } = this;
    if (!connection) throw new Error('There is no connection');
    try {
      await withTimeout(RESPONSE_MS, work(connection));
    } catch (error) {
      // Also when the server only refused: it may be one that no longer accepts writes.
      if (this.connection === connection) this.reopen(error as Error);
      throw error;
    }
    this.endOutage();
  }

  /** An outage ends when a request succeeds: a connection that opens and breaks repeatedly is one outage. */
  private endOutage(): void {
    if (this.failures > 0) this.logger.log('Reconnected to the other servers');
    this.failures = 0;
  }

  private reopen(error: Error): void {
    const { connection } = this;
    this.connection = null;
    clearTimeout(this.timer);
    void connection?.close();
    this.retry(error);
  }

  private retry(error: Error): void {
    if (this.closed) return;
    if (this.failures === 0) {
      this.logger.warn(`No connection to the other servers, their changes arrive with a delay: ${error.message}`);
    }
    const delay = Math.min(FIRST_RETRY_MS * 2 ** this.failures, MAX_RETRY_MS);
    this.failures += 1;
    this.timer = setTimeout(() => void this.open(), delay).unref();
  }

  /** Detects a connection that died without an error. */
  private schedulePing(): void {
    this.timer = setTimeout(() => {
      this.request((connection) => connection.ping()).then(
        () => this.schedulePing(),
        () => undefined,
      );
    }, PING_MS).unref();
  }
}

import { Logger } from '@nestjs/common';
import type { Bus, BusConnection } from './bus.js';
import { within } from './time-limit.js';

const FIRST_RETRY_MS = 250;
// Short enough that it is back within two seconds of whatever it waited for.
const MAX_RETRY_MS = 1_000;
const ANSWER_MS = 5_000;
const PING_MS = 10_000;

interface Listener {
  heard(text: string): void;
  /** It is open again, or for the first time after attempts that failed: something may have been missed. */
  back(): void;
}

/** A bus's connection that is opened again whenever it breaks. An outage is logged once, not once an attempt. */
export class LastingConnection {
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

  /** Makes the first attempt; if it fails, others follow by themselves. Never rejects. */
  async open(): Promise<void> {
    try {
      const connection = await this.bus.connect({
        heard: (text) => this.listener.heard(text),
        lost: (error) => this.lost(error),
      });
      if (this.closed) return await connection.close();
      this.connection = connection;
    } catch (error) {
      return this.retry(error as Error);
    }
    this.schedulePing();
    if (this.failures > 0) this.listener.back();
  }

  /** @throws Error when there is no connection, or when it breaks or hangs meanwhile; it is opened again by itself */
  async send(texts: string[]): Promise<void> {
    await this.ask((connection) => connection.send(texts));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const { connection } = this;
    this.connection = null;
    await connection?.close();
  }

  private async ask(question: (connection: BusConnection) => Promise<void>): Promise<void> {
    const { connection } = this;
    if (!connection) throw new Error('There is no connection');
    try {
      await within(ANSWER_MS, question(connection));
    } catch (error) {
      // Also when it only refused: it may lead to a server that no longer takes writes.
      if (this.connection === connection) this.lost(error as Error);
      throw error;
    }
    this.proven();
  }

  /** Not before something went through: a connection that opens and breaks over and over is one outage. */
  private proven(): void {
    if (this.failures > 0) this.logger.log('The connection to the other servers is back');
    this.failures = 0;
  }

  private lost(error: Error): void {
    const { connection } = this;
    this.connection = null;
    clearTimeout(this.timer);
    void connection?.close();
    this.retry(error);
  }

  private retry(error: Error): void {
    if (this.closed) return;
    if (this.failures === 0) {
      this.logger.warn(`No connection to the other servers, their news come with a delay: ${error.message}`);
    }
    const delay = Math.min(FIRST_RETRY_MS * 2 ** this.failures, MAX_RETRY_MS);
    this.failures += 1;
    this.timer = setTimeout(() => void this.open(), delay).unref();
  }

  /** A connection that died in silence says nothing of it until it is asked. */
  private schedulePing(): void {
    this.timer = setTimeout(() => {
      this.ask((connection) => connection.ping()).then(
        () => this.schedulePing(),
        () => undefined,
      );
    }, PING_MS).unref();
  }
}

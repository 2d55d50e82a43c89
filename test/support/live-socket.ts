import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { frameContract } from './frame-contract.js';
import { PATIENCE_MS } from './patient.js';

/** An item as a connection sends it and the inbox returns it. */
export interface Item {
  id: string;
  seq: number;
  type: string;
  event_id: string;
  version: number;
  message: string;
}

/**
 * A socket.io client that records every frame in order. Each frame is validated against the AsyncAPI document; a violation
 * makes the next access to the recorded frames throw.
 */
export class LiveSocket {
  readonly received: { name: string; data: unknown }[] = [];
  readonly client: Socket;
  private readonly violations: string[] = [];

  constructor(url: string, token: unknown, options: Partial<ManagerOptions & SocketOptions> = {}) {
    this.client = io(url, {
      auth: { token },
      reconnection: false,
      transports: ['websocket'],
      forceNew: true,
      ...options,
    });
    this.client.onAny((name: string, data: unknown, ...more: unknown[]) => {
      this.received.push({ name, data });
      this.validate(name, data);
      if (more.length > 0) this.violations.push(`${name}: more than one argument`);
    });
    this.client.on('connect_error', (error) => {
      this.received.push({
        name: 'connect_error',
        data: { message: error.message, ...(error as { data?: object }).data },
      });
    });
    this.client.on('disconnect', (reason) => this.received.push({ name: 'disconnect', data: reason }));
  }

  /** Connects and waits for `ready`. @throws Error when the connection is refused */
  static async open(
    url: string,
    token: string,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<LiveSocket> {
    const socket = new LiveSocket(url, token, options);
    await socket.waitFor('ready');
    return socket;
  }

  get names(): string[] {
    this.throwViolations();
    return this.received.map(({ name }) => name);
  }

  get items(): Item[] {
    this.throwViolations();
    return this.received.filter(({ name }) => name === 'change').map(({ data }) => data as Item);
  }

  /** Resolves to the first frame of that name. */
  async waitFor(name: string): Promise<unknown> {
    await this.until(() => this.names.includes(name), name);
    return this.received.find((message) => message.name === name)!.data;
  }

  /** Resolves to the items once there are that many. */
  async waitForItems(count: number): Promise<Item[]> {
    await this.until(() => this.items.length >= count, `${count} items`);
    return this.items;
  }

  /** Resolves to whether the connection stays open and receives nothing for a while. */
  async staysQuiet(milliseconds = 200): Promise<boolean> {
    const before = this.received.length;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.throwViolations();
    return this.received.length === before && this.client.connected;
  }

  close(): void {
    this.client.disconnect();
    this.throwViolations();
  }

  private validate(name: string, data: unknown): void {
    const violation = frameContract.findViolation('socketIo', name, data);
    if (violation) this.violations.push(violation);
  }

  private throwViolations(): void {
    if (this.violations.length > 0)
      throw new Error(`Frames that violate the AsyncAPI document:\n${this.violations.join('\n')}`);
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > deadline)
        throw new Error(`Timed out waiting for ${what}; received ${JSON.stringify(this.received)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

import { frameContract } from './frame-contract.js';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

/** An item as it comes over a socket or stands in the inbox. */
export interface Item {
  id: string;
  seq: number;
  type: string;
  event_id: string;
  version: number;
  message: string;
}

/**
 * A real socket.io client that keeps everything it hears, in order. Every frame is held against the AsyncAPI document; one
 * that it doesn't promise fails the next look at what was heard.
 */
export class LiveSocket {
  readonly heard: { name: string; data: unknown }[] = [];
  readonly client: Socket;
  private readonly broken: string[] = [];

  constructor(url: string, token: unknown, options: Partial<ManagerOptions & SocketOptions> = {}) {
    this.client = io(url, {
      auth: { token },
      reconnection: false,
      transports: ['websocket'],
      forceNew: true,
      ...options,
    });
    this.client.onAny((name: string, data: unknown, ...more: unknown[]) => {
      this.heard.push({ name, data });
      this.hold(name, data);
      if (more.length > 0) this.broken.push(`${name}: more than one argument`);
    });
    this.client.on('connect_error', (error) => {
      this.heard.push({
        name: 'connect_error',
        data: { message: error.message, ...(error as { data?: object }).data },
      });
    });
    this.client.on('disconnect', (reason) => this.heard.push({ name: 'disconnect', data: reason }));
  }

  /** Waits for `ready`. @throws Error when the connection is refused */
  static async open(
    url: string,
    token: string,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<LiveSocket> {
    const socket = new LiveSocket(url, token, options);
    await socket.hears('ready');
    return socket;
  }

  get names(): string[] {
    this.keepsItsPromises();
    return this.heard.map(({ name }) => name);
  }

  get items(): Item[] {
    this.keepsItsPromises();
    return this.heard.filter(({ name }) => name === 'change').map(({ data }) => data as Item);
  }

  /** The first message of that name, waited for. */
  async hears(name: string): Promise<unknown> {
    await this.until(() => this.names.includes(name), name);
    return this.heard.find((message) => message.name === name)!.data;
  }

  /** Waits until that many items came. */
  async hearsItems(count: number): Promise<Item[]> {
    await this.until(() => this.items.length >= count, `${count} items`);
    return this.items;
  }

  /** Sends a frame and waits for its acknowledgement. */
  async ask(name: string, frame: object): Promise<unknown> {
    const answer: unknown = await this.client.timeout(10_000).emitWithAck(name, frame);
    this.hold(`${name}Acknowledged`, answer);
    this.keepsItsPromises();
    return answer;
  }

  /** Whether it stays open and silent for a while. */
  async staysQuiet(milliseconds = 200): Promise<boolean> {
    const before = this.heard.length;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.keepsItsPromises();
    return this.heard.length === before && this.client.connected;
  }

  close(): void {
    this.client.disconnect();
    this.keepsItsPromises();
  }

  private hold(name: string, data: unknown): void {
    const broken = frameContract.breach('socketIo', name, data);
    if (broken) this.broken.push(broken);
  }

  private keepsItsPromises(): void {
    if (this.broken.length > 0) throw new Error(`Not as in the AsyncAPI document:\n${this.broken.join('\n')}`);
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}; heard ${JSON.stringify(this.heard)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

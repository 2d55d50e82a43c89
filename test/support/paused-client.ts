import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { LiveKind } from './live-client.js';

const AFTER_READY: Record<LiveKind, RegExp> = {
  socket_io: /42\["ready"/,
  web_socket: /"type":"ready"/,
  sse: /: ready/,
};

/**
 * A client that connects, hears `ready` and reads no more, until it is told to. On a bare socket, since every library
 * goes on reading by itself.
 */
export class PausedClient {
  /** Everything that came, undecoded: what the letters are is enough. */
  heard = '';
  closed = false;

  private constructor(
    readonly kind: LiveKind,
    private readonly socket: Socket,
  ) {
    socket.on('data', (data: Buffer) => (this.heard += data.toString('latin1')));
    socket.on('close', () => (this.closed = true));
    // A connection that the server drops may end in an error.
    socket.on('error', () => undefined);
  }

  /** @throws Error with what came instead of `ready` */
  static async open(kind: LiveKind, url: string, token: string): Promise<PausedClient> {
    const { hostname, port, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const client = new PausedClient(kind, socket);
    if (kind === 'sse') {
      socket.write(request('/api/changes/stream', host, { authorization: `Bearer ${token}` }));
    } else if (kind === 'web_socket') {
      const protocol = { 'sec-websocket-protocol': `bearer, ${token}` };
      socket.write(request('/ws/notifications', host, { ...UPGRADE, ...protocol }));
    } else {
      socket.write(request('/socket.io/?EIO=4&transport=websocket', host, UPGRADE));
      await client.until(/0\{"sid"/);
      socket.write(frame(`40${JSON.stringify({ token })}`));
    }
    await client.until(AFTER_READY[kind]);
    socket.pause();
    return client;
  }

  get items(): number {
    return this.heard.match(/"event_id":"/g)?.length ?? 0;
  }

  /** Reads again, and resolves when the other end has closed. */
  async readToTheEnd(): Promise<void> {
    this.socket.resume();
    await this.poll(() => this.closed);
  }

  resume(): void {
    this.socket.resume();
  }

  drop(): void {
    this.socket.destroy();
  }

  private async until(pattern: RegExp): Promise<void> {
    await this.poll(() => pattern.test(this.heard));
  }

  private async poll(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 15_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`${this.kind} waited in vain; last came ${this.heard.slice(-300)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
};

function request(path: string, host: string, headers: Record<string, string>): string {
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A masked text frame of less than 64 KB (RFC 6455 §5.2). */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, mask, body.map((byte, index) => byte ^ mask[index % 4]!)]);
}

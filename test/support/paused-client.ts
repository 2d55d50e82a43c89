import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { LiveKind } from './live-client.js';
import { PATIENCE_MS } from './patient.js';

const AFTER_READY: Record<LiveKind, RegExp> = {
  socket_io: /42\["ready"/,
  web_socket: /"type":"ready"/,
  sse: /: ready/,
};

/**
 * A client that connects, waits for `ready` and then stops reading until `readToTheEnd`. It uses a bare socket, since
 * every library keeps reading.
 */
export class PausedClient {
  /** All received bytes as Latin-1. */
  received = '';
  closed = false;

  private constructor(
    readonly kind: LiveKind,
    private readonly socket: Socket,
  ) {
    socket.on('data', (data: Buffer) => (this.received += data.toString('latin1')));
    socket.on('close', () => (this.closed = true));
    // A connection that the server drops may end in an error.
    socket.on('error', () => undefined);
  }

  /** Connects, waits for `ready` and stops reading. @throws Error with the last received bytes */
  static async open(kind: LiveKind, url: string, token: string): Promise<PausedClient> {
    const { hostname, port, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const client = new PausedClient(kind, socket);
    if (kind === 'sse') {
      socket.write(toRequest('/api/changes/stream', host, { authorization: `Bearer ${token}` }));
    } else if (kind === 'web_socket') {
      const protocol = { 'sec-websocket-protocol': `bearer, ${token}` };
      socket.write(toRequest('/ws/notifications', host, { ...UPGRADE, ...protocol }));
    } else {
      socket.write(toRequest('/socket.io/?EIO=4&transport=websocket', host, UPGRADE));
      await client.until(/0\{"sid"/);
      socket.write(toFrame(`40${JSON.stringify({ token })}`));
    }
    await client.until(AFTER_READY[kind]);
    socket.pause();
    return client;
  }

  /** Number of received items. */
  get items(): number {
    return this.received.match(/"event_id":"/g)?.length ?? 0;
  }

  /** Reads again, and resolves when the server has closed the connection. */
  async readToTheEnd(): Promise<void> {
    this.socket.resume();
    await this.poll(() => this.closed);
  }

  private async until(pattern: RegExp): Promise<void> {
    await this.poll(() => pattern.test(this.received));
  }

  private async poll(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`${this.kind} timed out; last received ${this.received.slice(-300)}`);
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

function toRequest(path: string, host: string, headers: Record<string, string>): string {
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Returns a masked text frame of less than 64 KB (RFC 6455 §5.2). */
function toFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, mask, body.map((byte, index) => byte ^ mask[index % 4]!)]);
}

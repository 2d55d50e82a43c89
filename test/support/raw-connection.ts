import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface ReadResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One connection on which a test writes what it likes, and reads the responses in their order. */
export class RawConnection {
  private bytes = Buffer.alloc(0);
  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.bytes = Buffer.concat([this.bytes, chunk])));
    // What reads from it finds out.
    socket.on('error', () => undefined);
  }

  static async open(url: string): Promise<RawConnection> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket.setNoDelay());
  }

  /** Sends bytes, each character one, and waits until they have left. */
  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(text, 'latin1', (error) => (error ? reject(error) : resolve()));
    });
  }

  /** @param bodiless for the response to a HEAD @throws when the connection closes before */
  async read({ bodiless = false } = {}): Promise<ReadResponse> {
    const headEnd = await this.find('\r\n\r\n', 0);
    const [start, ...lines] = this.bytes.toString('latin1', 0, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(':')[0]!.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    this.bytes = this.bytes.subarray(headEnd + 4);
    const body = bodiless ? '' : await (headers['transfer-encoding'] ? this.takeChunks() : this.take(headers));
    return { status: Number(start!.split(' ')[1]), headers, body };
  }

  close(): void {
    this.socket.destroy();
  }

  private async take(headers: Record<string, string>): Promise<string> {
    const length = Number(headers['content-length'] ?? 0);
    while (this.bytes.length < length) await this.more();
    const body = this.bytes.toString('utf8', 0, length);
    this.bytes = this.bytes.subarray(length);
    return body;
  }

  private async takeChunks(): Promise<string> {
    const chunks: Buffer[] = [];
    for (;;) {
      const lineEnd = await this.find('\r\n', 0);
      const size = Number.parseInt(this.bytes.toString('latin1', 0, lineEnd), 16);
      const end = lineEnd + 2 + size;
      while (this.bytes.length < end + 2) await this.more();
      chunks.push(this.bytes.subarray(lineEnd + 2, end));
      this.bytes = this.bytes.subarray(end + 2);
      if (size === 0) return Buffer.concat(chunks).toString();
    }
  }

  private async find(text: string, from: number): Promise<number> {
    for (;;) {
      const at = this.bytes.indexOf(text, from);
      if (at >= 0) return at;
      await this.more();
    }
  }

  private async more(): Promise<void> {
    const ended = new AbortController();
    const { signal } = ended;
    const closed = once(this.socket, 'close', { signal }).then(() => {
      throw new Error(`The connection closed after ${JSON.stringify(this.bytes.toString('latin1'))}`);
    });
    try {
      if (this.socket.destroyed) throw new Error('The connection is closed');
      await Promise.race([once(this.socket, 'data', { signal }), closed]);
    } finally {
      closed.catch(() => undefined);
      ended.abort();
    }
  }
}

import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

/** A WebSocket client that keeps the bytes of every frame that the server writes, headers included. */
export class RawFrames {
  readonly client: WebSocket;
  private bytes = Buffer.alloc(0);

  constructor(url: string, protocols: string[] = []) {
    this.client = new WebSocket(url, protocols);
    this.client.on('upgrade', ({ socket }: { socket: Socket }) => {
      // Whatever came with the response is put back before this, so that it is read like the rest.
      socket.prependListener('data', (chunk: Buffer) => (this.bytes = Buffer.concat([this.bytes, chunk])));
    });
  }

  /** The frames whose text begins like that. */
  startingWith(text: string): Buffer[] {
    return this.split()
      .filter(({ payload }) => payload.toString().startsWith(text))
      .map(({ frame }) => frame);
  }

  private split(): { frame: Buffer; payload: Buffer }[] {
    const frames: { frame: Buffer; payload: Buffer }[] = [];
    for (let at = 0; at + 2 <= this.bytes.length;) {
      const short = this.bytes[at + 1]!;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + header > this.bytes.length) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? this.bytes.readUInt16BE(at + 2)
            : Number(this.bytes.readBigUInt64BE(at + 2));
      const end = at + header + length;
      if (end > this.bytes.length) break;
      frames.push({ frame: this.bytes.subarray(at, end), payload: this.bytes.subarray(at + header, end) });
      at = end;
    }
    return frames;
  }
}

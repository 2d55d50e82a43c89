import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import type { Connection } from './connection.js';
import type { EndReason } from './end-reasons.js';
import { ItemFrame } from './item-frame.js';
import type { FrameName, SentFrames, ServerFrames } from './live-frames.js';
import type { LiveMetrics } from './live-metrics.js';
import type { SignedIn } from './live.service.js';
import { resetSocket } from './reset-socket.js';
import type { Transport } from './transport.js';

export type ServerEvents = { [Name in FrameName]: (frame: ServerFrames[Name]) => void };

export interface ClientEvents {
  resume: (...sent: unknown[]) => void;
  authenticate: (...sent: unknown[]) => void;
}

export interface SocketData {
  signedIn: SignedIn;
  after: number | undefined;
  connection?: Connection;
}

export type ClientSocket = Socket<ClientEvents, ServerEvents, object, SocketData>;

/** An engine.io message (4) with a socket.io event (2) of the main namespace. */
const OPENING = '42["change",';
const CLOSING = ']';

/** What engine.io takes beside its declared options; socket.io's own broadcasts use it. */
interface PreparedPacket {
  compress: boolean;
  wsPreEncodedFrame: Buffer[];
}

/** Sends each frame as a socket.io event of the same name with one argument. */
export class SocketIoTransport implements Transport {
  readonly kind = 'socket_io';
  /** Frames that are held back, and their size; null when nothing is held back. */
  private held: { frames: ItemFrame[]; bytes: number } | null = null;

  constructor(
    private readonly socket: ClientSocket,
    private readonly metrics: LiveMetrics,
  ) {}

  send<Name extends FrameName>(name: Name, frame: SentFrames[Name]): void {
    this.metrics.countFrame(this.kind, name);
    if (frame instanceof ItemFrame) return this.sendItem(frame);
    // In order.
    this.release();
    (this.socket.emit as (name: FrameName, frame: unknown) => boolean)(name, frame);
  }

  /** Only over a WebSocket: a response to long polling contains everything that waits anyway. */
  cork(): void {
    if (this.webSocket) this.held = { frames: [], bytes: 0 };
  }

  uncork(): void {
    this.release();
    this.held = null;
  }

  unsentBytes(): number {
    // What engine.io buffers, and what its WebSocket has not passed to the operating system yet.
    const { writeBuffer } = this.socket.conn as unknown as { writeBuffer: { data?: string }[] };
    let buffered = this.held?.bytes ?? 0;
    for (const { data } of writeBuffer) buffered += data?.length ?? 0;
    return buffered + (this.webSocket?.bufferedAmount ?? 0);
  }

  close(reason: EndReason, abruptly: boolean): void {
    if (abruptly) {
      resetSocket((this.webSocket as Partial<Record<'_socket', Duplex>> | undefined)?.['_socket']);
      // Over long polling, buffered frames would be the response to the next request.
      this.socket.conn.close(true);
    } else this.send('session_ended', { reason });
    this.socket.disconnect(true);
  }

  private sendItem(frame: ItemFrame): void {
    if (!this.held) return this.write([frame]);
    this.held.frames.push(frame);
    this.held.bytes += frame.json.length;
  }

  private release(): void {
    if (!this.held || this.held.frames.length === 0) return;
    const { frames } = this.held;
    this.held = { frames: [], bytes: 0 };
    this.write(frames);
  }

  /**
   * Sends what `emit` would send for each, without encoding it again for each recipient: engine.io writes the prepared
   * bytes over a WebSocket, and the text over long polling. Several frames are one packet for engine.io, so only over a
   * WebSocket. As `emit`, this sends nothing over a connection that is no longer open.
   */
  private write(frames: ItemFrame[]): void {
    const { conn } = this.socket;
    if (conn.readyState !== 'open') return;
    const bytes = frames.map((frame) => frame.toWebSocketFrame(OPENING, CLOSING));
    const options: PreparedPacket = {
      compress: false,
      wsPreEncodedFrame: [bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes)],
    };
    conn.write(frames.map(({ json }) => `${OPENING.slice(1)}${json}${CLOSING}`).join(''), options);
  }

  private get webSocket(): WebSocket | undefined {
    return (this.socket.conn.transport as unknown as { socket?: WebSocket }).socket;
  }
}

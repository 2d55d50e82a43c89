import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import type { Connection } from './connection.js';
import type { EndReason } from './end-reasons.js';
import type { FrameName, ServerFrames } from './live-frames.js';
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

/** Sends each frame as a socket.io event of the same name with one argument. */
export class SocketIoTransport implements Transport {
  readonly kind = 'socket_io';

  constructor(
    private readonly socket: ClientSocket,
    private readonly metrics: LiveMetrics,
  ) {}

  send<Name extends FrameName>(name: Name, frame: ServerFrames[Name]): void {
    this.metrics.countFrame(this.kind, name);
    (this.socket.emit as (name: FrameName, frame: unknown) => boolean)(name, frame);
  }

  unsentBytes(): number {
    // What engine.io buffers, and what its WebSocket has not passed to the operating system yet.
    const { writeBuffer } = this.socket.conn as unknown as { writeBuffer: { data?: string }[] };
    const buffered = writeBuffer.reduce((sum, packet) => sum + (packet.data?.length ?? 0), 0);
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

  private get webSocket(): WebSocket | undefined {
    return (this.socket.conn.transport as unknown as { socket?: WebSocket }).socket;
  }
}

import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { dropConnection } from './drop-connection.js';
import type { EndReason, FrameName, ServerFrames } from './live-frames.js';
import type { LiveMetrics } from './live-metrics.js';
import type { SignedIn } from './live.service.js';
import type { Connection, Transport } from './connection.js';

export type ServerEvents = { [Name in FrameName]: (frame: ServerFrames[Name]) => void };

export interface ClientEvents {
  resume: (message: unknown, acknowledge: unknown) => void;
  authenticate: (message: unknown, acknowledge: unknown) => void;
}

export interface SocketData {
  signedIn: SignedIn;
  after: number | undefined;
  connection?: Connection;
}

export type ClientSocket = Socket<ClientEvents, ServerEvents, object, SocketData>;

/** A frame's name is the event's, its content the one argument. */
export class SocketIoTransport implements Transport {
  readonly kind = 'socket_io';

  constructor(
    private readonly socket: ClientSocket,
    private readonly metrics: LiveMetrics,
  ) {}

  send<Name extends FrameName>(name: Name, frame: ServerFrames[Name]): void {
    this.metrics.frameSent(this.kind, name);
    (this.socket.emit as (name: FrameName, frame: unknown) => boolean)(name, frame);
  }

  unsent(): number {
    // What engine.io holds back, and what its WebSocket could not yet give to the system.
    const { writeBuffer } = this.socket.conn as unknown as { writeBuffer: { data?: string }[] };
    const held = writeBuffer.reduce((sum, packet) => sum + (packet.data?.length ?? 0), 0);
    return held + (this.webSocket?.bufferedAmount ?? 0);
  }

  close(reason: EndReason, abruptly: boolean): void {
    if (abruptly) {
      dropConnection((this.webSocket as Partial<Record<'_socket', Duplex>> | undefined)?.['_socket']);
      // Over long polling the frames wait for the next request, and would be its answer.
      this.socket.conn.close(true);
    } else this.send('session_ended', { reason });
    this.socket.disconnect(true);
  }

  private get webSocket(): WebSocket | undefined {
    return (this.socket.conn.transport as unknown as { socket?: WebSocket }).socket;
  }
}

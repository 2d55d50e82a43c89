import type { Duplex } from 'node:stream';
import {
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { asProblem } from '../platform/http/problem.filter.js';
import { dropConnection } from './drop-connection.js';
import type { Acknowledgement, EndReason, FrameName, ServerFrames } from './live-frames.js';
import { LiveMetrics } from './live-metrics.js';
import { LiveService, type SignedIn } from './live.service.js';
import type { Pipe, Transport } from './pipe.js';
import { readSeq } from './stream-number.js';

type Acknowledge = (answer: Acknowledgement) => void;
type ServerEvents = { [Name in FrameName]: (frame: ServerFrames[Name]) => void };
interface ClientEvents {
  resume: (message: unknown, acknowledge: unknown) => void;
  authenticate: (message: unknown, acknowledge: unknown) => void;
}

interface SocketData {
  signedIn: SignedIn;
  after: number | undefined;
  pipe?: Pipe;
}

type ClientSocket = Socket<ClientEvents, ServerEvents, object, SocketData>;

/** socket.io on the default path: `auth: {token, after?}` in the handshake, then `ready` and one `change` for each item. */
@WebSocketGateway()
export class NotificationsGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  constructor(
    private readonly live: LiveService,
    private readonly metrics: LiveMetrics,
  ) {}

  afterInit(server: Server<ClientEvents, ServerEvents, object, SocketData>): void {
    server.use((socket, next) => {
      this.signIn(socket).then(
        () => next(),
        (error: unknown) => {
          const { code } = asProblem(error);
          next(Object.assign(new Error(code), { data: { code } }));
        },
      );
    });
  }

  async handleConnection(socket: ClientSocket): Promise<void> {
    const { signedIn, after } = socket.data;
    const opening = this.live.open(signedIn, new SocketIoTransport(socket, this.metrics), after);
    // Before anything is awaited: a client may speak at once.
    const whenOpen = (work: (pipe: Pipe) => Promise<Acknowledgement>, acknowledge: unknown): void => {
      void (async () => {
        const answer = await work(await opening);
        if (typeof acknowledge === 'function') (acknowledge as Acknowledge)(answer);
      })();
    };
    socket.on('resume', (message, acknowledge) =>
      whenOpen((pipe) => this.live.resume(pipe, member(message, 'after')), acknowledge),
    );
    socket.on('authenticate', (message, acknowledge) =>
      whenOpen((pipe) => this.live.authenticate(pipe, member(message, 'token')), acknowledge),
    );
    socket.data.pipe = await opening;
    if (!socket.connected) socket.data.pipe.left();
  }

  handleDisconnect(socket: ClientSocket): void {
    socket.data.pipe?.left();
  }

  private async signIn(socket: ClientSocket): Promise<void> {
    const { token, after } = socket.handshake.auth as { token?: unknown; after?: unknown };
    const bearer = /^Bearer (\S+)$/i.exec(socket.handshake.headers.authorization ?? '')?.[1];
    socket.data.after = readSeq(after);
    socket.data.signedIn = await this.live.signIn(token ?? bearer);
    this.live.requireRoom(socket.data.signedIn.actor.userId);
  }
}

class SocketIoTransport implements Transport {
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

const member = (message: unknown, name: string): unknown =>
  typeof message === 'object' && message !== null ? (message as Record<string, unknown>)[name] : undefined;

import {
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server } from 'socket.io';
import { toProblem } from '../platform/http/problem.filter.js';
import type { Acknowledgement } from './live-frames.js';
import { LiveMetrics } from './live-metrics.js';
import { LiveService } from './live.service.js';
import type { Connection } from './connection.js';
import {
  type ClientEvents,
  type ClientSocket,
  type ServerEvents,
  type SocketData,
  SocketIoTransport,
} from './socket-io.transport.js';
import { readSeq } from '../notifications/stream-number.js';

type Acknowledge = (answer: Acknowledgement) => void;

/** socket.io on the default path: `auth: {token, after?}` in the handshake, then `ready` and one `change` for each item. */
@WebSocketGateway()
export class LiveGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  constructor(
    private readonly live: LiveService,
    private readonly metrics: LiveMetrics,
  ) {}

  afterInit(server: Server<ClientEvents, ServerEvents, object, SocketData>): void {
    server.use((socket, next) => {
      this.signIn(socket).then(
        () => next(),
        (error: unknown) => {
          const { code } = toProblem(error);
          next(Object.assign(new Error(code), { data: { code } }));
        },
      );
    });
  }

  async handleConnection(socket: ClientSocket): Promise<void> {
    const { signedIn, after } = socket.data;
    const opening = this.live.open(signedIn, new SocketIoTransport(socket, this.metrics), after);
    // Before anything is awaited: a client may speak at once.
    const whenOpen = (work: (connection: Connection) => Promise<Acknowledgement>, acknowledge: unknown): void => {
      void (async () => {
        const answer = await work(await opening);
        if (typeof acknowledge === 'function') (acknowledge as Acknowledge)(answer);
      })();
    };
    socket.on('resume', (message, acknowledge) =>
      whenOpen((connection) => this.live.resume(connection, member(message, 'after')), acknowledge),
    );
    socket.on('authenticate', (message, acknowledge) =>
      whenOpen((connection) => this.live.authenticate(connection, member(message, 'token')), acknowledge),
    );
    socket.data.connection = await opening;
    if (!socket.connected) socket.data.connection.left();
  }

  handleDisconnect(socket: ClientSocket): void {
    socket.data.connection?.left();
  }

  private async signIn(socket: ClientSocket): Promise<void> {
    const { token, after } = socket.handshake.auth as { token?: unknown; after?: unknown };
    const bearer = /^Bearer (\S+)$/i.exec(socket.handshake.headers.authorization ?? '')?.[1];
    socket.data.after = readSeq(after);
    socket.data.signedIn = await this.live.signIn(token ?? bearer);
    this.live.requireRoom(socket.data.signedIn.actor.userId);
  }
}

const member = (message: unknown, name: string): unknown =>
  typeof message === 'object' && message !== null ? (message as Record<string, unknown>)[name] : undefined;

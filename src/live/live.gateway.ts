import {
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server } from 'socket.io';
import { readSeq } from '../notifications/stream-number.js';
import { toProblem } from '../platform/http/problem.filter.js';
import type { Connection } from './connection.js';
import type { Acknowledgement } from './live-frames.js';
import { LiveMetrics } from './live-metrics.js';
import { LiveService } from './live.service.js';
import {
  type ClientEvents,
  type ClientSocket,
  type ServerEvents,
  type SocketData,
  SocketIoTransport,
} from './socket-io.transport.js';

type Acknowledge = (response: Acknowledgement) => void;

/** socket.io on the default path: `auth: {token, after?}` in the handshake, then `ready` and one `change` per item. */
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
    // Listens before it awaits anything, since a client may send frames at once.
    const answer = (
      work: (connection: Connection, message: unknown) => Promise<Acknowledgement>,
    ): ((...sent: unknown[]) => void) => {
      return (...sent) => {
        // A client may leave out the message, the acknowledgement or both.
        const acknowledge = typeof sent.at(-1) === 'function' ? (sent.pop() as Acknowledge) : null;
        void opening.then((connection) => work(connection, sent[0])).then((response) => acknowledge?.(response));
      };
    };
    socket.on(
      'resume',
      answer((connection, message) => this.live.resume(connection, memberOf(message, 'after'))),
    );
    socket.on(
      'authenticate',
      answer((connection, message) => this.live.authenticate(connection, memberOf(message, 'token'))),
    );
    socket.data.connection = await opening;
    if (!socket.connected) socket.data.connection.markClosed();
  }

  handleDisconnect(socket: ClientSocket): void {
    socket.data.connection?.markClosed();
  }

  private async signIn(socket: ClientSocket): Promise<void> {
    const { token, after } = socket.handshake.auth as { token?: unknown; after?: unknown };
    const bearer = /^Bearer (\S+)$/i.exec(socket.handshake.headers.authorization ?? '')?.[1];
    socket.data.after = readSeq(after);
    socket.data.signedIn = await this.live.signIn(token ?? bearer);
  }
}

const memberOf = (message: unknown, name: string): unknown =>
  typeof message === 'object' && message !== null ? (message as Record<string, unknown>)[name] : undefined;

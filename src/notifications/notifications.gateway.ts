import {
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { AccessTokens } from '../auth/access-tokens.js';
import { SessionsService } from '../auth/sessions.service.js';
import type { Actor } from '../platform/http/actor.js';
import { asProblem } from '../platform/http/problem.filter.js';
import { type Connection, Delivery } from './delivery.js';
import type { NotificationView } from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

/** What the server emits, by name. */
interface ServerEvents {
  ready: (state: { user_id: string; seq: number }) => void;
  change: (item: NotificationView) => void;
  session_ended: (end: { reason: string }) => void;
}

interface SocketData {
  actor: Actor;
  /** Milliseconds since 1970. */
  expiresAt: number;
  connection?: Connection;
  expiry?: NodeJS.Timeout;
}

type ClientSocket = Socket<object, ServerEvents, object, SocketData>;
// setTimeout's longest delay.
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** socket.io on the default path: a token in the handshake, then `ready` and one `change` for each item. */
@WebSocketGateway()
export class NotificationsGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionsService,
    private readonly delivery: Delivery,
    private readonly notifications: NotificationsService,
  ) {
    sessions.onEnd((sessionIds) => delivery.endSessions(sessionIds, 'session_ended'));
  }

  afterInit(server: Server<object, ServerEvents, object, SocketData>): void {
    server.use((socket, next) => {
      this.authenticate(socket).then(
        () => next(),
        (error: unknown) => {
          const { code } = asProblem(error);
          next(Object.assign(new Error(code), { data: { code } }));
        },
      );
    });
  }

  async handleConnection(socket: ClientSocket): Promise<void> {
    const { actor, expiresAt } = socket.data;
    const connection: Connection = {
      userId: actor.userId,
      sessionId: actor.sessionId,
      cursor: null,
      send: (item) => void socket.emit('change', item),
      end: (reason) => end(socket, reason),
    };
    socket.data.connection = connection;
    // Before the session is looked up again, so that an end of it cannot fall between the two.
    this.delivery.add(connection);
    const life = Math.min(expiresAt - Date.now(), LONGEST_TIMEOUT);
    socket.data.expiry = setTimeout(() => end(socket, 'token_expired'), life);
    try {
      const seq = await this.notifications.lastSeq(actor.userId);
      await this.sessions.actorOf({ userId: actor.userId, sessionId: actor.sessionId, expiresAt: 0 });
      if (!socket.connected) return;
      socket.emit('ready', { user_id: actor.userId, seq });
      this.delivery.start(connection, seq);
    } catch (error) {
      end(socket, asProblem(error).code);
    }
  }

  handleDisconnect(socket: ClientSocket): void {
    clearTimeout(socket.data.expiry);
    if (socket.data.connection) this.delivery.remove(socket.data.connection);
  }

  private async authenticate(socket: ClientSocket): Promise<void> {
    const { token } = socket.handshake.auth as { token?: unknown };
    const bearer = /^Bearer (\S+)$/i.exec(socket.handshake.headers.authorization ?? '')?.[1];
    const claims = this.tokens.verify(typeof token === 'string' ? token : (bearer ?? ''));
    socket.data.actor = await this.sessions.actorOf(claims);
    socket.data.expiresAt = claims.expiresAt * 1_000;
  }
}

function end(socket: ClientSocket, reason: string): void {
  socket.emit('session_ended', { reason });
  socket.disconnect(true);
}

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { readSeq } from '../notifications/stream-number.js';
import { Config } from '../platform/config/config.js';
import { RequestLimits } from '../platform/limits/request-limits.js';
import type { Connection } from './connection.js';
import { LIVE_LIMITS } from './live-limits.js';
import { LiveMetrics } from './live-metrics.js';
import { isOriginAllowed } from './live-origin.js';
import { LiveService, type SignedIn } from './live.service.js';
import { WebSocketTransport } from './web-socket.transport.js';

const PATH = /^\/ws\/notifications\/?(\?|$)/;
const HEARTBEAT_MS = 25_000;

/**
 * Plain WebSocket (RFC 6455) at `/ws/notifications`, on the same port as everything else. The client sends its token as a
 * subprotocol (`bearer, <token>`), in a header, in its first message, or as `?token=`, which is never logged.
 */
@Injectable()
export class LiveWebSocketServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LIVE_LIMITS.maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('bearer') ? 'bearer' : false),
  });
  /** Clients that have not signed in yet: `LiveService` does not know them. */
  private readonly anonymous = new Set<WebSocket>();
  private heartbeat?: NodeJS.Timeout;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly live: LiveService,
    private readonly metrics: LiveMetrics,
    private readonly config: Config,
    private readonly limits: RequestLimits,
  ) {}

  onApplicationBootstrap(): void {
    const http = this.host.httpAdapter.getHttpServer() as Server;
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const url = request.url ?? '';
      if (url.startsWith('/socket.io/')) return;
      if (!PATH.test(url)) return refuse(socket, '404 Not Found');
      if (!isOriginAllowed(request, this.config.values.corsOrigins)) return refuse(socket, '403 Forbidden');
      socket.on('error', ignore);
      this.limits.countConnection(request, (refusal) => {
        socket.off('error', ignore);
        if (refusal) refuse(socket, '429 Too Many Requests', refusal.extras.headers);
        else this.server.handleUpgrade(request, socket, head, (client) => this.accept(client, request));
      });
    });
    this.heartbeat = setInterval(() => this.terminateUnresponsive(), HEARTBEAT_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.heartbeat);
    for (const client of this.anonymous) client.close(1001);
  }

  private accept(client: WebSocket, request: IncomingMessage): void {
    const transport = new WebSocketTransport(client, request.socket, this.metrics);
    const query = new URL(request.url ?? '', 'ws://here').searchParams;
    const token = tokenOf(request, query);
    let opening: Promise<Connection | null> | undefined;
    const open = (given: unknown, after: unknown = query.get('after')): void => {
      clearTimeout(deadline);
      this.anonymous.delete(client);
      opening = this.open(transport, given, after);
    };
    const deadline = setTimeout(() => transport.close('sign_in_timeout', false), LIVE_LIMITS.signInSeconds * 1_000);
    // `close` follows every error; a message that is too large closes with 1009.
    client.on('error', () => undefined);
    client.on('close', () => {
      clearTimeout(deadline);
      this.anonymous.delete(client);
      void opening?.then((connection) => connection?.markClosed());
    });
    responsive.add(client);
    this.anonymous.add(client);
    client.on('pong', () => responsive.add(client));
    client.on('message', (data, isBinary) => {
      const message = isBinary ? null : readMessage(data);
      if (opening) void opening.then((connection) => connection && this.handle(connection, transport, message));
      else if (message?.type === 'authenticate') open(message.token, message.after ?? undefined);
      else transport.close(message ? 'unauthenticated' : 'invalid_message', false);
    });
    if (token !== null) open(token);
  }

  private async open(transport: WebSocketTransport, token: unknown, after: unknown): Promise<Connection | null> {
    let signedIn: SignedIn;
    let afterSeq: number | undefined;
    try {
      signedIn = await this.live.signIn(token);
      afterSeq = readSeq(after);
    } catch (error) {
      transport.close(this.live.reasonOf(error), false);
      return null;
    }
    return this.live.open(signedIn, transport, afterSeq);
  }

  private async handle(
    connection: Connection,
    transport: WebSocketTransport,
    message: ClientMessage | null,
  ): Promise<void> {
    if (connection.closed) return;
    if (message?.type === 'resume') transport.acknowledge('resume', await this.live.resume(connection, message.after));
    else if (message?.type === 'authenticate') {
      transport.acknowledge('authenticate', await this.live.authenticate(connection, message.token));
    } else connection.end('invalid_message');
  }

  /** Terminates clients that have not responded to the last ping, and pings the others. */
  private terminateUnresponsive(): void {
    for (const client of this.server.clients) {
      if (!responsive.delete(client)) client.terminate();
      else client.ping();
    }
  }
}

/** Clients that have connected or responded since the last ping. */
const responsive = new WeakSet<WebSocket>();

interface ClientMessage {
  type?: unknown;
  after?: unknown;
  token?: unknown;
}

/** Returns the message, null when it is not a JSON object. */
function readMessage(data: RawData): ClientMessage | null {
  try {
    const message = JSON.parse((data as Buffer).toString('utf8')) as unknown;
    return typeof message === 'object' && message !== null && !Array.isArray(message) ? message : null;
  } catch {
    return null;
  }
}

function tokenOf({ headers }: IncomingMessage, query: URLSearchParams): string | null {
  const [scheme, token] = (headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  if (scheme === 'bearer' && token) return token;
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? query.get('token');
}

const ignore = (): void => undefined;

function refuse(socket: Duplex, status: string, headers: Record<string, string> = {}): void {
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': '0' });
  socket.on('error', ignore);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
}

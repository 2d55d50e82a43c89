import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { Config } from '../platform/config/config.js';
import { LIVE_LIMITS } from './live-limits.js';
import { originAllowed } from './live-origin.js';
import { LiveMetrics } from './live-metrics.js';
import { LiveService, type SignedIn } from './live.service.js';
import type { Connection } from './connection.js';
import { readSeq } from '../notifications/stream-number.js';
import { WebSocketTransport } from './web-socket.transport.js';

const PATH = /^\/ws\/notifications\/?(\?|$)/;
const HEARTBEAT_MS = 25_000;

/**
 * Plain WebSocket (RFC 6455) at `/ws/notifications`, on the same port as everything else. The token comes as
 * subprotocol (`bearer, <token>`), in a first frame, or as `?token=`, which is never logged.
 */
@Injectable()
export class WebSocketConnections implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LIVE_LIMITS.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('bearer') ? 'bearer' : false),
  });
  /** Clients that have not signed in yet: no connection is there to tell them anything. */
  private readonly strangers = new Set<WebSocket>();
  private heartbeat?: NodeJS.Timeout;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly live: LiveService,
    private readonly metrics: LiveMetrics,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    const http = this.host.httpAdapter.getHttpServer() as Server;
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const url = request.url ?? '';
      if (url.startsWith('/socket.io/')) return;
      if (!PATH.test(url)) return refuse(socket, '404 Not Found');
      if (!originAllowed(request, this.config.values.corsOrigins)) return refuse(socket, '403 Forbidden');
      this.server.handleUpgrade(request, socket, head, (client) => this.connected(client, request));
    });
    this.heartbeat = setInterval(() => this.dropSilent(), HEARTBEAT_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.heartbeat);
    for (const client of this.strangers) client.close(1001);
  }

  private connected(client: WebSocket, request: IncomingMessage): void {
    const transport = new WebSocketTransport(client, request.socket, this.metrics);
    const query = new URL(request.url ?? '', 'ws://here').searchParams;
    const given = tokenOf(request, query);
    let opening: Promise<Connection | null> | undefined;
    const open = (token: unknown): void => {
      clearTimeout(deadline);
      this.strangers.delete(client);
      opening = this.open(transport, token, query.get('after'));
    };
    const deadline = setTimeout(() => transport.close('sign_in_timeout', false), LIVE_LIMITS.signInSeconds * 1_000);
    // Errors are followed by a close; a frame that is too large closes with 1009.
    client.on('error', () => undefined);
    client.on('close', () => {
      clearTimeout(deadline);
      this.strangers.delete(client);
      void opening?.then((connection) => connection?.left());
    });
    alive.add(client);
    this.strangers.add(client);
    client.on('pong', () => alive.add(client));
    client.on('message', (data, isBinary) => {
      const message = isBinary ? null : readMessage(data);
      if (!message) transport.close('invalid_message', false);
      else if (opening) void opening.then((connection) => connection && this.handle(connection, transport, message));
      else if (message.type === 'authenticate') open(message.token);
      else transport.close('unauthenticated', false);
    });
    if (given !== null) open(given);
  }

  private async open(transport: WebSocketTransport, token: unknown, after: string | null): Promise<Connection | null> {
    let signedIn: SignedIn;
    let from: number | undefined;
    try {
      signedIn = await this.live.signIn(token);
      from = readSeq(after);
    } catch (error) {
      transport.close(this.live.reasonOf(error), false);
      return null;
    }
    return this.live.open(signedIn, transport, from);
  }

  private async handle(connection: Connection, transport: WebSocketTransport, message: ClientMessage): Promise<void> {
    if (connection.closed) return;
    if (message.type === 'resume') transport.acknowledge('resume', await this.live.resume(connection, message.after));
    else if (message.type === 'authenticate') {
      transport.acknowledge('authenticate', await this.live.authenticate(connection, message.token));
    } else connection.end('invalid_message');
  }

  /** Whoever has not answered the last ping is gone. */
  private dropSilent(): void {
    for (const client of this.server.clients) {
      if (!alive.delete(client)) client.terminate();
      else client.ping();
    }
  }
}

/** Clients that were heard since the last ping. */
const alive = new WeakSet<WebSocket>();

interface ClientMessage {
  type?: unknown;
  after?: unknown;
  token?: unknown;
}

/** Null when it isn't a JSON object. */
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

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

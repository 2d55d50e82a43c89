import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

const POLL_MS = 50;
const CLOSE_TIMEOUT_MS = 1_000;
/**
 * How long connections that were accepted may take to send their first request once the server is shutting down: after the
 * last request that arrived, because a server with much to do has not read what they have sent.
 */
const FIRST_REQUEST_MS = 1_000;
/** So many turns of the event loop without a new connection: none waits. */
const QUIET_TURNS = 3;
const MAX_ACCEPTING_MS = 5_000;

/**
 * Lets a server leave without a failed request. First `announce`: readiness turns 503, so that a load balancer stops
 * sending, while new connections are still served. Then the shutdown: the server accepts what waits, stops listening,
 * responds to every request of the connections that it has, and closes them. Without it, connections that wait to be
 * accepted would be reset, and Node would wait for idle connections and for WebSockets whose client doesn't answer the
 * close frame.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  private readonly fastify: FastifyInstance;
  private readonly server: Server;
  private readonly upgraded = new Set<Duplex>();
  /** Connections that have not sent a request yet. */
  private readonly silent = new Set<Duplex>();
  private accepted = 0;
  private inFlight = 0;
  private lastRequestAt = 0;
  private leaving = false;

  constructor(host: HttpAdapterHost) {
    this.fastify = host.httpAdapter.getInstance<FastifyInstance>();
    this.server = this.fastify.server;
    this.server.on('connection', (socket: Duplex) => {
      this.accepted += 1;
      this.silent.add(socket);
      socket.once('close', () => this.silent.delete(socket));
    });
    this.server.on('upgrade', (_request, socket: Duplex) => {
      this.silent.delete(socket);
      this.upgraded.add(socket);
      socket.once('close', () => this.upgraded.delete(socket));
    });
    this.fastify.addHook('onRequest', (request, reply, done) => {
      this.silent.delete(request.raw.socket);
      this.inFlight += 1;
      this.lastRequestAt = Date.now();
      reply.raw.once('close', () => (this.inFlight -= 1));
      done();
    });
    this.fastify.addHook('onSend', (_request, reply, payload, done) => {
      if (this.leaving) reply.header('connection', 'close');
      done(null, payload);
    });
  }

  /** Whether the server is about to stop, and should not be sent new requests. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /**
   * Serves on for a time in which load balancers notice that the server is not ready any more. Every response closes its
   * connection.
   * @param milliseconds longest time
   * @param cut ends that time at once
   */
  async announce(milliseconds: number, cut?: AbortSignal): Promise<void> {
    this.leaving = true;
    await sleep(milliseconds, undefined, { signal: cut }).catch(() => undefined);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.leaving = true;
    await this.stopListening();
    const { server } = this;
    const began = Date.now();
    const poll = setInterval(() => {
      if (this.inFlight > 0) return;
      const waited = Date.now() - Math.max(began, this.lastRequestAt);
      if (this.silent.size > 0 && waited < FIRST_REQUEST_MS) server.closeIdleConnections();
      else server.closeAllConnections();
      if (Date.now() - began > CLOSE_TIMEOUT_MS) for (const socket of this.upgraded) socket.destroy();
    }, POLL_MS);
    poll.unref();
    server.once('close', () => clearInterval(poll));
  }

  /**
   * Stops listening at a moment at which nothing waits. The operating system resets connections that it has established
   * and that the server has not accepted; each turn of the event loop accepts one of them. So the last turns must have
   * accepted none, and the socket is closed at once: the rest of `server.close()` takes a millisecond the first time, in
   * which one of four shutdowns at 100 connections/s lost one.
   */
  private async stopListening(): Promise<void> {
    const server: Server & { _handle?: { close(): void } | null } = this.server;
    if (!server.listening) return;
    server.closeIdleConnections();
    const deadline = performance.now() + MAX_ACCEPTING_MS;
    for (let quiet = 0; quiet < QUIET_TURNS && performance.now() < deadline;) {
      const before = this.accepted;
      await nextTurn();
      quiet = this.accepted === before ? quiet + 1 : 0;
    }
    // oxlint-disable-next-line no-underscore-dangle
    server._handle?.close();
    server.close();
  }
}

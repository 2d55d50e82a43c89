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
/** A turn of the event loop in this time had little to do, so hardly a connection arrived during it. */
const SHORT_TURN_MS = 0.05;
const MAX_SHORT_WAIT_MS = 200;
const IDLE_TURNS = 3;
/** Longest wait for a turn in which no connection arrives: a server could receive more than it can accept. */
const MAX_ACCEPT_MS = 3_000;

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
  /** Connections of which this has heard. One that offers to upgrade is reported again. */
  private readonly known = new WeakSet<Duplex>();
  /** Connections of which nothing is read yet, while the server accepts those that wait. */
  private held: Set<Duplex> | null = null;
  private inFlight = 0;
  private lastRequestAt = 0;
  private leaving = false;

  constructor(host: HttpAdapterHost) {
    this.fastify = host.httpAdapter.getInstance<FastifyInstance>();
    this.server = this.fastify.server;
    this.server.on('connection', (socket: Duplex) => {
      this.silent.add(socket);
      if (this.held) {
        handleOf(socket)?.readStop?.();
        this.held.add(socket);
      }
      if (this.known.has(socket)) return;
      this.known.add(socket);
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
      this.lastRequestAt = performance.now();
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
    const began = performance.now();
    const closeQuiet = (): void => {
      if (this.inFlight > 0) return;
      const waited = performance.now() - Math.max(began, this.lastRequestAt);
      if (this.silent.size > 0 && waited < FIRST_REQUEST_MS) server.closeIdleConnections();
      else server.closeAllConnections();
      if (performance.now() - began > CLOSE_TIMEOUT_MS) for (const socket of this.upgraded) socket.destroy();
    };
    // After what has arrived is read: a timer that is late would be called before.
    const poll = setInterval(() => setImmediate(closeQuiet), POLL_MS);
    poll.unref();
    server.once('close', () => clearInterval(poll));
  }

  /**
   * Stops listening at a moment at which nothing waits. The operating system resets connections that it has established
   * and that the server has not accepted. Each turn of the event loop accepts one, if there is one: after a turn without,
   * nothing waited. Requests of connections that are accepted meanwhile are read afterwards, because a busy server would
   * otherwise never have accepted all. The socket is closed at once then: the rest of `server.close()` takes a millisecond
   * the first time, in which one of four shutdowns at 100 connections/s lost one.
   */
  private async stopListening(): Promise<void> {
    const { server } = this;
    if (!server.listening) return;
    server.closeIdleConnections();
    const held = new Set<Duplex>();
    this.held = held;
    const began = performance.now();
    for (let idle = 0; idle < IDLE_TURNS;) {
      const accepted = held.size;
      const turn = performance.now();
      await nextTurn();
      const now = performance.now();
      // While others use the machine, no turn may be short.
      const isShort = now - turn < SHORT_TURN_MS || now - began > MAX_SHORT_WAIT_MS;
      idle = held.size === accepted && isShort ? idle + 1 : 0;
      if (now - began > MAX_ACCEPT_MS) break;
    }
    handleOf(server)?.close();
    server.close();
    this.held = null;
    for (const socket of held) handleOf(socket)?.readStart?.();
  }
}

interface Handle {
  close(): void;
  readStart?(): void;
  readStop?(): void;
}

/** What Node itself calls: it has no other way to close a socket without delay, or to read nothing of a connection yet. */
// oxlint-disable-next-line no-underscore-dangle
const handleOf = (of: object): Handle | null | undefined => (of as { _handle?: Handle | null })._handle;

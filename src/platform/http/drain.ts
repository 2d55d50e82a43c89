import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

const POLL_MS = 50;
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Lets a server shut down as soon as the last response is sent. Without it, Node waits for every connection: for
 * keep-alive connections after their response, for connections that never sent a request, and for WebSockets whose
 * client doesn't answer the close frame.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  private readonly fastify: FastifyInstance;
  private readonly upgraded = new Set<Duplex>();
  private inFlight = 0;
  private closing = false;

  constructor(host: HttpAdapterHost) {
    this.fastify = host.httpAdapter.getInstance<FastifyInstance>();
    this.fastify.server.on('upgrade', (_request, socket: Duplex) => {
      this.upgraded.add(socket);
      socket.once('close', () => this.upgraded.delete(socket));
    });
    this.fastify.addHook('onRequest', (_request, reply, done) => {
      this.inFlight += 1;
      reply.raw.once('close', () => (this.inFlight -= 1));
      done();
    });
    this.fastify.addHook('onSend', (_request, reply, payload, done) => {
      if (this.closing) reply.header('connection', 'close');
      done(null, payload);
    });
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    const { server } = this.fastify;
    const deadline = Date.now() + CLOSE_TIMEOUT_MS;
    const poll = setInterval(() => {
      // The server stops listening only after the close frames are sent.
      if (server.listening || this.inFlight > 0) return;
      server.closeAllConnections();
      if (Date.now() > deadline) for (const socket of this.upgraded) socket.destroy();
    }, POLL_MS);
    poll.unref();
    server.once('close', () => clearInterval(poll));
  }
}

import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

const LOOK_MS = 50;
const GOODBYE_MS = 1_000;

/**
 * Lets a closing server go as soon as the last answer is out. Node waits for every connection: for those that are kept
 * alive after their answer, for those over which nothing was ever asked, and for sockets whose other end never answers
 * the goodbye.
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
    const patientUntil = Date.now() + GOODBYE_MS;
    const look = setInterval(() => {
      // It stops listening only after the sockets were told.
      if (server.listening || this.inFlight > 0) return;
      server.closeAllConnections();
      if (Date.now() > patientUntil) for (const socket of this.upgraded) socket.destroy();
    }, LOOK_MS);
    look.unref();
    server.once('close', () => clearInterval(look));
  }
}

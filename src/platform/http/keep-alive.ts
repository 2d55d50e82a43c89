import type { FastifyInstance } from 'fastify';

const TOLD_SECONDS = 60;
const SPARE_SECONDS = 15;

/**
 * Tells clients how long they may keep an idle connection, and keeps it for longer: a client that sends a request at the
 * moment at which the server closes the connection would not know whether the server has received it.
 */
export function keepAlive(fastify: FastifyInstance): void {
  fastify.server.keepAliveTimeout = (TOLD_SECONDS + SPARE_SECONDS) * 1_000;
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.header('keep-alive', `timeout=${TOLD_SECONDS}`);
    done();
  });
}

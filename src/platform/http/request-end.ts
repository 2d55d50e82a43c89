import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyReply {
    /** Whether the response is known, sent or not. */
    isAnswered: boolean;
    /** Whether the client closed the connection before it had the response. */
    clientLeft: boolean;
    /** Whether what follows the end of a request has run. */
    isOver: boolean;
  }
}

type Listener = (request: FastifyRequest, reply: FastifyReply) => void;

const listeners = new WeakMap<FastifyInstance, Listener[]>();

/**
 * Calls back once for each request, when its response was written, or else when the response is known and the client has
 * left. Fastify's own hook, `onResponse`, does not run for clients who hang up: they would be in no log, no metric, no trace,
 * and not in the audit trail when they were refused.
 */
export function onRequestEnd(fastify: FastifyInstance, listener: Listener): void {
  const known = listeners.get(fastify);
  if (known) {
    known.push(listener);
    return;
  }
  const all = [listener];
  listeners.set(fastify, all);
  const end = (request: FastifyRequest, reply: FastifyReply): void => {
    if (reply.isOver) return;
    reply.isOver = true;
    for (const each of all) each(request, reply);
  };
  fastify.decorateReply('isAnswered', false);
  fastify.decorateReply('clientLeft', false);
  fastify.decorateReply('isOver', false);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      if (reply.isOver) return;
      reply.clientLeft = true;
      // A stream that has taken over the response has answered as well.
      if (reply.isAnswered || reply.sent) end(request, reply);
    });
    done();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    reply.isAnswered = true;
    // Later hooks may change the status.
    if (reply.clientLeft) setImmediate(() => end(request, reply));
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    end(request, reply);
    done();
  });
}

/**
 * Does the same for a request that the router refused: no hook runs for it, and its duration counts as 0. Call it before the
 * response is sent.
 */
export function onRefusedEnd(request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once('close', () => {
    reply.clientLeft = !reply.raw.writableFinished;
    for (const each of listeners.get(request.server) ?? []) each(request, reply);
  });
}

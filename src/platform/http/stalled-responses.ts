import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';

/**
 * Closes a connection whose client has taken nothing of a response for `RESPONSE_STALL_SECONDS`. Otherwise the response stays
 * in memory for as long as the client likes.
 */
export function endStalledResponses(fastify: FastifyInstance, { values }: Config): void {
  const milliseconds = values.responseStallSeconds * 1_000;
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const { socket } = reply.raw;
    // Node sets it back when it waits for the next request of the connection. A request from inside has no connection.
    if (socket instanceof Socket) socket.setTimeout(milliseconds);
    done(null, payload);
  });
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, toProblem } from './problem.filter.js';

/**
 * Bytes of a refused body for which a connection is kept. Twice the largest body: a client that is still sending may not see
 * the response if the connection is closed, and reading without parsing costs next to nothing.
 */
const WORTH_READING = 8 * 1_048_576;

/** Sends the problem for a request whose body has not been read. */
export function refuseBeforeBody(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // The body has to be read, and thrown away, before the connection can be used again.
  const { 'content-length': length = '0', 'transfer-encoding': chunked } = request.headers;
  if (chunked !== undefined || !(Number(length) <= WORTH_READING)) reply.header('connection', 'close');
  sendProblem(toProblem(error), request, reply);
}

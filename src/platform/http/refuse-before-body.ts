import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, toProblem } from './problem.filter.js';

/** Bytes of a refused body for which a connection is kept. */
const WORTH_READING = 65_536;

/** Sends the problem for a request whose body has not been read. */
export function refuseBeforeBody(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // The body has to be read, and thrown away, before the connection can be used again.
  const { 'content-length': length = '0', 'transfer-encoding': chunked } = request.headers;
  if (chunked !== undefined || !(Number(length) <= WORTH_READING)) reply.header('connection', 'close');
  sendProblem(toProblem(error), request, reply);
}

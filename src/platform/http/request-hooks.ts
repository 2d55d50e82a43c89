import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import type { IncomingMessage } from 'node:http';
import { negotiate } from './body-formats.js';
import { asProblem, sendProblem } from './problem.filter.js';

const REQUEST_ID = /^[\w.:+/=@-]{1,128}$/;

/** The caller's `X-Request-Id` when it is harmless to log and to echo, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : uuidv7();
}

/** Addresses that the router cannot read never reach a hook or a filter: they are refused here, in the same words. */
export function refuseAddress(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  negotiate(request, reply, () => sendProblem(asProblem(error), request, reply));
}

/** What happens around every request: its id, the format of its answer, one log line. */
export function addRequestHooks(fastify: FastifyInstance): void {
  const logger = new Logger('Http');
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    negotiate(request, reply, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    // The path without its query: queries may hold tokens and names.
    logger.log('request', {
      request_id: request.id,
      method: request.method,
      path: request.url.split('?')[0],
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      user_id: request.actor?.userId,
    });
    done();
  });
}

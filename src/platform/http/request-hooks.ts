import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { noSuchPath, Problem } from '../../problems/problem.js';
import { AllowedMethods } from './allowed-methods.js';
import { hasBody, negotiate } from './body-formats.js';
import { tagResponse } from './etag.js';
import { clientGone, sendProblem, toProblem } from './problem.filter.js';
import { refuseBeforeBody } from './refuse-before-body.js';
import { onRefusedEnd, onRequestEnd } from './request-end.js';
import { requireAddress } from './request-origin.js';
import { shownPath } from './request-path.js';

const REQUEST_ID = /^[\w.:+/=@-]{1,128}$/;

/**
 * Returns the `X-Request-Id` of the caller if it is safe to log and to return, or else a new id. Asked again about the same
 * request, the answer is the same.
 */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  headers['x-request-id'] = id;
  return id;
}

/** Sends the problem for a URL that the router can't parse. Such a request reaches neither the hooks nor the filter. */
export function rejectMalformedUrl(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  onRefusedEnd(request, reply);
  reply.header('x-request-id', request.id);
  // The plugin that adds them is not reached either.
  reply.header('content-security-policy', `default-src 'none'; base-uri 'none'; frame-ancestors 'none'`);
  reply.header('x-content-type-options', 'nosniff');
  negotiate(request, reply, () => sendProblem(toProblem(error), request, reply));
}

/** Adds the hooks of every request: its id, the response format, the entity tag and one log line. */
export function addRequestHooks(fastify: FastifyInstance): void {
  const logger = new Logger('Http');
  const allowed = new AllowedMethods(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    negotiate(request, reply, done);
  });
  // Before the body: what does not exist is a 404, whatever is sent to it.
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    // Nothing would come of a body any more, not even an error.
    if (request.raw.destroyed && hasBody(request)) return refuseBeforeBody(clientGone(), request, reply);
    if (!request.is404) return done(null, payload);
    const methods = allowed.of(request.url.split('?')[0]!);
    const headers = { allow: methods.join(', ') };
    const isOtherMethod = methods.length > 0 && !methods.includes(request.method);
    refuseBeforeBody(isOtherMethod ? new Problem('method_not_allowed', { headers }) : noSuchPath(), request, reply);
  });
  requireAddress(fastify);
  // An expectation that is not known may be ignored (RFC 9110 §10.1.1). Node would send a 417 without a body.
  fastify.server.on('checkExpectation', (...exchange) => fastify.server.emit('request', ...exchange));
  fastify.addHook('onSend', tagResponse);
  onRequestEnd(fastify, (request, reply) => {
    logger.log('request', {
      request_id: request.id,
      method: request.method,
      path: shownPath(request),
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      client_left: reply.clientLeft || undefined,
      user_id: request.actor?.userId,
      trace_id: request.span?.traceId,
    });
  });
}

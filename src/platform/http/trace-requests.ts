import type { FastifyInstance } from 'fastify';
import { runInSpan, type Span } from '../tracing/span.js';
import type { Tracing } from '../tracing/tracing.js';
import { onRequestEnd } from './request-end.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined without tracing. */
    span?: Span;
  }
}

/** What machines ask all the time. */
const UNTRACED = /^\/(?:health\/|metrics$)/;
const EVENT_STREAM = 'text/event-stream';

/**
 * Makes a span of each request, as part of the trace that its `traceparent` names, or of a new one. It contains the route,
 * never the path or the query, which may contain secrets. Adds nothing to responses, and nothing at all without tracing.
 */
export function traceRequests(fastify: FastifyInstance, { source }: Tracing): void {
  if (!source) return;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url = '', config } = request.routeOptions;
    // A stream lasts as long as its client stays connected.
    if (UNTRACED.test(url) || config?.produces?.includes(EVENT_STREAM)) return done();
    request.span = source.start(request.method, request.headers);
    runInSpan(request.span, done);
  });
  // The body is read in callbacks of the socket, which know nothing of the request.
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (request.span) runInSpan(request.span, done);
    else done();
  });
  onRequestEnd(fastify, (request, reply) => {
    const { span } = request;
    if (!span) return;
    const route = request.is404 ? undefined : request.routeOptions.url;
    span.rename(route ? `${request.method} ${route}` : request.method);
    span.set({
      'http.request.method': request.method,
      'http.response.status_code': reply.statusCode,
      'convene.request_id': request.id,
      ...(route ? { 'http.route': route } : {}),
    });
    span.end(reply.statusCode >= 500 ? String(reply.statusCode) : undefined);
  });
}

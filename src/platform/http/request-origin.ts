import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientGone } from './problem.filter.js';
import { refuseBeforeBody } from './refuse-before-body.js';

/** Where a request came from. All are null for work that no request started. */
export interface RequestOrigin {
  requestId: string | null;
  sessionId: string | null;
  address: string | null;
  userAgent: string | null;
}

const MAX_USER_AGENT = 400;

const NOWHERE: RequestOrigin = { requestId: null, sessionId: null, address: null, userAgent: null };

const origins = new AsyncLocalStorage<() => RequestOrigin>();

/** Lets `currentOrigin` find the request in everything that its handler calls. */
export function followRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    // Asked for once, it stays known when the client leaves: what is done or refused then has an address too. A client that
    // has reset the connection by now has none, and whatever it asks for could be done without a trace, and without limits.
    if (request.raw.socket.remoteAddress !== undefined) return done();
    reply.clientLeft = true;
    refuseBeforeBody(clientGone(), request, reply);
  });
  // Not earlier: the body is read in callbacks of the socket, which know nothing of the request.
  fastify.addHook('preHandler', (request, _reply, done) => origins.run(() => originOf(request), done));
}

/** Returns the origin of the request that the caller works for. */
export function currentOrigin(): RequestOrigin {
  return origins.getStore()?.() ?? NOWHERE;
}

/** Runs work that no request started, with what it is to be recorded as, such as the command line. */
export function withUserAgent<T>(userAgent: string, work: () => T): T {
  return origins.run(() => ({ ...NOWHERE, userAgent }), work);
}

export function originOf(request: FastifyRequest): RequestOrigin {
  return {
    requestId: request.id,
    sessionId: request.actor?.sessionId ?? null,
    address: request.ip,
    userAgent: boundUserAgent(request.headers['user-agent']),
  };
}

/** Returns a `User-Agent` as it can be stored: of bounded length, without NUL. */
export const boundUserAgent = (text: string | null | undefined): string | null =>
  text?.replaceAll('\0', '').slice(0, MAX_USER_AGENT) ?? null;

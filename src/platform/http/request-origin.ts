import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Where a request came from. All are null for work that no request started. */
export interface RequestOrigin {
  requestId: string | null;
  sessionId: string | null;
  address: string | null;
  userAgent: string | null;
}

const MAX_USER_AGENT = 400;

const requests = new AsyncLocalStorage<FastifyRequest>();

/** Lets `currentOrigin` find the request in everything that its handler calls. */
export function followRequests(fastify: FastifyInstance): void {
  // Not earlier: the body is read in callbacks of the socket, which know nothing of the request.
  fastify.addHook('preHandler', (request, _reply, done) => requests.run(request, done));
}

/** Returns the origin of the request that the caller works for. */
export function currentOrigin(): RequestOrigin {
  const request = requests.getStore();
  return request ? originOf(request) : { requestId: null, sessionId: null, address: null, userAgent: null };
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

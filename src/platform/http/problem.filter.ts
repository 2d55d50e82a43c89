import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isAccountDisabled, isRetryable, whyUnavailable } from '../database/database-errors.js';
import { noSuchPath, Problem } from '../../problems/problem.js';
import type { ProblemCode } from '../../problems/problem-catalogue.js';
import { bestMatch } from './best-match.js';
import { STATIC_POLICY } from './html-page.js';
import { refusedPage } from './refused-page.js';
import { shownPath } from './request-path.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** True when the rights of the caller did not allow the request. */
    refusedByRight?: boolean;
  }
}

const CODE_OF_STATUS: Record<number, ProblemCode> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  413: 'body_too_large',
  415: 'unsupported_format',
  431: 'headers_too_large',
  503: 'unavailable',
};

/** Converts any error to a Problem. An unexpected error becomes a 500 without internal details. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Error && error.cause instanceof Problem) return error.cause;
  if (isAccountDisabled(error)) return new Problem('unauthenticated');
  const detail = whyUnavailable(error);
  if (detail) return new Problem('unavailable', { detail });
  if (isRetryable(error)) {
    // Every retry of the transaction failed because of concurrent ones.
    return new Problem('unavailable', { detail: 'Too many concurrent changes.' });
  }
  const status =
    error instanceof HttpException ? error.getStatus() : ((error as { statusCode?: number } | null)?.statusCode ?? 500);
  // Whatever is not found behind a route is a Problem already.
  if (status === 404) return noSuchPath();
  const code = CODE_OF_STATUS[status] ?? (status >= 400 && status < 500 ? 'bad_request' : 'internal_error');
  return new Problem(code);
}

/** The problem of a request that was not carried out because its client has left. Nobody reads it but the log. */
export const clientGone = (): Problem =>
  new Problem('bad_request', { detail: 'The connection closed before the request was carried out.' });

/**
 * The only exception filter. Sends a problem document (RFC 9457) in the format that the caller accepts, or a page to a
 * browser.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    // The same code as that of a database that is gone. A body that cannot be decompressed ends the request with its error too.
    const isCutShort = error instanceof Error && error === request.raw.errored && !(error.cause instanceof Problem);
    const problem = isCutShort ? clientGone() : toProblem(error);
    if (problem.code === 'internal_error') {
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error, { request_id: request.id });
    }
    sendProblem(problem, request, reply);
  }
}

/** Seconds after which a client may try again, unless the problem says otherwise. */
const RETRY_AFTER: Record<number, string> = { 503: '2' };

/** Headers that are lists: a problem adds its items to those that the response has already. */
const LISTS = new Set(['ratelimit', 'ratelimit-policy']);

/** What programs read, whatever they say that they accept. */
const FOR_PROGRAMS = /^\/(api|feeds|dav|health|metrics)\b/;

/** Returns whether a person opened an address in a browser: they get a page, everybody else the document. */
function isForBrowser({ method, url, headers: { accept } }: FastifyRequest): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || !accept?.includes('text/html') || FOR_PROGRAMS.test(url)) return false;
  return bestMatch(accept, ['application/problem+json', 'application/json', 'text/html']) === 'text/html';
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent) return;
  request.refusedByRight = problem.isByRight;
  const retryAfter = RETRY_AFTER[problem.status];
  if (retryAfter && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter);
  reply.status(problem.status);
  for (const [name, value] of Object.entries(problem.extras.headers ?? {})) {
    const items = LISTS.has(name) ? reply.getHeader(name) : undefined;
    reply.header(name, items === undefined ? value : `${String(items)}, ${value}`);
  }
  if (problem.status === 401 && !problem.extras.headers?.['www-authenticate'])
    reply.header('www-authenticate', 'Bearer realm="convene"');
  // The handler may have set it before it failed.
  reply.removeHeader('etag');
  // Of what a cache may keep, the handler or `/api` has said so.
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  if (isForBrowser(request)) {
    reply.header('content-security-policy', STATIC_POLICY).type('text/html; charset=utf-8');
    reply.send(refusedPage(problem, request.id));
    return;
  }
  // Fastify drops the type that was negotiated when the body cannot be read.
  reply.type(request.responseFormat === 'msgpack' ? 'application/msgpack' : 'application/problem+json');
  const document = problem.toDocument(shownPath(request), request.id);
  reply.send(request.responseFormat === 'msgpack' ? document : JSON.stringify(document));
}

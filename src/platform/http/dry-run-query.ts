import type { ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { invalid, invalidValues } from '../../problems/problem.js';
import { escapePointer } from './validation.pipe.js';

declare module 'fastify' {
  interface FastifyRequest {
    isDryRun?: boolean;
  }
}

/** Metadata of a route that writes events, see `WriteRoute`. */
export const WRITE_ROUTE = 'convene:write-route';
/** The value of `WRITE_ROUTE` on a route that runs its dry runs itself and sends its usual response. */
export const OWN_DRY_RUN = 'own';

/** Returns whether the route writes events, and so takes an `Idempotency-Key` and `?dry_run=true`. */
export const isWriteRoute = (context: ExecutionContext): boolean =>
  Reflect.hasMetadata(WRITE_ROUTE, context.getHandler());

/**
 * Returns whether a write has `?dry_run=true`. The first call removes the parameter from the query, so that the route
 * need not declare it, and rejects unknown parameters: a misspelt `dry_run` must not become a real write.
 * @throws Problem validation_failed
 */
export function isDryRun(context: ExecutionContext): boolean {
  if (context.getType() !== 'http') return false;
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  if (request.isDryRun === undefined) {
    const isOffered = isWriteRoute(context);
    request.isDryRun = takeDryRun(request, isOffered);
    if (isOffered && !readsQuery(context)) rejectQuery(request);
  }
  return request.isDryRun;
}

/** Returns whether the handler rolls its dry runs back itself. */
export const hasOwnDryRun = (context: ExecutionContext): boolean =>
  Reflect.getMetadata(WRITE_ROUTE, context.getHandler()) === OWN_DRY_RUN;

/** Returns whether the handler has a query parameter. The validation pipe then checks the query. */
function readsQuery(context: ExecutionContext): boolean {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as object;
  return Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}

/** @throws Problem validation_failed */
function rejectQuery({ query }: FastifyRequest): void {
  const names = Object.keys(query as object);
  if (names.length === 0) return;
  const message = 'Unknown parameter.';
  throw invalidValues(
    names.map((name) => ({ pointer: `/query/${escapePointer(name)}`, code: 'unknown_field', message })),
  );
}

const WORDS: Record<string, boolean> = { true: true, '1': true, '': true, false: false, '0': false };

/**
 * Removes `dry_run` from the query and returns its value. Rejects it on a route without a dry run: a caller who
 * requests one must never cause a real write.
 * @throws Problem validation_failed
 */
function takeDryRun(request: FastifyRequest, isOffered: boolean): boolean {
  const query = request.query as Record<string, unknown>;
  if (!('dry_run' in query)) return false;
  const { dry_run: value } = query;
  const pointer = '/query/dry_run';
  if (!isOffered) throw invalid({ pointer, code: 'unknown_field', message: 'This call does not support dry runs.' });
  const isRequested = typeof value === 'string' ? WORDS[value.toLowerCase()] : undefined;
  if (isRequested === undefined) throw invalid({ pointer, code: 'invalid', message: 'Must be true or false.' });
  delete query.dry_run;
  return isRequested;
}

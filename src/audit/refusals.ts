import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isUUID } from 'class-validator';
import type { FastifyInstance } from 'fastify';
import { onRequestEnd } from '../platform/http/request-end.js';
import { originOf } from '../platform/http/request-origin.js';
import { AuditTrail } from './audit-trail.js';

/**
 * Records requests that the caller's rights did not allow. An event that does not exist and one that the caller may not see
 * are recorded alike: the caller reads their own trail, which must not say which of the two it was.
 */
@Injectable()
export class Refusals {
  constructor(host: HttpAdapterHost, trail: AuditTrail) {
    const fastify = host.httpAdapter.getInstance<FastifyInstance>();
    // After the last response, while the database is still there.
    fastify.addHook('onClose', () => trail.close());
    onRequestEnd(fastify, (request, reply) => {
      if (!request.refusedByRight) return;
      const { id } = request.params as { id?: unknown };
      const route = request.routeOptions.url ?? null;
      trail.collect(originOf(request), {
        kind: 'refused',
        outcome: 'refused',
        actorId: request.actor?.userId ?? null,
        eventId: route?.startsWith('/api/events/') && isUUID(id) ? (id as string).toLowerCase() : null,
        details: { method: request.method, route, status: reply.statusCode },
      });
    });
  }
}

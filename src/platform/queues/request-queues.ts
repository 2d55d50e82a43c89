import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Gauge } from 'prom-client';
import { Config } from '../config/config.js';
import { Metrics } from '../metrics/metrics.js';
import { clientGone } from '../http/problem.filter.js';
import { Problem } from '../../problems/problem.js';
import { KeyedQueue, QueueFull } from '../hooks/keyed-queue.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The person in whose calendar a write takes place, when that may be another person than the caller. */
    calendarOwnerId?: string | null;
  }
}

const NEVER_QUEUED = 'convene:never-queued';
/** For a route that must always be served, or whose response lasts. */
export const NeverQueued = (): MethodDecorator => SetMetadata(NEVER_QUEUED, true);

/**
 * The queues in which requests wait before they use a connection to the database, so that one person cannot take all of
 * them: those of one caller, and the writes into one calendar, which wait for each other in the database anyway.
 */
@Injectable()
export class RequestQueues {
  readonly ofCaller: KeyedQueue;
  readonly ofCalendar: KeyedQueue;

  constructor({ values }: Config, { registry }: Metrics) {
    const limits = { waiting: values.maxQueued, longestWait: values.queueSeconds * 1_000 };
    this.ofCaller = new KeyedQueue({ ...limits, atOnce: values.requestsAtOnce });
    this.ofCalendar = new KeyedQueue({ ...limits, atOnce: values.writesAtOnce });
    const queues = { caller: this.ofCaller, calendar: this.ofCalendar };
    new Gauge({
      name: 'convene_queued_requests',
      help: 'Requests that wait for others of the same caller, or for other writes into the same calendar.',
      labelNames: ['queue'],
      registers: [registry],
      collect() {
        for (const [queue, { waiting }] of Object.entries(queues)) this.set({ queue }, waiting);
      },
    });
  }

  /** @throws Problem unavailable when too many wait, or bad_request when the caller has left meanwhile */
  async enter(queue: KeyedQueue, key: string, request: FastifyRequest): Promise<() => void> {
    try {
      return await queue.enter(key, request.raw.socket);
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      if (request.raw.socket.destroyed) throw clientGone();
      const detail =
        queue === this.ofCaller ? 'Too many of your requests wait.' : 'Too many writes wait for this calendar.';
      throw new Problem('unavailable', { detail });
    }
  }
}

/** Gives a signed-in caller a place until the response is on its way, so that unread responses count as well. */
@Injectable()
export class CallerQueueGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly queues: RequestQueues,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.actor || this.reflector.get<boolean | undefined>(NEVER_QUEUED, context.getHandler())) return true;
    const leave = await this.queues.enter(this.queues.ofCaller, request.actor.userId, request);
    const { raw } = context.switchToHttp().getResponse<FastifyReply>();
    if (raw.destroyed) leave();
    else raw.once('close', leave);
    return true;
  }
}

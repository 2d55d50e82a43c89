import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Histogram } from 'prom-client';
import { onRequestEnd } from '../http/request-end.js';
import { Metrics } from './metrics.js';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The label of requests without a route, so that unknown paths don't create new series. */
const NO_ROUTE = 'none';

const EVENT_STREAM = 'text/event-stream';

/** Counts requests and measures their duration by route. A path would contain ids and have no bound on its values. */
@Injectable()
export class HttpMetrics {
  constructor({ registry }: Metrics, host: HttpAdapterHost) {
    const duration = new Histogram({
      name: 'convene_http_request_duration_seconds',
      help: 'Seconds from the arrival of a request to the end of its response. The count is the number of requests.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    });
    onRequestEnd(host.httpAdapter.getInstance<FastifyInstance>(), (request, reply) => {
      // A stream lasts as long as its client stays connected. It counts as a live connection instead.
      const isStream = request.routeOptions.config.produces?.includes(EVENT_STREAM) ?? false;
      if (isStream && reply.statusCode === 200) return;
      const labels = {
        method: request.method,
        route: request.is404 ? NO_ROUTE : (request.routeOptions.url ?? NO_ROUTE),
        status: `${Math.floor(reply.statusCode / 100)}xx`,
      };
      duration.observe(labels, reply.elapsedTime / 1_000);
    });
  }
}

import compress from '@fastify/compress';
import { maxHeaderSize } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { serveAsyncApi } from './live/asyncapi.js';
import { SocketIoAdapter } from './live/socket-io.adapter.js';
import type { Config } from './platform/config/config.js';
import { COMPRESSED_BODIES, largestBody, useBodyFormats } from './platform/http/body-formats.js';
import { serveDashboard } from './platform/http/dashboard.js';
import { keepAlive } from './platform/http/keep-alive.js';
import { ignoreOfferedUpgrades } from './platform/http/offered-upgrades.js';
import { refuseWhenOverloaded } from './platform/http/overload.js';
import { takeTurns } from './platform/http/pipelined-requests.js';
import { addRequestHooks, rejectMalformedUrl, requestId } from './platform/http/request-hooks.js';
import { endStalledResponses } from './platform/http/stalled-responses.js';
import { traceRequests } from './platform/http/trace-requests.js';
import { rejectUnparsable } from './platform/http/unparsable-request.js';
import { limitAddresses } from './platform/limits/request-limits.js';
import { createLogger } from './platform/logging/logger.js';
import { Tracing } from './platform/tracing/tracing.js';
import { HEADERS } from './platform/openapi/api-headers.js';
import { ConditionMetrics } from './platform/metrics/condition-metrics.js';
import { serveDocs } from './platform/openapi/docs.js';

/**
 * The one recipe for the application: `main.ts`, the tests and the scripts all start from here.
 * The database must be migrated already. The caller listens and closes.
 * @param preview creates no providers and needs no database; the application can describe itself, but not serve requests
 */
export async function createApp(config: Config, { preview = false } = {}): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    // As long as a request line can be: a parameter that is too long is refused by its route, like any that is not valid.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderSize },
    trustProxy: config.values.trustProxy ?? false,
    genReqId: requestId,
    bodyLimit: largestBody(config),
    requestTimeout: 60_000,
    frameworkErrors: rejectMalformedUrl,
    clientErrorHandler: rejectUnparsable,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    logger: createLogger(config.values.logLevel),
    bodyParser: false,
    forceCloseConnections: false,
    routeConflictPolicy: { duplicate: 'error', shadow: 'off' },
    abortOnError: false,
    preview,
  });
  const fastify = adapter.getInstance();
  takeTurns(fastify);
  // Before the other hooks, so that a page can read what they refuse.
  if (config.values.corsOrigins.length > 0) {
    app.enableCors({
      origin: config.values.corsOrigins,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: Object.keys(HEADERS),
      maxAge: 600,
    });
  }
  if (!preview) traceRequests(fastify, app.get(Tracing));
  addRequestHooks(fastify);
  refuseWhenOverloaded(fastify, config, () => app.get(ConditionMetrics).countOverloaded());
  endStalledResponses(fastify, config);
  limitAddresses(app);
  keepAlive(fastify);
  ignoreOfferedUpgrades(fastify.server);
  const encodings = ['gzip', 'identity'];
  await app.register(compress as never, { global: true, threshold: 1_024, encodings, ...COMPRESSED_BODIES });
  app.useSecurityHeaders({
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    strictTransportSecurity: config.isProduction,
  });
  useBodyFormats(app, config);
  app.useWebSocketAdapter(new SocketIoAdapter(app, config));
  serveDocs(app);
  serveAsyncApi(app);
  await serveDashboard(fastify);
  return app;
}

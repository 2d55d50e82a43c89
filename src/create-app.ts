import compress from '@fastify/compress';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { serveAsyncApi } from './live/asyncapi.js';
import { SocketIoAdapter } from './live/socket-io.adapter.js';
import type { Config } from './platform/config/config.js';
import { useBodyFormats } from './platform/http/body-formats.js';
import { serveDashboard } from './platform/http/dashboard.js';
import { keepAlive } from './platform/http/keep-alive.js';
import { refuseWhenOverloaded } from './platform/http/overload.js';
import { addRequestHooks, rejectMalformedUrl, requestId } from './platform/http/request-hooks.js';
import { endStalledResponses } from './platform/http/stalled-responses.js';
import { rejectUnparsable } from './platform/http/unparsable-request.js';
import { limitAddresses } from './platform/limits/request-limits.js';
import { createLogger } from './platform/logging/logger.js';
import { HEADERS } from './platform/openapi/api-headers.js';
import { serveDocs } from './platform/openapi/docs.js';

/**
 * The one recipe for the application: `main.ts`, the tests and the scripts all start from here.
 * The database must be migrated already. The caller listens and closes.
 * @param preview creates no providers and needs no database; the application can describe itself, but not serve requests
 */
export async function createApp(config: Config, { preview = false } = {}): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    trustProxy: config.values.trustProxy ?? false,
    genReqId: requestId,
    bodyLimit: Math.max(config.values.bodyLimitBytes, config.values.batchBodyLimitBytes),
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
  // Before the other hooks, so that a page can read what they refuse.
  if (config.values.corsOrigins.length > 0) {
    app.enableCors({
      origin: config.values.corsOrigins,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: Object.keys(HEADERS),
      maxAge: 600,
    });
  }
  addRequestHooks(fastify);
  refuseWhenOverloaded(fastify, config);
  endStalledResponses(fastify, config);
  limitAddresses(app);
  keepAlive(fastify);
  await app.register(compress as never, { global: true, threshold: 1_024, encodings: ['gzip', 'identity'] });
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

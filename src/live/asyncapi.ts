import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { atOrigin } from '../platform/docs/asyncapi-origin.js';
import { asyncApiPage } from '../platform/docs/asyncapi-page.js';
import { STATIC_POLICY } from '../platform/docs/docs-policies.js';
import { HOST } from './asyncapi-connections.js';
import { asyncApiDocument } from './asyncapi-document.js';

/** Serves the AsyncAPI document at `/asyncapi.json`, and the page made from it at `/docs/realtime`. */
export function serveAsyncApi(app: NestFastifyApplication): void {
  const document = asyncApiDocument(app);
  const json = JSON.stringify(document);
  const page = asyncApiPage(document);
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.get('/asyncapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(json));
  fastify.get('/docs/realtime', (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', STATIC_POLICY)
      // The page contains the host that was requested.
      .header('cache-control', 'no-cache')
      .send(atOrigin(page, HOST.host.default, request)),
  );
}

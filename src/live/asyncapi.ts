import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Config } from '../platform/config/config.js';
import type { AsyncApi } from '../platform/docs/asyncapi-model.js';
import { STATIC_POLICY } from '../platform/http/html-page.js';
import { atOrigin, EXAMPLE_HOST } from '../platform/openapi/at-origin.js';
import { once, prepared } from '../platform/openapi/prepared.js';
import { toDescription } from './asyncapi-text.js';

/** Serves the AsyncAPI document at `/asyncapi.json`, and the page made from it at `/docs/realtime`. */
export function serveAsyncApi(app: NestFastifyApplication): void {
  const document = documentOf(app);
  const json = once(async () => JSON.stringify(await document()));
  const page = once(async () => {
    const { asyncApiPage } = await import('../platform/docs/asyncapi-page.js');
    return asyncApiPage(await document());
  });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.get('/asyncapi.json', async (request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      // The servers and the examples have the address that was requested.
      .header('cache-control', 'no-cache')
      .send(atOrigin(await json(), EXAMPLE_HOST, request)),
  );
  fastify.get('/docs/realtime', async (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', STATIC_POLICY)
      // The page contains the host that was requested.
      .header('cache-control', 'no-cache')
      .send(atOrigin(await page(), EXAMPLE_HOST, request)),
  );
}

/** The description is the only part that depends on the settings, which the build does not know. */
function documentOf(app: NestFastifyApplication): () => Promise<AsyncApi> {
  const read = prepared('asyncapi.json', async () => {
    const { asyncApiDocument } = await import('./asyncapi-document.js');
    return JSON.stringify(asyncApiDocument(app));
  });
  return once(async () => {
    const document = JSON.parse(String(await read())) as AsyncApi;
    return { ...document, info: { ...document.info, description: toDescription(app.get(Config).values) } };
  });
}

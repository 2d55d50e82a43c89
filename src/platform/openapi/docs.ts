import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { atOrigin, EXAMPLE_HOST } from './at-origin.js';
import type { OpenApiFile } from './openapi-files.js';
import { once, prepared } from './prepared.js';

const TYPES: Record<OpenApiFile, string> = {
  'openapi.json': 'application/json; charset=utf-8',
  'openapi.yaml': 'text/yaml',
  'convene.postman_collection.json': 'application/json; charset=utf-8',
  'convene.http': 'text/plain; charset=utf-8',
};

/** Serves the API document as `/openapi.json` and `/openapi.yaml`, and the files that tell its story beside it; the pages around it are in `platform/docs/docs.controller.ts`. */
export function serveDocs(app: NestFastifyApplication): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  for (const [name, type] of Object.entries(TYPES) as [OpenApiFile, string][]) {
    const read = prepared(name, async () => {
      const { openApiFiles } = await import('./openapi-files.js');
      return openApiFiles(app)[name];
    });
    const text = once(async () => String(await read()));
    fastify.get(`/${name}`, async (request, reply) =>
      // The examples have the address that was requested.
      reply
        .type(type)
        .header('cache-control', 'no-cache')
        .send(atOrigin(await text(), EXAMPLE_HOST, request)),
    );
  }
}

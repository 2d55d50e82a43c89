import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { asyncApiDocument } from './asyncapi-document.js';

/** Serves the document of the live connections as `/asyncapi.json`; its page is one of `platform/openapi/docs.controller.ts`. */
export function serveAsyncApi(app: NestFastifyApplication): void {
  const document = JSON.stringify(asyncApiDocument(app));
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.get('/asyncapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
}

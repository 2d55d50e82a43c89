import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { openApiDocument } from './openapi-document.js';

/** Serves the API document as `/openapi.json` and `/openapi.yaml`; the pages around it are in `platform/docs/docs.controller.ts`. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('openapi', app, openApiDocument(app), {
    ui: false,
    raw: ['json', 'yaml'],
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  });
}

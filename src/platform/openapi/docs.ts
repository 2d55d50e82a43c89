import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { openApiDocument } from './openapi-document.js';

const SWAGGER_PATHS = ['docs', 'swagger', 'api/docs'];

/** Serves the API document and Swagger UI, whole from this machine. */
export function serveDocs(app: NestFastifyApplication): void {
  const document = openApiDocument(app);
  SWAGGER_PATHS.forEach((path, index) =>
    SwaggerModule.setup(path, app, document, {
      raw: index === 0 ? ['json', 'yaml'] : false,
      jsonDocumentUrl: 'openapi.json',
      yamlDocumentUrl: 'openapi.yaml',
    }),
  );
}

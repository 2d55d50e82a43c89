import type { INestApplication } from '@nestjs/common';
import { dump } from 'js-yaml';
import { openApiDocument } from './openapi-document.js';

export type OpenApiFile = 'openapi.json' | 'openapi.yaml';

/** Returns the OpenAPI document of the application in every format in which it is served, by file name. */
export function openApiFiles(app: INestApplication): Record<OpenApiFile, string> {
  const document = openApiDocument(app);
  return {
    'openapi.json': JSON.stringify(document),
    // Members without a value are left out, as JSON does.
    'openapi.yaml': dump(document, { skipInvalid: true, noRefs: true }),
  };
}

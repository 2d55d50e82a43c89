import type { INestApplication } from '@nestjs/common';
import { dump } from 'js-yaml';
import { openApiDocument } from './openapi-document.js';
import { httpFile, postmanCollection, STORY_FILES } from './story-files.js';

export type OpenApiFile = 'openapi.json' | 'openapi.yaml' | (typeof STORY_FILES)[keyof typeof STORY_FILES];

/** Returns the OpenAPI document of the application in every format in which it is served, and what is made of it, by file name. */
export function openApiFiles(app: INestApplication): Record<OpenApiFile, string> {
  const document = openApiDocument(app);
  return {
    'openapi.json': JSON.stringify(document),
    // Members without a value are left out, as JSON does.
    'openapi.yaml': dump(document, { skipInvalid: true, noRefs: true }),
    [STORY_FILES.collection]: `${JSON.stringify(postmanCollection(document), null, 2)}\n`,
    [STORY_FILES.http]: httpFile(document),
  };
}

import type { INestApplication } from '@nestjs/common';
import { type InfoObject, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { withProblemDocuments, withProblemSchemas } from './api-problems.js';
import { withCommonProblems, withMessagePack, withOrderedParameters, withSecurity } from './common-steps.js';
import { DESCRIPTION, TAGS } from './document-text.js';
import { withDryRun, withRetries } from './write-steps.js';
import { withExamples } from './examples.js';
import { EXTRA_MODELS } from './extra-models.js';
import { mapOperations } from './operations.js';
import { HEADERS, withEntityTags, withHeaders } from './api-headers.js';
import { withNamedBodies } from './named-bodies.js';
import { packageVersion } from '../config/package-version.js';
import { inStoryOrder, withStoryAnswer, withStoryRequest } from './story-steps.js';
import { closeRequestSchemas, type Schemas, withoutUnusedSchemas } from './schemas.js';

/** Returns the OpenAPI 3.1 document of the application, which is served at `/openapi.json` and committed in `sdk/`. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const found = SwaggerModule.createDocument(app, outline(), { extraModels: [...EXTRA_MODELS] });
  const named = withNamedBodies({
    ...found,
    components: { ...found.components, schemas: withProblemSchemas(found.components!.schemas as Schemas) },
  });
  const schemas = named.components!.schemas as Schemas;
  const document = mapOperations(
    named,
    withSecurity,
    withOrderedParameters,
    withCommonProblems,
    withRetries,
    withDryRun(schemas),
    withProblemDocuments,
    withEntityTags,
    withHeaders,
    withStoryRequest,
    withExamples(schemas),
    withStoryAnswer,
    withMessagePack,
  );
  return inStoryOrder(closeRequestSchemas(withoutUnusedSchemas(document)));
}

/** Returns the document without operations and schemas, which Nest adds. */
function outline(): Omit<OpenAPIObject, 'paths'> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Convene',
      summary: 'Collaborative scheduling: no edit lost, no slot booked twice, no change missed.',
      description: DESCRIPTION,
      version: packageVersion(),
      license: { name: 'MIT', identifier: 'MIT' },
    } as InfoObject,
    servers: [{ url: '', description: 'The server that serves this document' }],
    tags: TAGS,
    components: {
      headers: HEADERS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The `access_token` that register, login and refresh return.',
        },
        password: {
          type: 'oauth2',
          description: 'Your user name or e-mail address, and your password. No client id is needed.',
          flows: { password: { tokenUrl: '/api/auth/login', scopes: {} } },
        },
      },
    },
  };
}

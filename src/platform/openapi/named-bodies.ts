import type { OpenAPIObject } from '@nestjs/swagger';
import { mapContent, mapOperations } from './operations.js';
import type { Schemas } from './schemas.js';

/**
 * Names the schema of every request body: the operation's id and `Request`. Generated clients would otherwise make up
 * names for it.
 */
export function withNamedBodies(document: OpenAPIObject): OpenAPIObject {
  const schemas: Schemas = {};
  const named = mapOperations(document, (operation) => {
    if (!operation.requestBody) return operation;
    const name = `${operation.operationId!.replace(/^./, (letter) => letter.toUpperCase())}Request`;
    const { requestBody } = mapContent({ requestBody: operation.requestBody, responses: {} }, (content) =>
      Object.fromEntries(
        Object.entries(content).map(([type, media]) => {
          if (!media.schema || '$ref' in media.schema) return [type, media];
          schemas[name] = media.schema;
          return [type, { ...media, schema: { $ref: `#/components/schemas/${name}` } }];
        }),
      ),
    );
    return { ...operation, requestBody };
  });
  const { components } = named;
  return { ...named, components: { ...components, schemas: { ...components!.schemas, ...schemas } } };
}

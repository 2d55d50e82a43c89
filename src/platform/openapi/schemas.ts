import type { OpenAPIObject, ReferenceObject, SchemaObject } from '@nestjs/swagger';
import type { Operation } from './operations.js';

export type Schema = SchemaObject | ReferenceObject;
export type Schemas = Record<string, Schema>;

const REFERENCE = '#/components/schemas/';

/** Returns the schema itself, or the one that it refers to. */
export function resolve(schema: Schema, schemas: Schemas): SchemaObject {
  if (!('$ref' in schema)) return schema;
  const target = schemas[schema.$ref.slice(REFERENCE.length)];
  if (!target) throw new Error(`The document refers to ${schema.$ref}, which it does not contain`);
  return resolve(target, schemas);
}

/** Forbids additional properties in every object schema with named properties that doesn't decide it itself. */
export function closeSchemas<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closeSchemas) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    // An example is data, not a schema.
    Object.entries(node).map(([key, value]) => [key, key === 'example' ? value : (closeSchemas(value) as unknown)]),
  );
  const isOpenObject =
    typeof copy.properties === 'object' && copy.type === 'object' && !('additionalProperties' in copy);
  return (isOpenObject ? { ...copy, additionalProperties: false } : copy) as T;
}

/**
 * Closes the schemas that only requests contain: a request with an unknown field is rejected. Those of responses stay
 * open, because a later version may add members, which clients must ignore.
 */
export function closeRequestSchemas(document: OpenAPIObject): OpenAPIObject {
  const schemas = document.components!.schemas as Schemas;
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods) as Operation[]);
  const inResponses = findReferences(
    operations.map(({ requestBody: _requestBody, ...rest }) => rest),
    schemas,
  );
  const closed = Object.entries(schemas).map(([name, schema]) => [
    name,
    inResponses.has(name) ? schema : closeSchemas(schema),
  ]);
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(closed) as Schemas } };
}

/** Removes the schemas to which nothing in the document refers. */
export function withoutUnusedSchemas(document: OpenAPIObject): OpenAPIObject {
  const schemas = document.components!.schemas as Schemas;
  const used = findReferences(document.paths, schemas);
  const left = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(left) } };
}

/** Returns the names of the schemas to which a part of the document refers, also through other schemas. */
function findReferences(part: unknown, schemas: Schemas, found = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return found;
  for (const [key, value] of Object.entries(part)) {
    if (key !== '$ref' || typeof value !== 'string' || !value.startsWith(REFERENCE)) {
      findReferences(value, schemas, found);
      continue;
    }
    const name = value.slice(REFERENCE.length);
    if (found.has(name)) continue;
    found.add(name);
    findReferences(schemas[name], schemas, found);
  }
  return found;
}

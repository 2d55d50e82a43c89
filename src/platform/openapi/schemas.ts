import type { ReferenceObject, SchemaObject } from '@nestjs/swagger';

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

/**
 * Forbids additional properties in every object schema with named properties that doesn't decide it itself: a request
 * with an unknown field is rejected, and a response with an undocumented field is a defect that tests must find.
 */
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

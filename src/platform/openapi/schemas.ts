import type { ReferenceObject, SchemaObject } from '@nestjs/swagger';

export type Schema = SchemaObject | ReferenceObject;
export type Schemas = Record<string, Schema>;

const REFERENCE = '#/components/schemas/';

/** The schema itself, or the one that it refers to. */
export function resolve(schema: Schema, schemas: Schemas): SchemaObject {
  if (!('$ref' in schema)) return schema;
  const target = schemas[schema.$ref.slice(REFERENCE.length)];
  if (!target) throw new Error(`The document refers to ${schema.$ref}, which it does not have`);
  return resolve(target, schemas);
}

/**
 * Every object with named properties takes no others, unless it says so itself: a request with an unknown field is
 * refused, and an answer with an undocumented one is a defect that the tests must see.
 */
export function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closed) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    // An example is data, not a schema.
    Object.entries(node).map(([key, value]) => [key, key === 'example' ? value : (closed(value) as unknown)]),
  );
  const isOpenObject =
    typeof copy.properties === 'object' && copy.type === 'object' && !('additionalProperties' in copy);
  return (isOpenObject ? { ...copy, additionalProperties: false } : copy) as T;
}

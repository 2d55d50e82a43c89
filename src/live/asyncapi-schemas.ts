import { exampleOf } from '../platform/openapi/examples.js';
import { resolve, type Schema, type Schemas } from '../platform/openapi/schemas.js';

/** A schema of AsyncAPI: JSON Schema, draft 7. */
export type JsonSchema = Record<string, unknown>;

/** Converts a schema of OpenAPI: `example` becomes `examples`; everything else is the same in both. */
export function toJsonSchema(schema: Schema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'example') return ['examples', [value]];
      if (key === 'properties') return [key, mapValues(value as Schemas, toJsonSchema)];
      if (key === 'items') return [key, toJsonSchema(value as Schema)];
      if (['allOf', 'anyOf', 'oneOf'].includes(key)) return [key, (value as Schema[]).map(toJsonSchema)];
      return [key, value as unknown];
    }),
  );
}

/** Returns the object schema with further required members of one value each, such as `{"type":"ready"}`. */
export function addTags(tags: Record<string, string>, schema: JsonSchema): JsonSchema {
  const { properties, required = [], ...rest } = schema as { properties: object; required?: string[] };
  return {
    ...rest,
    properties: { ...mapValues(tags, (value) => ({ type: 'string', const: value })), ...properties },
    required: [...Object.keys(tags), ...required],
  };
}

export function toExample(name: string, schemas: Schemas): object {
  return exampleOf(resolve(toReference(name), schemas), schemas) as object;
}

export const toReference = (schema: string): { $ref: string } => ({ $ref: `#/components/schemas/${schema}` });

export function mapValues<From, To>(
  values: Record<string, From>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}

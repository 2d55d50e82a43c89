import type { ParameterObject, SchemaObject } from '@nestjs/swagger';
import { mapContent, type Operation, type Step } from './operations.js';
import { resolve, type Schema, type Schemas } from './schemas.js';

/**
 * Returns the example of a schema, or one composed of the examples of its parts. It includes an optional property only
 * if the property has an example. Returns undefined if a part has no example, which a contract test reports.
 */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if ('example' in schema) return schema.example;
  const found = resolve(schema, schemas);
  if ('example' in found) return found.example;
  if (found.enum) return found.enum[0] as unknown;
  const choices = found.oneOf ?? found.anyOf;
  if (choices) return exampleOf(choices[0]!, schemas);
  if (found.allOf) {
    const parts = found.allOf.map((part) => exampleOf(part, schemas));
    return parts.length === 1 ? parts[0] : (Object.assign({}, ...parts) as unknown);
  }
  if (found.items) return [exampleOf(found.items, schemas)];
  if (!found.properties) return undefined;
  const shown = Object.entries(found.properties).filter(
    ([name, property]) => found.required?.includes(name) || 'example' in property,
  );
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, schemas)]));
}

/** Adds examples to parameters and bodies, and a matching path and pointer to the examples of problems. */
export function withExamples(schemas: Schemas): Step {
  return (original, path) => {
    const parameters = (original.parameters ?? []).map((parameter) => withParameterExample(parameter, schemas));
    const operation = { ...original, parameters };
    const instance = examplePath(operation, path);
    const errors = [exampleError(operation)];
    return mapContent(operation, (content) =>
      Object.fromEntries(
        Object.entries(content).map(([type, media]) => {
          const example = (media.example ?? exampleOf(media.schema!, schemas)) as unknown;
          if (type !== 'application/problem+json') return [type, { ...media, example }];
          const problem = example as { code: string };
          const wrong = problem.code === 'validation_failed' ? { errors } : {};
          return [type, { ...media, example: { ...problem, instance, ...wrong } }];
        }),
      ),
    );
  };
}

/**
 * Gives a required parameter its example, and puts that of an optional one into its description: tools that send requests
 * fill in every example, so that a call would be a dry run, a replay of another one, or one page too far.
 * @throws Error for a parameter without an example
 */
function withParameterExample(parameter: ParameterObject, schemas: Schemas): ParameterObject {
  const { example: given, schema: ownSchema, ...rest } = parameter;
  const example: unknown = given ?? exampleOf(ownSchema!, schemas);
  if (example === undefined) throw new Error(`The parameter ${parameter.name} has no example.`);
  if (parameter.required) return { ...rest, schema: ownSchema, example };
  const { example: _example, default: _default, ...schema } = ownSchema as SchemaObject;
  const text = typeof example === 'string' ? example : JSON.stringify(example);
  return { ...rest, description: `${parameter.description} Example: \`${text}\`.`, schema };
}

function examplePath({ parameters = [] }: Operation, path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => String(parameters.find((found) => found.name === name)?.example));
}

function exampleError({ requestBody, parameters = [] }: Operation): object {
  const unknown = { code: 'unknown_field', message: 'Unknown field.' };
  if (requestBody) return { pointer: '/colour', ...unknown };
  if (parameters.some((parameter) => parameter.in === 'query')) return { pointer: '/query/colour', ...unknown };
  return { pointer: '/path/id', code: 'not_a_uuid', message: 'Must be a UUID.' };
}

import type { ResponseObject } from '@nestjs/swagger';
import { headers } from './api-headers.js';
import { problemResponse } from './api-problems.js';
import { DRY_RUN_RESPONSE, type Operation, type Step } from './operations.js';
import { resolve, type Schema, type Schemas } from './schemas.js';

const hasParameter = ({ parameters = [] }: Operation, place: string, name: string): boolean =>
  parameters.some((parameter) => parameter.in === place && parameter.name === name);

/** Adds the problem for a request whose first attempt with the same key is still running. */
export function withRetries(operation: Operation): Operation {
  if (!hasParameter(operation, 'header', 'Idempotency-Key')) return operation;
  const conflict = problemResponse(['request_running'], operation.responses[409]);
  return { ...operation, responses: { ...operation.responses, 409: conflict } };
}

/**
 * Documents the response of a dry run. It is not one of `responses`: the response type of every write would be a union,
 * and whoever creates an event with a generated client would have to find out which it is.
 */
export function withDryRun(schemas: Schemas): Step {
  return (operation) => {
    if (!hasParameter(operation, 'query', 'dry_run')) return operation;
    const { responses } = operation;
    const status = Object.keys(responses).find((status) => status.startsWith('2'))!;
    const would = responses[status]!.content?.['application/json']?.schema;
    // A route with a response of its own for both says in it which one it is.
    if (would && 'dry_run' in (resolve(would, schemas).properties ?? {})) return operation;
    const response: ResponseObject = {
      description: 'With `dry_run=true`: what the call would do',
      headers: headers('Convene-Dry-Run', 'X-Request-Id'),
      content: { 'application/json': { schema: dryRunOf(would, schemas) } },
    };
    return { ...operation, [DRY_RUN_RESPONSE]: response };
  };
}

/** Returns the schema of a dry run that contains the response of the real call. */
function dryRunOf(would: Schema | undefined, schemas: Schemas): Schema {
  const view = { $ref: '#/components/schemas/DryRunView' };
  if (!would) return view;
  const { description: _description, ...schema } = resolve(view, schemas);
  return { ...schema, properties: { ...schema.properties, would } };
}

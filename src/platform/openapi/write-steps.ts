import type { ResponseObject } from '@nestjs/swagger';
import { problemResponse } from './api-problems.js';
import type { Operation, Step } from './operations.js';
import { resolve, type Schema, type Schemas } from './schemas.js';

const hasParameter = ({ parameters = [] }: Operation, place: string, name: string): boolean =>
  parameters.some((parameter) => parameter.in === place && parameter.name === name);

/** Adds the problem for a request whose first attempt with the same key is still running. */
export function withRetries(operation: Operation): Operation {
  if (!hasParameter(operation, 'header', 'Idempotency-Key')) return operation;
  const conflict = problemResponse(['request_running'], operation.responses[409]);
  return { ...operation, responses: { ...operation.responses, 409: conflict } };
}

/** Documents the 200 of a dry run, whatever the status of the real call. */
export function withDryRun(schemas: Schemas): Step {
  return (operation) => {
    if (!hasParameter(operation, 'query', 'dry_run')) return operation;
    const { responses } = operation;
    const status = Object.keys(responses).find((status) => status.startsWith('2'))!;
    const own = responses[status]!.content?.['application/json']?.schema;
    const dry = own ? dryRunOf(own, schemas) : { $ref: '#/components/schemas/DryRunView' };
    const description = 'with `dry_run`, the result of the dry run';
    const response: ResponseObject =
      status === '200'
        ? { ...responses[status], ...json({ oneOf: [own!, dry] }, `${responses[status]!.description}; ${description}`) }
        : json(dry, `W${description.slice(1)}`);
    return { ...operation, responses: { ...responses, 200: response } };
  };
}

const json = (schema: Schema, description: string): ResponseObject => ({
  description,
  content: { 'application/json': { schema } },
});

/** Returns the schema of a dry run that contains the response of the real call. */
function dryRunOf(response: Schema, schemas: Schemas): Schema {
  const { description: _description, ...view } = resolve({ $ref: '#/components/schemas/DryRunView' }, schemas);
  return { ...view, properties: { ...view.properties, would: response } };
}

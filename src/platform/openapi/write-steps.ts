import type { ResponseObject } from '@nestjs/swagger';
import { problemResponse } from './api-problems.js';
import type { Operation, Step } from './operations.js';
import { resolve, type Schema, type Schemas } from './schemas.js';

const takes = ({ parameters = [] }: Operation, place: string, name: string): boolean =>
  parameters.some((parameter) => parameter.in === place && parameter.name === name);

/** A request with a key can find the first one running. */
export function withRetries(operation: Operation): Operation {
  if (!takes(operation, 'header', 'Idempotency-Key')) return operation;
  const conflict = problemResponse(['request_running'], operation.responses[409]);
  return { ...operation, responses: { ...operation.responses, 409: conflict } };
}

/** A write with a dry run answers with 200 and what it would do, whatever its own answer is. */
export function withDryRun(schemas: Schemas): Step {
  return (operation) => {
    if (!takes(operation, 'query', 'dry_run')) return operation;
    const { responses } = operation;
    const status = Object.keys(responses).find((status) => status.startsWith('2'))!;
    const own = responses[status]!.content?.['application/json']?.schema;
    const dry = own ? dryRunOf(own, schemas) : { $ref: '#/components/schemas/DryRunView' };
    const told = 'with `dry_run`, what would be';
    const response: ResponseObject =
      status === '200'
        ? { ...responses[status], ...json({ oneOf: [own!, dry] }, `${responses[status]!.description}; ${told}`) }
        : json(dry, `W${told.slice(1)}`);
    return { ...operation, responses: { ...responses, 200: response } };
  };
}

const json = (schema: Schema, description: string): ResponseObject => ({
  description,
  content: { 'application/json': { schema } },
});

/** The view of a dry run with the answer that it is about. */
function dryRunOf(answer: Schema, schemas: Schemas): Schema {
  const { description: _description, ...view } = resolve({ $ref: '#/components/schemas/DryRunView' }, schemas);
  return { ...view, properties: { ...view.properties, would: answer } };
}

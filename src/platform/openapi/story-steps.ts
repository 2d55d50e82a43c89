import type { OpenAPIObject, TagObject } from '@nestjs/swagger';
import type { Operation } from './operations.js';
import { filled, STORY, STORY_VALUES, type StoryStep } from './story.js';

const isSuccess = ({ status }: StoryStep): boolean => status < 300;

/** The step whose body is the example of an operation: the first that succeeds, and is no dry run. */
const stepOf = (id: string | undefined): StoryStep | undefined =>
  STORY.find((step) => step.operation === id && isSuccess(step) && !step.query?.['dry_run']);

/**
 * Makes the examples of a request what the story sends: a body with every field at once is one that nobody sends. Comes
 * before the other examples, which keep it.
 */
export function withStoryRequest(operation: Operation): Operation {
  const step = stepOf(operation.operationId);
  if (!step) return operation;
  const { body, path = {} } = filled(step, STORY_VALUES);
  const { requestBody, parameters = [] } = operation;
  return {
    ...operation,
    parameters: parameters.map((parameter) => {
      const value = parameter.in === 'path' ? path[parameter.name] : undefined;
      if (value === undefined) return parameter;
      const { type } = parameter.schema as { type?: string };
      return { ...parameter, example: type === 'integer' ? Number(value) : value };
    }),
    ...(requestBody && body ? { requestBody: withExample(requestBody, () => body) } : {}),
  };
}

/** Replaces the members of the example of a response that differ in the story. */
export function withStoryAnswer(operation: Operation): Operation {
  const step = stepOf(operation.operationId);
  const response = step?.answer && operation.responses[step.status];
  if (!response) return operation;
  const told = withExample(response, (usual) => ({ ...(usual as object), ...step.answer }));
  return { ...operation, responses: { ...operation.responses, [step.status]: told } };
}

function withExample<Holder extends { content?: Record<string, { example?: unknown }> }>(
  holder: Holder,
  change: (usual: unknown) => unknown,
): Holder {
  const content = Object.entries(holder.content ?? {}).map(([type, media]) => [
    type,
    type.endsWith('json') ? { ...media, example: change(media.example) } : media,
  ]);
  return { ...holder, content: Object.fromEntries(content) as Holder['content'] };
}

/** Sorts the operations by their group, then as the story uses them, then as they are. */
export function inStoryOrder(document: OpenAPIObject): OpenAPIObject {
  const groups = (document.tags as TagObject[]).map(({ name }) => name);
  const rank = ({ tags = [], operationId }: Operation): number => {
    const place = STORY.findIndex(({ operation }) => operation === operationId);
    return groups.indexOf(tags[0]!) * 1_000 + (place === -1 ? STORY.length : place);
  };
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = Object.entries(item as Record<string, Operation>).sort(([, a], [, b]) => rank(a) - rank(b));
    return { path, operations, first: rank(operations[0]![1]) };
  });
  const sorted = paths
    .sort((a, b) => a.first - b.first)
    .map(({ path, operations }) => [path, Object.fromEntries(operations)]);
  return { ...document, paths: Object.fromEntries(sorted) as OpenAPIObject['paths'] };
}

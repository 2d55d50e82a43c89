import type {
  MediaTypeObject,
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
} from '@nestjs/swagger';

/** One operation of our document, where bodies, parameters and responses always stand in place. */
export interface Operation extends OperationObject {
  parameters?: ParameterObject[];
  requestBody?: RequestBodyObject;
  responses: Record<string, ResponseObject>;
}

export type Step = (operation: Operation, path: string) => Operation;

/** The document with every operation taken through the steps, in their order. */
export function mapOperations(document: OpenAPIObject, ...steps: Step[]): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations as Record<string, Operation>).map(([method, operation]) => [
        method,
        steps.reduce((result, step) => step(result, path), operation),
      ]),
    ),
  ]);
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}

/** The operation with the content of its request and of its responses replaced. */
export function mapContent(
  operation: Operation,
  change: (content: Record<string, MediaTypeObject>) => Record<string, MediaTypeObject>,
): Operation {
  const { requestBody, responses } = operation;
  return {
    ...operation,
    ...(requestBody ? { requestBody: { ...requestBody, content: change(requestBody.content) } } : {}),
    responses: mapResponses(responses, (response) =>
      response.content ? { ...response, content: change(response.content) } : response,
    ),
  };
}

export function mapResponses(
  responses: Operation['responses'],
  change: (response: ResponseObject, status: string) => ResponseObject,
): Operation['responses'] {
  return Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, change(response, status)]));
}

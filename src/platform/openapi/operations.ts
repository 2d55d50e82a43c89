import type {
  MediaTypeObject,
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
} from '@nestjs/swagger';

/** Where an operation documents the response of its dry run: beside `responses`, which stay those of the real call. */
export const DRY_RUN_RESPONSE = 'x-dry-run-response';

/** One operation of the document, in which parameters, bodies and responses are always inline, never references. */
export interface Operation extends OperationObject {
  parameters?: ParameterObject[];
  requestBody?: RequestBodyObject;
  responses: Record<string, ResponseObject>;
  [DRY_RUN_RESPONSE]?: ResponseObject;
}

/** Bodies by media type. */
export type Content = Record<string, MediaTypeObject>;

export type Step = (operation: Operation, path: string, method: string) => Operation;

/** Applies the steps to every operation of the document, in their order. */
export function mapOperations(document: OpenAPIObject, ...steps: Step[]): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations as Record<string, Operation>).map(([method, operation]) => [
        method,
        steps.reduce((result, step) => step(result, path, method), operation),
      ]),
    ),
  ]);
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}

/** Applies a change to the content of the request and of the responses of an operation. */
export function mapContent(operation: Operation, change: (content: Content) => Content): Operation {
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

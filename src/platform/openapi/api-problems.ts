import { applyDecorators, type Type } from '@nestjs/common';
import { ApiResponse, getSchemaPath, type ResponseObject } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from '../../problems/problem-catalogue.js';
import { EXTRA_MODELS } from './extra-models.js';
import { mapResponses, type Operation } from './operations.js';
import { ProblemView } from './problem-view.js';

interface ProblemMembers {
  view: Type<ProblemView>;
  /** The members of its own in the example of the document. */
  example: object;
}

const MEMBERS = new Map<ProblemCode, ProblemMembers>();

/** Declares that the documents of a problem have members of their own. Called by the room that throws it. */
export function extendProblem(code: ProblemCode, members: ProblemMembers): void {
  MEMBERS.set(code, members);
  EXTRA_MODELS.add(members.view);
}

EXTRA_MODELS.add(ProblemView);

/** Marks a response as one of problems until `withProblemDocuments` describes it. */
const CODES = 'x-codes';
type ProblemResponse = ResponseObject & { [CODES]?: ProblemCode[] };

/** Documents how a route can refuse, besides the problems that `common-steps.ts` adds to every route. */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({ status, ...problemResponse(codes.filter((code) => PROBLEMS[code].status === status)) }),
    ),
  );
}

/** Returns the response of one status that stands for one problem or several. */
export const problemResponse = (codes: ProblemCode[], others?: ResponseObject): ProblemResponse => ({
  description: '',
  [CODES]: [...((others as ProblemResponse | undefined)?.[CODES] ?? []), ...codes],
});

/** Step of the OpenAPI document: gives every response of problems its description, its schema and an example. */
export function withProblemDocuments(operation: Operation): Operation {
  const describe = (response: ProblemResponse): ResponseObject => {
    const { [CODES]: codes, ...rest } = response;
    if (!codes) return response;
    // Where several problems share a status, the last one named has the most members.
    const view = codes.map((code) => MEMBERS.get(code)?.view).findLast(Boolean) ?? ProblemView;
    return {
      ...rest,
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
      content: {
        'application/problem+json': { schema: { $ref: getSchemaPath(view) }, example: problemExample(codes[0]!) },
      },
    };
  };
  return { ...operation, responses: mapResponses(operation.responses, describe) };
}

function problemExample(code: ProblemCode): object {
  const { title, status } = PROBLEMS[code];
  return {
    type: `/problems/${code}`,
    title,
    status,
    code,
    instance: '/api/events',
    request_id: '0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11',
    ...MEMBERS.get(code)?.example,
  };
}

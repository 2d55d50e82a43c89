import { applyDecorators, type Type } from '@nestjs/common';
import { ApiResponse, getSchemaPath, type ResponseObject } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from '../../problems/problem-catalogue.js';
import { EXTRA_MODELS } from './extra-models.js';
import { mapResponses, type Operation } from './operations.js';
import { ProblemView } from './problem-view.js';

interface ProblemMembers {
  view: Type<ProblemView>;
  /** The additional members in the example of the document. */
  example: object;
}

const MEMBERS = new Map<ProblemCode, ProblemMembers>();

/** Declares the additional members of a problem. The room that throws the problem calls it. */
export function extendProblem<Code extends ProblemCode>(code: Code, members: ProblemMembers): Code {
  MEMBERS.set(code, members);
  EXTRA_MODELS.add(members.view);
  return code;
}

EXTRA_MODELS.add(ProblemView);

/** Marks a response with its problem codes until `withProblemDocuments` describes it. */
const CODES = 'x-codes';
type ProblemResponse = ResponseObject & { [CODES]?: ProblemCode[] };

/** Documents the problems of a route, in addition to those that `common-steps.ts` adds to every route. */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({ status, ...problemResponse(codes.filter((code) => PROBLEMS[code].status === status)) }),
    ),
  );
}

/** Returns the response of one status for one or more problems. */
export const problemResponse = (codes: ProblemCode[], others?: ProblemResponse): ProblemResponse => ({
  description: '',
  [CODES]: [...(others?.[CODES] ?? []), ...codes],
});

/** Adds to every response with problems its description, its schema and an example. */
export function withProblemDocuments(operation: Operation): Operation {
  const describe = (response: ProblemResponse): ResponseObject => {
    const { [CODES]: codes, ...rest } = response;
    if (!codes) return response;
    // Routes declare the problem with the most members last among those with the same status.
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

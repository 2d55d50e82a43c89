import { applyDecorators, type Type } from '@nestjs/common';
import { ApiResponse, getSchemaPath, type ResponseObject } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from '../../problems/problem-catalogue.js';
import { EXTRA_MODELS } from './extra-models.js';
import { mapResponses, type Operation } from './operations.js';
import { ProblemView, UnreadableProblemView, NotFoundProblemView } from './problem-view.js';
import { resolve, type Schema, type Schemas } from './schemas.js';

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
extendProblem('unreadable_body', { view: UnreadableProblemView, example: {} });
extendProblem('not_found', { view: NotFoundProblemView, example: {} });

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
  [CODES]: [...new Set([...(others?.[CODES] ?? []), ...codes])],
});

/** Adds to every response with problems its description, its schema and an example. */
export function withProblemDocuments(operation: Operation): Operation {
  const describe = (response: ProblemResponse): ResponseObject => {
    const { [CODES]: codes, ...rest } = response;
    if (!codes) return response;
    return {
      ...rest,
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
      content: {
        'application/problem+json': { schema: oneOfProblems(codes), example: problemExample(codes[0]!) },
      },
    };
  };
  return { ...operation, responses: mapResponses(operation.responses, describe) };
}

/** Returns the schema of one of these problems. Their codes tell them apart. */
function oneOfProblems(codes: ProblemCode[]): Schema {
  const references = codes.map((code) => [code, `#/components/schemas/${schemaName(code)}`] as const);
  if (codes.length === 1) return { $ref: references[0]![1] };
  return {
    oneOf: references.map(([, $ref]) => ({ $ref })),
    discriminator: { propertyName: 'code', mapping: Object.fromEntries(references) },
  };
}

/** Returns references to the schemas of problems, for a member that is one of them. */
export const problemReferences = (...codes: ProblemCode[]): { $ref: string }[] =>
  codes.map((code) => ({ $ref: `#/components/schemas/${schemaName(code)}` }));

const schemaName = (code: ProblemCode): string =>
  `${code.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Problem`;

/**
 * Returns the schemas with one for each problem, in place of those of the views, which several problems share.
 */
export function withProblemSchemas(schemas: Schemas): Schemas {
  const views = new Set<string>();
  const schemaOf = (code: ProblemCode): Schema => {
    const { name } = MEMBERS.get(code)?.view ?? ProblemView;
    views.add(name);
    const { properties, ...schema } = resolve({ $ref: getSchemaPath(name) }, schemas);
    const { title, status, help } = PROBLEMS[code];
    return {
      ...schema,
      description: `${title}. ${help}`,
      properties: {
        ...properties,
        type: { ...properties!.type, example: `/problems/${code}` },
        title: { ...properties!.title, example: title },
        status: { type: 'integer', enum: [status], description: 'The HTTP status.', example: status },
        code: { type: 'string', enum: [code], description: 'The problem, for programs.', example: code },
      },
    };
  };
  const problems = Object.fromEntries(
    (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => [schemaName(code), schemaOf(code)]),
  );
  const others = Object.entries(schemas).filter(([name]) => !views.has(name));
  return { ...Object.fromEntries(others), ...problems };
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

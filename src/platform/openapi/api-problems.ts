import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath, type ResponseObject } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from '../http/problem-catalogue.js';
import {
  ConflictProblemView,
  LaterChangesProblemView,
  ProblemView,
  ResyncProblemView,
  StaleVersionProblemView,
} from './problem-views.js';

const CLASH = { field: 'title', base: 'Team meeting', theirs: 'Team lunch', yours: 'Team breakfast' };

/** The problems with members of their own: the schema that has them, and what they look like. */
const EXTENDED: Partial<Record<ProblemCode, { view: typeof ProblemView; members: object }>> = {
  event_conflict: {
    view: ConflictProblemView,
    members: {
      conflicts: [
        {
          start_time: '2026-06-01T08:30:00Z',
          end_time: '2026-06-01T09:30:00Z',
          event_id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b03',
          title: 'Review',
          with: { start_time: '2026-06-01T08:00:00Z', end_time: '2026-06-01T09:00:00Z' },
        },
      ],
    },
  },
  stale_version: {
    view: StaleVersionProblemView,
    members: { current_version: 5, clashes: [CLASH] },
  },
  later_changes: { view: LaterChangesProblemView, members: { clashes: [CLASH] } },
  resync: { view: ResyncProblemView, members: { after: 120 } },
  name_taken: {
    view: ProblemView,
    members: { errors: [{ pointer: '/username', code: 'taken', message: 'This name is taken.' }] },
  },
};

/**
 * Documents how a route can say no, besides what `common-problems.ts` adds to every route. Codes of the same status
 * share one response; the first is its example.
 */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return applyDecorators(
    ApiExtraModels(ProblemView, ...codes.flatMap((code) => EXTENDED[code]?.view ?? [])),
    ...statuses.map((status) =>
      ApiResponse({ status, ...problemResponse(codes.filter((code) => PROBLEMS[code].status === status)) }),
    ),
  );
}

/** The response of one status that stands for one problem or several. */
export function problemResponse(codes: ProblemCode[]): ResponseObject {
  // The last one named has the most members where several share a status.
  const view = codes.map((code) => EXTENDED[code]?.view).findLast(Boolean) ?? ProblemView;
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
    content: {
      'application/problem+json': { schema: { $ref: getSchemaPath(view) }, example: problemExample(codes[0]!) },
    },
  };
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
    ...EXTENDED[code]?.members,
  };
}

import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { PROBLEMS } from '../http/problem-catalogue.js';

export class FieldErrorView {
  @ApiProperty({
    description: 'JSON Pointer into the body; `/query/…`, `/path/…` or `/header/…` for the rest of the request.',
    example: '/events/37/end_time',
  })
  pointer: string;

  @ApiProperty({ description: 'What is wrong, for programs.', example: 'end_not_after_start' })
  code: string;

  @ApiProperty({ description: 'What is wrong, for people.', example: 'The end must be after the start.' })
  message: string;
}

/** RFC 9457. Some problems carry further members, described where they can occur. */
export class ProblemView {
  @ApiProperty({ description: 'A page that explains the problem.', example: '/problems/validation_failed' })
  type: string;

  @ApiProperty({ example: 'Some values are not valid' })
  title: string;

  @ApiProperty({ type: 'integer', example: 422 })
  status: number;

  @ApiProperty({ enum: Object.keys(PROBLEMS), enumName: 'ProblemCode', example: 'validation_failed' })
  code: string;

  @ApiProperty({ required: false, description: 'One sentence for people.', example: 'One value needs a correction.' })
  detail?: string;

  @ApiProperty({ description: 'The path that was asked for.', example: '/api/events' })
  instance: string;

  @ApiProperty({ description: 'Name it when you report the problem.', example: '0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11' })
  request_id: string;

  @ApiProperty({ type: [FieldErrorView], required: false })
  errors?: FieldErrorView[];
}

const MEANING: Record<number, string> = {
  400: 'The body could not be read',
  401: 'No token, or one that is not valid',
  403: 'Your role does not allow that',
  404: 'It does not exist, or you cannot see it',
  409: 'It clashes with other data',
  412: 'Somebody changed it before you',
  413: 'The body is too large',
  415: 'The body format is not taken',
  422: 'Readable, but not valid',
};

/** Documents the problems that a route can answer with, besides those that every route has. */
export function ApiProblems(...statuses: number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...statuses.map((status) => ApiProblem(status, MEANING[status] ?? 'Refused')));
}

/** Documents one problem, with a schema of its own where it carries further members. */
export function ApiProblem(
  status: number,
  description: string,
  type: new () => ProblemView = ProblemView,
): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiExtraModels(type),
    ApiResponse({
      status,
      description,
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(type) } } },
    }),
  );
}

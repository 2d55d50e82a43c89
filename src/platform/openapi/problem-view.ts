import { ApiProperty } from '@nestjs/swagger';
import { PROBLEMS } from '../../problems/problem-catalogue.js';

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

  @ApiProperty({ required: false, description: 'For a start outside its pattern: the next start that would do.' })
  next?: string;
}

/** RFC 9457. Some problems carry further members; their views extend this one (`extendProblem`). */
export class ProblemView {
  @ApiProperty({ description: 'A page that explains the problem.', example: '/problems/validation_failed' })
  type: string;

  @ApiProperty({ description: 'What the problem is called.', example: 'Some values are not valid' })
  title: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.', example: 422 })
  status: number;

  @ApiProperty({ enum: Object.keys(PROBLEMS), enumName: 'ProblemCode', example: 'validation_failed' })
  code: string;

  @ApiProperty({ required: false, description: 'One sentence for people; never holds what users wrote.' })
  detail?: string;

  @ApiProperty({ description: 'The path that was asked for.', example: '/api/events' })
  instance: string;

  @ApiProperty({ description: 'Name it when you report the problem.', example: '0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11' })
  request_id: string;

  @ApiProperty({ type: [FieldErrorView], required: false, description: 'Each wrong value.' })
  errors?: FieldErrorView[];
}

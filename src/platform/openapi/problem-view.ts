import { ApiProperty } from '@nestjs/swagger';

export class FieldErrorView {
  @ApiProperty({
    description: 'JSON Pointer into the body; `/query/…`, `/path/…` or `/header/…` for the rest of the request.',
    example: '/events/37/end_time',
  })
  pointer: string;

  @ApiProperty({ description: 'The kind of error, for programs.', example: 'end_not_after_start' })
  code: string;

  @ApiProperty({ description: 'The error, for people.', example: 'The end must be after the start.' })
  message: string;

  @ApiProperty({ required: false, description: 'For a start outside its pattern: the next valid start.' })
  next?: string;

  @ApiProperty({
    required: false,
    type: [String],
    description: 'For a start that is not an occurrence: the starts of the occurrences before and after it.',
  })
  near?: string[];
}

/** A problem document (RFC 9457). Views of problems with additional members extend it (`extendProblem`). */
export class ProblemView {
  @ApiProperty({ description: 'A page that explains the problem.', example: '/problems/validation_failed' })
  type: string;

  @ApiProperty({ description: 'The title of the problem.', example: 'Some values are not valid' })
  title: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.', example: 422 })
  status: number;

  @ApiProperty({ description: 'The problem, for programs.', example: 'validation_failed' })
  code: string;

  @ApiProperty({ required: false, description: 'One sentence for people. Never contains text from users.' })
  detail?: string;

  @ApiProperty({ description: 'The path of the request.', example: '/api/events' })
  instance: string;

  @ApiProperty({
    description: 'The id of the request. Include it when you report the problem.',
    example: '0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11',
  })
  request_id: string;
}

/** A problem with values of the request. */
export class InvalidProblemView extends ProblemView {
  @ApiProperty({ type: [FieldErrorView], description: 'The invalid values, up to 100.' })
  errors: FieldErrorView[];

  @ApiProperty({ type: 'integer', required: false, description: 'How many more there are.' })
  and_more?: number;
}

export class UnreadableProblemView extends ProblemView {
  @ApiProperty({ type: [FieldErrorView], required: false, description: 'What could not be read.' })
  errors?: FieldErrorView[];
}

export class NotFoundProblemView extends ProblemView {
  @ApiProperty({
    type: [FieldErrorView],
    required: false,
    description: 'For an event that exists: the value of the query that names no occurrence of it.',
  })
  errors?: FieldErrorView[];
}

import { ApiProperty } from '@nestjs/swagger';
import { extendProblem } from '../platform/openapi/api-problems.js';
import { ProblemView } from '../platform/openapi/problem-view.js';

const VALUE = {
  description: 'Any JSON value; null when there is none.',
  anyOf: [
    { type: 'string' },
    { type: 'boolean' },
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
    { type: 'null' },
  ],
};

class ClashingPersonView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05' })
  id: string;

  @ApiProperty({ example: 'ben' })
  username: string;
}

/** Lines of a description that both sides changed. */
class TextRegionView {
  @ApiProperty({ type: 'integer', description: 'The number of the first line in `base`, from 1.', example: 3 })
  line: number;

  @ApiProperty({ example: 'Bring a pen.' })
  base: string;

  @ApiProperty({ example: 'Bring two pens.' })
  theirs: string;

  @ApiProperty({ example: 'Bring a pencil.' })
  yours: string;
}

/** A field that both sides changed. */
export class FieldClashView {
  @ApiProperty({ description: 'A field of the event or of one occurrence, or `permissions`.', example: 'title' })
  field: string;

  @ApiProperty({
    type: String,
    required: false,
    description:
      'The original start, in the current version, of the occurrence whose field it is. A value is null where that side has no such occurrence. `excluded` and `added` are then true or false: whether that date is in the list.',
    example: '2026-06-08T10:00:00Z',
  })
  occurrence?: string;

  @ApiProperty({
    type: ClashingPersonView,
    required: false,
    description: 'With `permissions`: the person whose role it is.',
  })
  person?: ClashingPersonView;

  @ApiProperty({ ...VALUE, example: 'Team meeting' })
  base: unknown;

  @ApiProperty({ ...VALUE, example: 'Team lunch' })
  theirs: unknown;

  @ApiProperty({ ...VALUE, example: 'Team breakfast' })
  yours: unknown;

  @ApiProperty({
    type: [TextRegionView],
    required: false,
    description: 'With `description`: the lines that both sides changed. All others merge.',
  })
  regions?: TextRegionView[];

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'With `description`, when its lines merge: the length of the result, which is too long to be stored.',
    example: 27_004,
  })
  merged_length?: number;
}

/** An event that was split off a series. */
export class TailView {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null, like all other members, when you may not see that event.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b01',
  })
  event_id: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Its current version.', example: 2 })
  version: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Its title.', example: 'Team meeting' })
  title: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Where it begins.', example: '2026-07-06T10:00:00Z' })
  start_time: string | null;
}

export class StaleVersionProblemView extends ProblemView {
  @ApiProperty({ type: 'integer', required: false, description: 'The current version of the event.' })
  current_version?: number;

  @ApiProperty({
    type: [FieldClashView],
    required: false,
    description:
      'The fields that both sides changed: the value at your version, the current value, and the value that you sent.',
  })
  clashes?: FieldClashView[];

  @ApiProperty({
    type: [TailView],
    required: false,
    description:
      'When the series was split since your version: the events split off since, by start, at most 100, or the one with the occurrence that you named. Apply your change to each that it concerns.',
  })
  tails?: TailView[];
}

export class LaterChangesProblemView extends ProblemView {
  @ApiProperty({
    type: [FieldClashView],
    required: false,
    description:
      'The fields that changed again since: the value after the change, the current value, and the value that undoing would restore.',
  })
  clashes?: FieldClashView[];

  @ApiProperty({
    type: [TailView],
    required: false,
    description: 'With `later_changes`, when a split would be undone: the events split off that changed since.',
  })
  tails?: TailView[];
}

const CLASH = { field: 'title', base: 'Team meeting', theirs: 'Team lunch', yours: 'Team breakfast' };

export const STALE_VERSION = extendProblem('stale_version', {
  view: StaleVersionProblemView,
  example: { current_version: 5, clashes: [CLASH] },
});
export const LATER_CHANGES = extendProblem('later_changes', {
  view: LaterChangesProblemView,
  example: { clashes: [CLASH] },
});

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

/** A field that both sides changed. */
export class FieldClashView {
  @ApiProperty({ description: 'A field of the event, or `permissions`.', example: 'title' })
  field: string;

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
      'When the series was split since your version: the events split off since, by start, at most 100. Apply your change to each that it concerns.',
  })
  tails?: TailView[];
}

/** A part of a split series that changed since. */
export class ChangedTailView {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null when you may not see that event.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b01',
  })
  event_id: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Its current version.', example: 2 })
  version: number | null;
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
    type: [ChangedTailView],
    required: false,
    description: 'With `later_changes`, when a split would be undone: the events split off that changed since.',
  })
  tails?: ChangedTailView[];
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

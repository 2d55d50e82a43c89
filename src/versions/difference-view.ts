import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';

/** The schema of any value of a field, and of a role. */
const FIELD_VALUE = {
  description: 'The value; null when there is none.',
  anyOf: [
    { type: 'string' },
    { type: 'boolean' },
    { type: 'array', items: { anyOf: [{ type: 'string' }, { $ref: getSchemaPath('OverrideView') }] } },
    { $ref: getSchemaPath('RecurrencePatternView') },
    { type: 'null' },
  ],
};

/** A piece of text that both versions have, or that was inserted or deleted. */
export class TextOperationView {
  @ApiProperty({ enum: ['equal', 'insert', 'delete'], enumName: 'TextOperationKind', example: 'insert' })
  op: string;

  @ApiProperty({ example: 'lunch' })
  text: string;
}

/** A value before and after a change. */
export class ChangedValueView {
  @ApiProperty({ ...FIELD_VALUE, example: 'Team meeting' })
  from: unknown;

  @ApiProperty({ ...FIELD_VALUE, example: 'Team lunch' })
  to: unknown;

  @ApiProperty({ enum: ['added', 'removed', 'changed'], enumName: 'ChangeType', example: 'changed' })
  type: string;
}

export class FieldDifferenceView extends ChangedValueView {
  @ApiProperty({
    type: [TextOperationView],
    required: false,
    description:
      'The comparison word by word. Only for title, description, location and link, when the text changed. The equal and deleted pieces together are `from`, the equal and inserted ones `to`; no piece cuts a character that people see as one. The same versions always have the same comparison.',
  })
  text?: TextOperationView[];
}

export class PatchOperationView {
  @ApiProperty({ enum: ['add', 'replace', 'remove'], example: 'replace' })
  op: string;

  @ApiProperty({ example: '/title' })
  path: string;

  @ApiProperty({ ...FIELD_VALUE, required: false, example: 'Team lunch' })
  value?: unknown;
}

@ApiExtraModels(FieldDifferenceView)
export class DiffView {
  @ApiProperty({ type: 'integer', example: 1 })
  from_version: number;

  @ApiProperty({ type: 'integer', example: 3 })
  to_version: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(FieldDifferenceView) },
    description: 'By field name.',
    example: { title: { from: 'Team meeting', to: 'Team lunch', type: 'changed' } },
  })
  changes: Record<string, FieldDifferenceView>;

  @ApiProperty({
    type: [PatchOperationView],
    description: 'JSON Patch (RFC 6902) from the first version to the second.',
  })
  patch: PatchOperationView[];

  @ApiProperty({
    type: [String],
    description:
      'The changes in words, with times in the time zone of the event. Texts of people are quoted and their invisible characters escaped.',
    example: ['Title changed from “Team meeting” to “Team lunch”'],
  })
  summary: string[];
}

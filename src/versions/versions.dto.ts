import { type ContentField, CONTENT_FIELDS } from '../content/fields.js';
import { type ChangeKind, CONTENT_KINDS, MEMBER_KINDS } from '../history/change.js';
import { ChoiceField, ChoiceListField, TextField } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/page.js';
import type { Undo } from './versions.service.js';

export class ChangelogQuery extends PageQuery {
  @ChoiceField({
    description: 'Oldest first (default) or newest first.',
    values: ['asc', 'desc'],
    optional: true,
    example: 'asc',
  })
  order?: 'asc' | 'desc';

  @ChoiceField({
    description: 'Only changes of this field; `permissions` for changes of members.',
    values: [...CONTENT_FIELDS, 'permissions'],
    optional: true,
    example: 'title',
  })
  field?: string;

  @TextField({ description: 'Only changes by this person: user name or id.', max: 80, optional: true, example: 'ana' })
  author?: string;

  @ChoiceField({
    description: 'Only changes of this kind.',
    values: [...CONTENT_KINDS, ...MEMBER_KINDS],
    name: 'ChangeKind',
    optional: true,
    example: 'updated',
  })
  kind?: ChangeKind;
}

export class RevertBody {
  @ChoiceField({
    description: 'What to do when the owner is busy at that time.',
    values: ['reject', 'allow'],
    optional: true,
    example: 'reject',
  })
  on_conflict?: 'reject' | 'allow';

  @TextField({
    description: 'Stored in the history with the change.',
    max: 1_000,
    optional: true,
    nullable: true,
    example: 'That was a mistake',
  })
  change_comment?: string | null;
}

export const toUndo = ({ on_conflict, change_comment }: RevertBody): Undo => ({
  onConflict: on_conflict ?? 'reject',
  comment: change_comment ?? null,
});

export class RollbackBody extends RevertBody {
  @ChoiceListField({
    description:
      'Only these fields; all fields when absent. Times, time zone, all-day and recurrence are rolled back together.',
    values: CONTENT_FIELDS.filter((field) => field !== 'deleted'),
    min: 1,
    optional: true,
    example: ['title'],
  })
  fields?: ContentField[];
}

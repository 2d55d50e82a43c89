import type { Resolution } from '../availability/conflict.js';
import { ChoiceField } from '../platform/http/fields.js';

export class ImportQuery {
  @ChoiceField({
    description:
      'What to do when you are busy at the time of an event: store it anyway, because it was agreed elsewhere (the default), reject the whole file (409), or, for a series, skip the conflicting occurrences.',
    values: ['allow', 'reject', 'skip'],
    optional: true,
    example: 'allow',
  })
  on_conflict?: Resolution;
}

import { ApiProperty } from '@nestjs/swagger';
import { ConflictView } from '../availability/conflict-view.js';
import { extendProblem } from '../platform/openapi/api-problems.js';
import { ProblemView } from '../platform/openapi/problem-view.js';
import { IMPORT_RESULTS, type ImportReport, type ImportResult, MAX_LISTED } from './import-report.js';

/** The largest number of conflicts in a response. */
const MAX_CONFLICTS = 200;

const UID = {
  type: String,
  nullable: true,
  description: 'The UID of the event in the file; null for the file as a whole.',
  example: 'budget-7@example.org',
} as const;
const LINE = { type: 'integer', description: 'The line of the file, from 1, before unfolding.', example: 9 } as const;

export class ImportedItemView {
  @ApiProperty({ ...UID, nullable: false, description: 'The UID of the event in the file.' })
  uid: string;

  @ApiProperty({ format: 'uuid', description: 'The event.', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02' })
  id: string;

  @ApiProperty({
    enum: IMPORT_RESULTS,
    enumName: 'ImportResult',
    description:
      '`unchanged`: the file contains nothing new about the event, or something older than what is stored. `cancelled`: the file cancels it.',
    example: 'created',
  })
  result: ImportResult;
}

export class SkippedEventView {
  @ApiProperty(UID)
  uid: string | null;

  @ApiProperty(LINE)
  line: number;

  @ApiProperty({ example: 'DTSTART: “20270230T100000Z” is not a date or time that exists.' })
  reason: string;
}

export class ImportWarningView extends SkippedEventView {
  @ApiProperty({ description: 'The property or component.', example: 'ATTENDEE' })
  property: string;
}

/** The lists that say what was not carried over. */
class ImportListsView {
  @ApiProperty({ type: [ImportedItemView], description: 'The events of the file that are stored, in its order.' })
  items: ImportedItemView[];

  @ApiProperty({ type: [SkippedEventView], description: 'The events that were not imported, and why.' })
  skipped: SkippedEventView[];

  @ApiProperty({
    type: [ImportWarningView],
    description:
      'Everything else that was not carried over, or was read in another way than it was written: up to 1,000 entries.',
  })
  warnings: ImportWarningView[];
}

export class ImportView extends ImportListsView {
  @ApiProperty({ type: 'integer', example: 12 })
  created: number;

  @ApiProperty({ type: 'integer', example: 1 })
  updated: number;

  @ApiProperty({ type: 'integer', example: 0 })
  unchanged: number;

  @ApiProperty({ type: 'integer', example: 0 })
  cancelled: number;

  @ApiProperty({
    type: [ConflictView],
    description:
      'What the imported events conflict with: up to 200 entries. With `on_conflict=skip`, what was skipped.',
  })
  conflicts: ConflictView[];

  @ApiProperty({ description: 'True for a preview: nothing was stored.', example: false })
  dry_run: boolean;
}

export class UnreadableCalendarProblemView extends ProblemView {
  @ApiProperty({ type: [SkippedEventView], description: 'The lines because of which nothing was imported.' })
  skipped: SkippedEventView[];

  @ApiProperty({ type: [ImportWarningView] })
  warnings: ImportWarningView[];

  @ApiProperty({ type: [ImportedItemView], description: 'Empty.' })
  items: ImportedItemView[];
}

export const UNREADABLE_CALENDAR = extendProblem('unreadable_calendar', {
  view: UnreadableCalendarProblemView,
  example: {
    skipped: [{ uid: null, line: 13, reason: 'The file ends before END:VEVENT.' }],
    warnings: [],
    items: [],
  },
});

export function importView({ items, skipped, warnings, conflicts }: ImportReport, dryRun: boolean): ImportView {
  const countOf = (result: ImportResult): number => items.filter((item) => item.result === result).length;
  const counts = Object.fromEntries(IMPORT_RESULTS.map((result) => [result, countOf(result)])) as Record<
    ImportResult,
    number
  >;
  return {
    ...counts,
    items,
    skipped: skipped.slice(0, MAX_LISTED),
    warnings: warnings.slice(0, MAX_LISTED),
    conflicts: conflicts.slice(0, MAX_CONFLICTS),
    dry_run: dryRun,
  };
}

import { camelCase } from './columns.js';
import { type EventContent, isSeries } from './event-content.js';
import { type ContentField, PLAIN_NAMES, plainFieldOf } from './fields.js';
import { describeOccurrences } from './occurrence-words.js';
import { describeRule } from './rule-words.js';
import { describeSchedule, describeTimes } from './schedule-words.js';
import type { Statement } from './statement.js';
import type { TextOperation } from './text-diff.js';
import { describeChoice, describeText, labelOf } from './value-words.js';

/**
 * Returns statements about everything that changed between two states, in the order of the table of fields. Times are in
 * the zone of the event. A statement about a field may include the change of another: the end moves with the start.
 * @param before null for the time before the event existed
 * @param changed the fields that differ
 * @param compared comparisons of texts that are already known
 */
export function describeChanges(
  before: EventContent | null,
  after: EventContent,
  changed: ReadonlySet<string>,
  compared: Partial<Record<ContentField, TextOperation[]>> = {},
): Statement[] {
  const moves = before !== null && ['start_time', 'time_zone', 'all_day'].some((field) => changed.has(field));
  const has = (...fields: ContentField[]): boolean => fields.some((field) => changed.has(field));
  const statements: Statement[] = [];
  const plain = PLAIN_NAMES.filter((name) => changed.has(name));
  for (const name of plain.filter((field) => plainFieldOf(field).isText)) {
    const property = camelCase(name);
    const from = before?.[property] ?? null;
    statements.push(describeText(labelOf(name), from, after[property], undefined, compared[name]));
  }
  if (!before) statements.push(describeSchedule(after));
  else if (has('start_time', 'end_time', 'time_zone', 'all_day')) statements.push(...describeTimes(before, after));
  // A rule without days takes them from the start.
  if (moves || has('recurrence_pattern', 'is_recurring')) statements.push(...describeRule(before, after));
  if (moves || has('recurrence_pattern', 'excluded', 'added', 'overrides')) {
    if (isSeries(after)) statements.push(...(before ? describeOccurrences(before, after) : describeFirstDates(after)));
  }
  for (const name of plain.filter((field) => !plainFieldOf(field).isText)) {
    const property = camelCase(name);
    statements.push(describeChoice(before?.[property] ?? null, after[property]!));
  }
  if (has('deleted')) statements.push(DELETION[after.deletedAt ? 'deleted' : 'restored']);
  return statements;
}

const DELETION = {
  deleted: { verb: 'moved', object: null, rest: 'to the trash' },
  restored: { verb: 'restored', object: null, rest: 'from the trash' },
} satisfies Record<string, Statement>;

/** A new series had no occurrence that could be removed. */
function describeFirstDates(content: EventContent): Statement[] {
  const withoutDates = { ...content, added: [], excluded: [], overrides: [] };
  return describeOccurrences(withoutDates, content).map((statement) =>
    statement.verb === 'removed' ? { ...statement, verb: 'left out' } : statement,
  );
}

import { formatLocalTime, parseLocalTime } from '../time/local-time.js';
import { camelCase } from './columns.js';
import type { FieldDifference } from './diff.js';
import type { EventContent } from './event-content.js';
import { type ContentField, fieldOf, OCCURRENCE_FIELDS, plainFieldOf, type StoredOverride } from './fields.js';
import { recurrenceInWords } from './rule-words.js';
import { spanOf } from './schedule-words.js';
import { occurrenceSpan } from './series.js';
import { compareTextLines } from './text-diff.js';
import { lastOf, spanInWords, timeInWords } from './time-words.js';
import { escapeInvisible, quote } from './visible-text.js';

/** Unchanged lines shown before and after each change of a text. */
const CONTEXT_LINES = 2;

/**
 * Renders a comparison as plain text: one block per field, old lines after `- `, new ones after `+ ` and unchanged ones
 * after two spaces. Every line that people wrote begins with one of these and has its invisible characters escaped, so it
 * cannot look like a line of the server.
 * @param before null for the time before the event existed
 */
export function renderDifference(
  before: EventContent | null,
  after: EventContent,
  changes: Record<string, FieldDifference>,
): string {
  const blocks = (Object.entries(changes) as [ContentField, FieldDifference][])
    // The lines of the recurrence and of added dates say it.
    .filter(([field]) => field !== 'is_recurring')
    .map(([field, { from, to }]) => {
      const lines = fieldOf(field).isText
        ? renderText(from as string | null, to as string | null)
        : renderLines(before ? valueLines(field, before, after) : [], valueLines(field, after, before));
      return [fieldOf(field).label, ...lines].join('\n');
    });
  return blocks.join('\n\n');
}

function renderText(from: string | null, to: string | null): string[] {
  const [old, recent] = [unifyLineBreaks(from), unifyLineBreaks(to)];
  const onlyLineBreaks = old === recent;
  const operations = onlyLineBreaks ? compareTextLines(from ?? '', to ?? '') : compareTextLines(old, recent);
  return operations.flatMap(({ op, text }, index) => {
    const lines = text
      .split(/(?<=\n)/)
      .map((line) => escapeInvisible(onlyLineBreaks && op !== 'equal' ? line : line.replace(/\n$/, '')));
    if (op !== 'equal') return lines.map((line) => `${op === 'delete' ? '-' : '+'} ${line}`);
    const isFirst = index === 0;
    const isLast = index === operations.length - 1;
    return elide(lines, isFirst ? 0 : CONTEXT_LINES, isLast ? 0 : CONTEXT_LINES);
  });
}

/** Shows the first and last lines of unchanged ones, and how many are left out. */
function elide(lines: string[], first: number, last: number): string[] {
  const left = lines.length - first - last;
  const context = (shown: string[]): string[] => shown.map((line) => `  ${line}`.trimEnd());
  if (left <= 1) return context(lines);
  return [
    ...context(lines.slice(0, first)),
    `… ${left} unchanged lines`,
    ...context(last === 0 ? [] : lines.slice(-last)),
  ];
}

/** Makes all line breaks alike, and ends the last line with one. */
const unifyLineBreaks = (text: string | null): string =>
  text === null ? '' : text.replaceAll(/\r\n?/g, '\n').replace(/(?<!\n)$/, '\n');

/** Renders values of one or more lines each; of lists, only what differs. */
function renderLines(old: string[], recent: string[]): string[] {
  const [before, after] = [new Set(old), new Set(recent)];
  return [
    ...old.filter((line) => !after.has(line)).map((line) => `- ${line}`),
    ...recent.filter((line) => !before.has(line)).map((line) => `+ ${line}`),
  ];
}

/** Returns a value in words, one line for each entry of a list; none when there is no value. */
function valueLines(field: ContentField, content: EventContent, other: EventContent | null): string[] {
  const { allDay, timeZone } = content;
  const zone = !allDay && other && other.timeZone !== timeZone ? ` (${timeZone})` : '';
  const timeOf = (text: string): string => timeInWords(parseLocalTime(text), allDay) + zone;
  switch (field) {
    case 'start_time':
      return [timeOf(content.localStart)];
    case 'end_time':
      return [timeOf(formatLocalTime(lastOf(spanOf(content))))];
    case 'time_zone':
      return [timeZone];
    case 'all_day':
      return [allDay ? 'yes' : 'no'];
    case 'is_recurring':
      return [];
    case 'recurrence_pattern':
      return [recurrenceInWords(content) ?? []].flat();
    case 'excluded':
      return content.excluded.map(timeOf);
    case 'added':
      return content.added.map(timeOf);
    case 'overrides':
      return content.overrides.map((override) => `${timeOf(override.original)}: ${ownValues(override, content)}`);
    case 'deleted':
      return [content.deletedAt ? 'yes' : 'no'];
    default:
      return [content[camelCase(field)] ?? []].flat();
  }
}

function ownValues(override: StoredOverride, content: EventContent): string {
  const { start, duration } = override;
  const times = start === undefined && duration === undefined ? [] : [spanInWords(occurrenceSpan(content, override))];
  const values = OCCURRENCE_FIELDS.flatMap((name) => {
    const value = override[camelCase(name)];
    if (value === undefined) return [];
    const label = fieldOf(name).label.toLowerCase();
    if (value === null) return [`no ${label}`];
    return [`${label} ${plainFieldOf(name).isText ? quote(value) : value}`];
  });
  return [...times, ...values].join('; ');
}

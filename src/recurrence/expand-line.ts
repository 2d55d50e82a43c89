import { expand } from './expand.js';
import { seriesFromICalendar } from './icalendar-series.js';
import { formatICalendarDate, formatICalendarTime, localOf, parseICalendarTime, stampOf } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import type { Series } from './series.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { validateSeries } from './validate.js';

type Line = { [field: string]: unknown };

const MAX_LISTED = 10_000;

/**
 * Expands one input line of `scripts/recurrence-expand.ts`, which documents both formats. Returns one line of JSON for
 * any input.
 */
export function expandJsonLine(text: string): string {
  return JSON.stringify(toResult(text));
}

function toResult(text: string): { id: unknown; out?: string[]; error?: string } {
  let id: unknown = null;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) throw new TypeError('A line must be a JSON object.');
    const line = parsed as Line;
    id = line['id'] ?? null;
    return { id, out: expandLine(line) };
  } catch (error) {
    if (error instanceof TimeError) return { id, error: `${error.code}: ${error.message}` };
    if (error instanceof SyntaxError || error instanceof TypeError)
      return { id, error: `invalid_input: ${error.message}` };
    throw error;
  }
}

function expandLine(line: Line): string[] {
  const series = seriesFromICalendar({
    dtstart: text(line, 'dtstart') ?? '',
    tzid: text(line, 'tzid'),
    rrule: texts(line, 'rrule'),
    rdate: texts(line, 'rdate'),
    exdate: texts(line, 'exdate'),
  });
  validateSeries(series);
  const to = endOfList(text(line, 'end'), series);
  const limit = typeof line['n'] === 'number' ? line['n'] : MAX_LISTED;
  return expand(series, { from: -Infinity, to }, limit).map(({ start }) => formatStart(start, series));
}

/** Returns the exclusive end of the window. The input's `end` is inclusive. */
function endOfList(end: string | null, { zone }: Series): number {
  if (end === null) return Infinity;
  if (end.endsWith('Z')) return stampOf(parseICalendarTime(end.slice(0, -1))) + 1;
  return toInstant(parseICalendarTime(end), zone).epochSecond + 1;
}

function formatStart(start: number, { zone, allDay }: Series): string {
  if (allDay) return formatICalendarDate(toLocal(start, zone));
  return zone === null ? formatICalendarTime(localOf(start)) : `${formatICalendarTime(localOf(start))}Z`;
}

function text(line: Line, field: string): string | null {
  const value = line[field] ?? null;
  if (value !== null && typeof value !== 'string') throw new TypeError(`${field} must be a string.`);
  return value;
}

function texts(line: Line, field: string): string[] {
  const value = line[field] ?? [];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
    throw new TypeError(`${field} must be a list of strings.`);
  }
  return value;
}

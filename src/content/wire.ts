import { isDeepStrictEqual } from 'node:util';
import { compileRecord, type Reader } from '../platform/records/compile-record.js';
import { patternFromRule } from '../recurrence/pattern.js';
import { parseRrule, printRruleBesideStart } from '../recurrence/rrule-text.js';
import { endOf } from '../recurrence/series.js';
import { formatInstant } from '../time/instant.js';
import { formatLocalDate, parseLocalTime } from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { camelCase } from './columns.js';
import { durationOf, type EventContent, isSeries, type WireContent } from './event-content.js';
import {
  CONTENT_FIELDS,
  type ContentField,
  type DerivedName,
  fieldOf,
  OCCURRENCE_FIELDS,
  type OccurrenceContent,
  type OccurrenceWire,
  type StoredOverride,
  type WireOverride,
} from './fields.js';

/**
 * Derives the wire values of fields that are not sent as they are stored. Instants are in UTC with `Z`; all-day: dates.
 */
const DERIVE: { [Name in DerivedName]: (content: EventContent) => WireContent[Name] } = {
  start_time: (content) => wireTime(content.startTime, content.localStart, content.allDay),
  end_time: (content) => wireTime(content.endTime, content.localEnd, content.allDay),
  time_zone: ({ timeZone }) => timeZone,
  all_day: ({ allDay }) => allDay,
  is_recurring: isSeries,
  recurrence_pattern: ({ rrule }) => (rrule === null ? null : patternFromRule(parseRrule(rrule))),
  excluded: (content) => content.excluded.map((local) => wireLocal(local, content)),
  added: (content) => content.added.map((local) => wireLocal(local, content)),
  overrides: (content) => content.overrides.map((override) => wireOverride(override, content)),
  deleted: ({ deletedAt }) => deletedAt !== null,
};

/** How to read each field, in the order of the table. */
export const WIRE_READERS = CONTENT_FIELDS.map((name): [ContentField, Reader<EventContent>] => [
  name,
  name in DERIVE ? DERIVE[name as DerivedName] : (camelCase(name) as keyof EventContent),
]);

/** Returns the content as clients see it. */
export const wireContent = compileRecord<EventContent, WireContent>(WIRE_READERS);

/**
 * Returns the rule for other calendars, with UNTIL in the form of the start (RFC 5545 §3.3.10); null for a single
 * event.
 */
export function wireRrule(content: Pick<EventContent, 'rrule' | 'timeZone' | 'allDay'>): string | null {
  if (content.rrule === null) return null;
  return printRruleBesideStart(parseRrule(content.rrule), { zone: content.timeZone, allDay: content.allDay });
}

/** Returns the names of the fields in which two states differ, in the order of the table. */
export function findChangedFields(before: Partial<WireContent>, after: WireContent): ContentField[] {
  return CONTENT_FIELDS.filter(
    (field) => before[field] !== after[field] && !isDeepStrictEqual(before[field], after[field]),
  );
}

/** Returns true when two states may occupy different time. Texts of occurrences make no difference. */
export function changesTime(before: WireContent, after: WireContent): boolean {
  return (
    findChangedFields(before, after).some((field) => fieldOf(field).isTime) ||
    !isDeepStrictEqual(before.overrides.flatMap(timesOfOverride), after.overrides.flatMap(timesOfOverride))
  );
}

const OCCURRENCE_TIME_FIELDS = OCCURRENCE_FIELDS.filter((name) => fieldOf(name).isTime);

function timesOfOverride(override: WireOverride): Partial<WireOverride>[] {
  const { original_start, start_time, end_time } = override;
  const own = OCCURRENCE_TIME_FIELDS.filter((name) => override[name] !== undefined);
  if (!start_time && own.length === 0) return [];
  return [{ original_start, start_time, end_time, ...Object.fromEntries(own.map((name) => [name, override[name]])) }];
}

/** Returns an instant in UTC with `Z` and without a fraction: events have a resolution of one second. */
export function wireInstant(time: Date): string {
  return `${formatInstant(time).slice(0, -'.000Z'.length)}Z`;
}

/** Returns the start or the end of an event as clients see it: an instant, or a date for all-day events. */
export function wireTime(time: Date, local: string, allDay: boolean): string {
  return allDay ? local.slice(0, 10) : wireInstant(time);
}

/** Returns a local time of the event as clients see it: an instant, or a date for all-day events. */
export function wireLocal(text: string, { timeZone, allDay }: Pick<EventContent, 'timeZone' | 'allDay'>): string {
  const local = parseLocalTime(text);
  return allDay ? formatLocalDate(local) : wireInstant(new Date(toInstant(local, timeZone).epochSecond * 1_000));
}

/** Returns a time of an occurrence (epoch seconds) as clients see it: an instant, or a date for all-day events. */
export function wireOccurrenceTime(
  epochSecond: number,
  { timeZone, allDay }: Pick<EventContent, 'timeZone' | 'allDay'>,
): string {
  return allDay ? formatLocalDate(toLocal(epochSecond, timeZone)) : wireInstant(new Date(epochSecond * 1_000));
}

const OCCURRENCE_PROPERTIES = OCCURRENCE_FIELDS.map((name) => [name, camelCase(name)] as const);

/** Returns the values of an occurrence as clients see them. Absent values stay absent. */
export function wireOccurrenceContent(content: Partial<OccurrenceContent>): Partial<OccurrenceWire> {
  const wire: Record<string, unknown> = {};
  for (const [name, property] of OCCURRENCE_PROPERTIES) {
    if (content[property] !== undefined) wire[name] = content[property];
  }
  return wire;
}

function wireOverride(override: StoredOverride, content: EventContent): WireOverride {
  const { original, start, duration } = override;
  const times = start === undefined && duration === undefined ? {} : wireOverrideTimes(override, content);
  return { original_start: wireLocal(original, content), ...times, ...wireOccurrenceContent(override) };
}

function wireOverrideTimes(override: StoredOverride, content: EventContent): { start_time: string; end_time: string } {
  const { timeZone, allDay } = content;
  const start = toInstant(parseLocalTime(override.start ?? override.original), override.zone ?? timeZone).epochSecond;
  const end = endOf(start, override.duration ?? durationOf(content), timeZone, allDay);
  const toWire = (epochSecond: number): string => wireOccurrenceTime(epochSecond, { timeZone, allDay });
  return { start_time: toWire(start), end_time: toWire(end) };
}

import { isDeepStrictEqual } from 'node:util';
import { formatLocalDate, parseLocalTime } from '../platform/time/local-time.js';
import { toInstant, toLocal } from '../platform/time/time-zone.js';
import { patternFromRule, type RecurrencePattern } from './recurrence/pattern.js';
import { parseRrule, printRruleBesideStart } from './recurrence/rrule-text.js';
import { type Duration, durationBetween, endOf } from './recurrence/series.js';

/** What one occurrence has of its own, hanging on its original local start. Absent: as in the series. */
export interface StoredOverride {
  original: string;
  /** Wall clock in the event's zone, where the occurrence was moved to. */
  start?: string;
  duration?: Duration;
  title?: string;
  description?: string | null;
  location?: string | null;
  showAs?: 'busy' | 'free';
}

/** An override as clients see it. */
export interface WireOverride {
  original_start: string;
  start_time?: string;
  end_time?: string;
  title?: string;
  description?: string | null;
  location?: string | null;
  show_as?: 'busy' | 'free';
}

/** Everything about an event that people edit and history keeps: what a version is a snapshot of. */
export interface EventContent {
  title: string;
  description: string | null;
  location: string | null;
  startTime: Date;
  endTime: Date;
  /** Wall clock in `timeZone`, `2026-06-01T10:00:00`; midnight for all-day events. */
  localStart: string;
  localEnd: string;
  /** IANA name. */
  timeZone: string;
  /** Whole days; the end is the day after the last. */
  allDay: boolean;
  /** The canonical text of `printRrule`, or null for an event that happens once. */
  rrule: string | null;
  /** Original local starts that don't take place. */
  excluded: string[];
  /** Further local starts beside those of the rule. */
  added: string[];
  overrides: StoredOverride[];
  showAs: 'busy' | 'free';
  /** When it went to the trash. */
  deletedAt: Date | null;
}

/** True for an event that may take place more than once. */
export function isSeries({ rrule, added }: Pick<EventContent, 'rrule' | 'added'>): boolean {
  return rrule !== null || added.length > 0;
}

/** The content as clients see it; derived spellings such as `rrule` are left out of comparisons. */
export interface WireContent {
  title: string;
  description: string | null;
  location: string | null;
  start_time: string;
  end_time: string;
  time_zone: string;
  all_day: boolean;
  is_recurring: boolean;
  recurrence_pattern: RecurrencePattern | null;
  excluded: string[];
  added: string[];
  overrides: WireOverride[];
  show_as: 'busy' | 'free';
  deleted: boolean;
}

export type ContentField = keyof WireContent;

/** Every field, in the order in which differences are told. */
export const CONTENT_FIELDS = [
  'title',
  'description',
  'location',
  'start_time',
  'end_time',
  'time_zone',
  'all_day',
  'is_recurring',
  'recurrence_pattern',
  'excluded',
  'added',
  'overrides',
  'show_as',
  'deleted',
] as const satisfies ContentField[];

/** How an event looks before it exists: what the first version is compared with. */
export const NOTHING: Partial<WireContent> = {
  description: null,
  location: null,
  all_day: false,
  is_recurring: false,
  recurrence_pattern: null,
  excluded: [],
  added: [],
  overrides: [],
  show_as: 'busy',
  deleted: false,
};

/** The content fields of anything that has them, such as an entity. */
export function contentOf(source: EventContent): EventContent {
  return {
    title: source.title,
    description: source.description,
    location: source.location,
    startTime: source.startTime,
    endTime: source.endTime,
    localStart: source.localStart,
    localEnd: source.localEnd,
    timeZone: source.timeZone,
    allDay: source.allDay,
    rrule: source.rrule,
    excluded: source.excluded,
    added: source.added,
    overrides: source.overrides,
    showAs: source.showAs,
    deletedAt: source.deletedAt,
  };
}

/** Instants in UTC with `Z`; plain dates for all-day events. */
export function wireContent(content: EventContent): WireContent {
  return {
    title: content.title,
    description: content.description,
    location: content.location,
    start_time: wireTime(content.startTime, content.localStart, content.allDay),
    end_time: wireTime(content.endTime, content.localEnd, content.allDay),
    time_zone: content.timeZone,
    all_day: content.allDay,
    is_recurring: isSeries(content),
    recurrence_pattern: content.rrule === null ? null : patternFromRule(parseRrule(content.rrule)),
    excluded: content.excluded.map((local) => wireLocal(local, content)),
    added: content.added.map((local) => wireLocal(local, content)),
    overrides: content.overrides.map((override) => wireOverride(override, content)),
    show_as: content.showAs,
    deleted: content.deletedAt !== null,
  };
}

/** The rule as other calendars read it (UNTIL beside the start, RFC 5545 §3.3.10); null for an event that happens once. */
export function wireRrule(content: Pick<EventContent, 'rrule' | 'timeZone' | 'allDay'>): string | null {
  if (content.rrule === null) return null;
  return printRruleBesideStart(parseRrule(content.rrule), { zone: content.timeZone, allDay: content.allDay });
}

/** Names of the fields in which two states differ, in the order of the document. */
export function changedFields(before: Partial<WireContent>, after: WireContent): ContentField[] {
  return (Object.keys(after) as ContentField[]).filter((field) => !isDeepStrictEqual(before[field], after[field]));
}

const TIME_FIELDS: ContentField[] = [
  'start_time',
  'end_time',
  'time_zone',
  'all_day',
  'recurrence_pattern',
  'excluded',
  'added',
  'show_as',
  'deleted',
];

/** True when two states may occupy different time. A text of one occurrence alone takes none. */
export function changesTime(before: WireContent, after: WireContent): boolean {
  return (
    changedFields(before, after).some((field) => TIME_FIELDS.includes(field)) ||
    !isDeepStrictEqual(before.overrides.flatMap(timeTaken), after.overrides.flatMap(timeTaken))
  );
}

function timeTaken({ original_start, start_time, end_time, show_as }: WireOverride): Partial<WireOverride>[] {
  return start_time || show_as ? [{ original_start, start_time, end_time, show_as }] : [];
}

/** UTC with `Z` and no fraction: events are kept to the second. */
export function wireInstant(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, 'Z');
}

function wireTime(instant: Date, local: string, allDay: boolean): string {
  return allDay ? local.slice(0, 10) : wireInstant(instant);
}

/** A local time of the event as clients see it: an instant, or a date for all-day events. */
export function wireLocal(text: string, { timeZone, allDay }: Pick<EventContent, 'timeZone' | 'allDay'>): string {
  const local = parseLocalTime(text);
  return allDay ? formatLocalDate(local) : wireInstant(new Date(toInstant(local, timeZone).epochSecond * 1_000));
}

function wireOverride(override: StoredOverride, content: EventContent): WireOverride {
  const { original, start, duration, title, description, location, showAs } = override;
  const times = start === undefined && duration === undefined ? {} : wireOverrideTimes(override, content);
  return {
    original_start: wireLocal(original, content),
    ...times,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(location === undefined ? {} : { location }),
    ...(showAs === undefined ? {} : { show_as: showAs }),
  };
}

function wireOverrideTimes(override: StoredOverride, content: EventContent): { start_time: string; end_time: string } {
  const { timeZone, allDay } = content;
  const start = toInstant(parseLocalTime(override.start ?? override.original), timeZone).epochSecond;
  const end = endOf(start, override.duration ?? durationOf(content), timeZone);
  const wire = (instant: number): string => wireOccurrenceTime(instant, { timeZone, allDay });
  return { start_time: wire(start), end_time: wire(end) };
}

/** How long the event lasts: days on its calendar, then seconds by the stopwatch. Whole days are counted as dates. */
export function durationOf({
  startTime,
  endTime,
  localStart,
  localEnd,
  timeZone,
  allDay,
}: Pick<EventContent, 'startTime' | 'endTime' | 'localStart' | 'localEnd' | 'timeZone' | 'allDay'>): Duration {
  if (allDay) return { days: parseLocalTime(localEnd).day - parseLocalTime(localStart).day, seconds: 0 };
  return durationBetween(startTime.getTime() / 1_000, endTime.getTime() / 1_000, timeZone);
}

/** Epoch seconds of an occurrence as clients see them: an instant, or a date for all-day events. */
export function wireOccurrenceTime(
  epochSecond: number,
  { timeZone, allDay }: Pick<EventContent, 'timeZone' | 'allDay'>,
): string {
  return allDay ? formatLocalDate(toLocal(epochSecond, timeZone)) : wireInstant(new Date(epochSecond * 1_000));
}

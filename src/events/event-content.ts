import { isDeepStrictEqual } from 'node:util';
import { formatLocalDate, parseLocalTime } from '../platform/time/local-time.js';
import { toInstant } from '../platform/time/time-zone.js';
import { patternFromRule, type RecurrencePattern } from './recurrence/pattern.js';
import { parseRrule, printRruleBesideStart } from './recurrence/rrule-text.js';

/** One occurrence's own values, hanging on its original local start. */
export interface StoredOverride {
  original: string;
  [field: string]: unknown;
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
  show_as: 'busy' | 'free';
  deleted: boolean;
}

export type ContentField = keyof WireContent;

/** How an event looks before it exists: what the first version is compared with. */
export const NOTHING: Partial<WireContent> = {
  description: null,
  location: null,
  all_day: false,
  is_recurring: false,
  recurrence_pattern: null,
  excluded: [],
  added: [],
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
    is_recurring: content.rrule !== null,
    recurrence_pattern: content.rrule === null ? null : patternFromRule(parseRrule(content.rrule)),
    excluded: content.excluded.map((local) => wireLocal(local, content)),
    added: content.added.map((local) => wireLocal(local, content)),
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

/** True when one of the fields decides which time the event occupies. */
export function changesTime(fields: ContentField[]): boolean {
  return fields.some((field) => TIME_FIELDS.includes(field));
}

/** UTC with `Z` and no fraction: events are kept to the second. */
export function wireInstant(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, 'Z');
}

function wireTime(instant: Date, local: string, allDay: boolean): string {
  return allDay ? local.slice(0, 10) : wireInstant(instant);
}

function wireLocal(text: string, { timeZone, allDay }: EventContent): string {
  const local = parseLocalTime(text);
  return allDay ? formatLocalDate(local) : wireInstant(new Date(toInstant(local, timeZone).epochSecond * 1_000));
}

/** What is stored in a version: the content, with instants as text. */
export type Snapshot = Omit<EventContent, 'startTime' | 'endTime' | 'deletedAt'> & {
  startTime: string;
  endTime: string;
  deletedAt: string | null;
};

export function toSnapshot(content: EventContent): Snapshot {
  return {
    ...contentOf(content),
    startTime: content.startTime.toISOString(),
    endTime: content.endTime.toISOString(),
    deletedAt: content.deletedAt?.toISOString() ?? null,
  };
}

export function fromSnapshot(snapshot: Snapshot): EventContent {
  return {
    ...snapshot,
    startTime: new Date(snapshot.startTime),
    endTime: new Date(snapshot.endTime),
    deletedAt: snapshot.deletedAt === null ? null : new Date(snapshot.deletedAt),
  };
}

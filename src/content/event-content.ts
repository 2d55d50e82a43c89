import { compileRecord } from '../platform/records/compile-record.js';
import { type Column, snakeCase } from './columns.js';
import {
  columnsOf,
  CONTENT_FIELDS,
  type ContentField,
  type DerivedContent,
  type DerivedWire,
  fieldOf,
  type PlainContent,
  type PlainWire,
} from './fields.js';
import { durationBetween, type Duration } from '../recurrence/series.js';
import { parseLocalTime, stampOf } from '../time/local-time.js';
import { toLocal } from '../time/time-zone.js';

/**
 * Everything about an event that people edit and history stores. Each time is stored twice: as an instant, and as the
 * wall time in `timeZone` (`2026-06-01T10:00:00`; midnight for all-day events, which end on the day after the last).
 * `rrule` is the canonical text of `printRrule`, or null. `excluded` contains the original local starts that do not
 * take place, `added` the local starts beside those of the rule.
 */
export type EventContent = PlainContent & DerivedContent;

/** The content as clients see it, without members that repeat others, such as `rrule`. */
export type WireContent = PlainWire & DerivedWire;

export interface ContentColumn {
  /** The name in memory, such as `showAs`. */
  property: keyof EventContent;
  /** The name in SQL and in snapshots, such as `show_as`. */
  name: string;
  column: Column;
  /** Schema number of the first snapshots that contain the column. */
  since: number;
}

/** The columns of `events` that hold the content. */
export const CONTENT_COLUMNS: ContentColumn[] = CONTENT_FIELDS.flatMap((field) =>
  Object.entries(columnsOf(field)).map(([property, column]) => ({
    property: property as keyof EventContent,
    name: snakeCase(property),
    column,
    since: fieldOf(field).since ?? 1,
  })),
);

/** Returns the select list that reads the content from a row of `events`, under its names in memory. */
export const selectContent = (alias: string): string =>
  CONTENT_COLUMNS.map(({ property, name }) => `${alias}.${name} AS "${property}"`).join(', ');

/** Returns the content of an object that contains more, such as an entity. */
export const toContent = compileRecord<EventContent, EventContent>(
  CONTENT_COLUMNS.map(({ property }) => [property, property]),
);

/** The content before an event exists. The first version is compared with it. */
export const EMPTY_CONTENT = Object.fromEntries(
  CONTENT_FIELDS.flatMap((name) => {
    const { empty } = fieldOf(name);
    return empty === undefined ? [] : [[name, empty]];
  }),
) as Partial<WireContent>;

/** Returns true for an event that may take place more than once. */
export function isSeries({ rrule, added }: Pick<EventContent, 'rrule' | 'added'>): boolean {
  return rrule !== null || added.length > 0;
}

/**
 * Returns the duration of the event: calendar days in its zone, then elapsed seconds. All-day events have only days.
 */
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

/** Returns true when the clocks skip the start or the end of the event, as it was sent, so that it was moved forward. */
export function isAdjusted({ startTime, endTime, localStart, localEnd, timeZone, allDay }: EventContent): boolean {
  if (allDay) return false;
  const isShown = (instant: Date, local: string): boolean =>
    stampOf(toLocal(instant.getTime() / 1_000, timeZone)) === stampOf(parseLocalTime(local));
  return !isShown(startTime, localStart) || !isShown(endTime, localEnd);
}

/** Returns the fields of a merge unit. */
export const fieldsOfUnit = (unit: string): ContentField[] =>
  CONTENT_FIELDS.filter((name) => fieldOf(name).unit === unit);

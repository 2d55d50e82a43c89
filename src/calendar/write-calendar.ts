import { LRUCache } from 'lru-cache';
import type { CalendarEvent } from '../content/event.entity.js';
import { mapInParts } from '../platform/hooks/map-in-parts.js';
import { type ExportedEvent, veventLines } from './event-to-vevent.js';
import { vtimezoneLines, type Span } from './vtimezone.js';
import { joinLines, textLine } from './write-lines.js';

/** What a calendar says about itself, besides its events. */
export interface CalendarHead {
  name?: string;
  /** How often an application is to fetch it, such as `PT1H`. */
  refresh?: string;
}

/** An event with the years in which it takes place. */
export interface CalendarEntry extends ExportedEvent {
  firstStart: Date;
  /** Null for an endless series. */
  lastEnd: Date | null;
}

/** An endless series is exact for so many years. */
const ENDLESS_YEARS = 20;

/** Returns a calendar with events and with every time zone that they use. The bytes depend on nothing else. */
export async function writeCalendar(entries: CalendarEntry[], { name, refresh }: CalendarHead): Promise<string> {
  const events = await mapInParts(entries, (entry) => joinLines(veventLines(entry)));
  const zones = await mapInParts([...spansOf(entries)], ([zone, span]) => describeZone(zone, span));
  const head = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Convene//Convene//EN',
    'CALSCALE:GREGORIAN',
    ...(name === undefined ? [] : [textLine('NAME', name), textLine('X-WR-CALNAME', name)]),
    ...(refresh === undefined ? [] : [`REFRESH-INTERVAL;VALUE=DURATION:${refresh}`, `X-PUBLISHED-TTL:${refresh}`]),
  ];
  return [joinLines(head), ...zones, ...events, joinLines(['END:VCALENDAR'])].join('');
}

/** A description takes a millisecond, and the events of a calendar need few different ones. */
const described = new LRUCache<string, string>({ max: 1_000 });

function describeZone(zone: string, span: Span): string {
  const key = `${zone} ${span.firstYear} ${span.lastYear}`;
  const known = described.get(key) ?? joinLines(vtimezoneLines(zone, span));
  described.set(key, known);
  return known;
}

/** Returns the years in which each zone is needed. UTC needs no description, and dates have no zone. */
function spansOf(entries: CalendarEntry[]): Map<string, Span> {
  const spans = new Map<string, Span>();
  for (const { content, firstStart, lastEnd } of entries) {
    if (content.allDay || content.timeZone === 'UTC') continue;
    const { firstYear, lastYear } = yearsOf({ firstStart, lastEnd, startTime: content.startTime });
    const span = spans.get(content.timeZone) ?? { firstYear, lastYear };
    spans.set(content.timeZone, {
      firstYear: Math.min(span.firstYear, firstYear),
      lastYear: Math.max(span.lastYear, lastYear),
    });
  }
  return new Map([...spans].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function yearsOf({
  firstStart,
  lastEnd,
  startTime,
}: Pick<CalendarEvent, 'firstStart' | 'lastEnd' | 'startTime'>): Span {
  const firstYear = Math.min(firstStart.getUTCFullYear(), startTime.getUTCFullYear());
  const endless = Math.max(firstYear, startTime.getUTCFullYear()) + ENDLESS_YEARS;
  return { firstYear, lastYear: Math.min(lastEnd?.getUTCFullYear() ?? endless, firstYear + 100) };
}

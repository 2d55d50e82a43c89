import { listOccurrences } from '../content/occurrences.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import {
  formatICalendarDate,
  formatICalendarTime,
  formatLocalTime,
  localOf,
  parseLocalTime,
} from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { veventLines } from '../calendar/event-to-vevent.js';
import { type CalendarEntry } from '../calendar/write-calendar.js';
import { joinLines } from '../calendar/write-lines.js';
import type { TimeRange } from './time-range.js';

/** More than a client can ask for in good faith of one series. */
const MAX_OCCURRENCES = 4_000;

/**
 * Returns the occurrences of an event in a range as events of their own, in UTC and without rules (RFC 4791 §9.6.5). Pure.
 * @param zone of the person, who sees the dates of all-day events in it
 */
export function expandedData(entry: CalendarEntry, range: TimeRange, zone: string): string {
  const { content } = entry;
  const occurrences = listOccurrences(content, { ...range, zone }, MAX_OCCURRENCES);
  const events = occurrences.map(({ start, end, original, values }) => {
    const kept = { '': entry.kept[original] ?? entry.kept[''] ?? [] };
    const lines = veventLines({
      ...entry,
      kept,
      content: { ...content, ...values, ...singleTimes(content, start, end) },
    });
    if (isSeries(content)) lines.splice(2, 0, recurrenceId(content, original));
    return joinLines(lines);
  });
  const head = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Convene//Convene//EN', 'CALSCALE:GREGORIAN'];
  return [joinLines(head), ...events, joinLines(['END:VCALENDAR'])].join('');
}

/** Returns the times of a single event between two instants: on the clock of UTC, or the dates of an all-day event. */
function singleTimes({ allDay, timeZone }: EventContent, start: number, end: number): Partial<EventContent> {
  const clock = allDay ? timeZone : 'UTC';
  const local = (instant: number): string =>
    formatLocalTime(allDay ? { ...toLocal(instant, clock), second: 0 } : toLocal(instant, clock));
  return {
    startTime: new Date(start * 1_000),
    endTime: new Date(end * 1_000),
    localStart: local(start),
    localEnd: local(end),
    timeZone: clock,
    rrule: null,
    excluded: [],
    added: [],
    overrides: [],
  };
}

function recurrenceId({ allDay, timeZone }: EventContent, original: string): string {
  const local = parseLocalTime(original);
  if (allDay) return `RECURRENCE-ID;VALUE=DATE:${formatICalendarDate(local)}`;
  return `RECURRENCE-ID:${formatICalendarTime(localOf(toInstant(local, timeZone).epochSecond))}Z`;
}

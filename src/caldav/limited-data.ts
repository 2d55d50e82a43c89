import { veventLines } from '../calendar/event-to-vevent.js';
import { joinLines } from '../calendar/write-lines.js';
import { durationOf, type EventContent } from '../content/event-content.js';
import type { StoredOverride } from '../content/fields.js';
import { MAX_ZONE_DIFFERENCE } from '../content/occurrences.js';
import { endOf } from '../recurrence/series.js';
import { type LocalTime, parseLocalTime } from '../time/local-time.js';
import { toInstant } from '../time/time-zone.js';
import type { CalendarObject } from './calendar-objects.service.js';
import type { TimeRange } from './time-range.js';

/**
 * Returns the file of an event with only those of its changed occurrences that are in a range, or were to be before they
 * were changed (RFC 4791 §9.6.6). The series itself stays whole. Pure.
 */
export function limitedData({ data, entry }: Pick<CalendarObject, 'data' | 'entry'>, range: TimeRange): string {
  const { content } = entry;
  const overrides = content.overrides.filter((override) => touches(override, content, range));
  if (overrides.length === content.overrides.length) return data;
  const before = data.slice(0, data.indexOf('BEGIN:VEVENT'));
  return before + joinLines([...veventLines({ ...entry, content: { ...content, overrides } }), 'END:VCALENDAR']);
}

function touches(override: StoredOverride, content: EventContent, { from, to }: TimeRange): boolean {
  const { timeZone, allDay } = content;
  const length = durationOf(content);
  const { duration = length } = override;
  // The dates of an all-day event are in the zone of its reader.
  const margin = allDay ? MAX_ZONE_DIFFERENCE : 0;
  const isIn = (local: LocalTime, zone: string, lasts: typeof duration): boolean => {
    const start = toInstant(local, zone).epochSecond;
    return start - margin < to && endOf(start, lasts, timeZone) + margin > from;
  };
  const original = parseLocalTime(override.original);
  const start = override.start === undefined ? original : parseLocalTime(override.start);
  return isIn(original, timeZone, length) || isIn(start, override.zone ?? timeZone, duration);
}

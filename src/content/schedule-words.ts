import { type LocalTime, parseLocalTime, stampOf } from '../time/local-time.js';
import { type EventContent, isSeries } from './event-content.js';
import type { Statement } from './statement.js';
import {
  clockInWords,
  clocksInWords,
  dayInWords,
  isOneDay,
  lastOf,
  offsetInWords,
  type Span,
  spanInWords,
  timeInWords,
} from './time-words.js';

/** Describes when a new event takes place. */
export const describeSchedule = (content: EventContent): Statement => ({
  verb: 'scheduled',
  object: null,
  rest: `for ${scheduleInWords(content)}`,
});

/** Returns `Monday, 1 June 2026, 10:00–11:00 (Europe/Paris)`. All-day events are on the same days everywhere. */
export const scheduleInWords = (content: EventContent): string => spanInWords(spanOf(content)) + zoneOf(content);

/** Returns the zone of the times before it: readers may live in others. All-day events have none. */
const zoneOf = ({ allDay, timeZone }: EventContent): string => (allDay ? '' : ` (${timeZone})`);

/** Describes a change of start, end, zone and all-day, which belong together. */
export function describeTimes(before: EventContent, after: EventContent): Statement[] {
  const [from, to] = [spanOf(before), spanOf(after)];
  if (before.allDay !== after.allDay) return [...describeAllDay(before, after), ...describeZone(before, after)];
  if (before.timeZone === after.timeZone) return describeMove(before, after);
  const sameClock = isSameSpan(from, to);
  if (after.allDay) {
    return sameClock ? describeZone(before, after) : [...describeMove(before, after), ...describeZone(before, after)];
  }
  const sameTime =
    before.startTime.getTime() === after.startTime.getTime() && before.endTime.getTime() === after.endTime.getTime();
  const zones = `from ${before.timeZone} to ${after.timeZone}`;
  if (sameTime) {
    const rest = sameClock
      ? `${zones}: the times stay the same`
      : `${zones}: ${spanInWords(from)} is now ${spanWithoutDay(to, from)}, the same moment`;
    return [{ verb: 'changed', object: 'time zone', rest }];
  }
  if (sameClock) {
    return [{ verb: 'changed', object: 'time zone', rest: `${zones}: still ${spanInWords(to)}, now in the new zone` }];
  }
  const rest = `from ${spanInWords(from)} (${before.timeZone}) to ${spanInWords(to)} (${after.timeZone})`;
  return [moveOf(after, true, rest)];
}

function describeMove(before: EventContent, after: EventContent): Statement[] {
  const [from, to] = [spanOf(before), spanOf(after)];
  if (isSameSpan(from, to)) return describeOffsets(before, after);
  if (stampOf(from.start) === stampOf(to.start)) return [describeEdge('end', lastOf(from), lastOf(to), after)];
  const endStays = stampOf(from.end) === stampOf(to.end) && !isSeries(after);
  if (endStays) return [describeEdge('start', from.start, to.start, after)];
  if (!after.allDay && isSameDay(from, to)) {
    const day = isSeries(after) ? '' : ` on ${dayInWords(to.start)}`;
    return [moveOf(after, false, `from ${clocksInWords(from)} to ${clocksInWords(to)}${day}${zoneOf(after)}`)];
  }
  return [moveOf(after, true, `from ${spanInWords(from)} to ${spanInWords(to)}${zoneOf(after)}`)];
}

/** A series has a start that moves, and only its times of day when the start keeps its day. */
function moveOf(after: EventContent, movesDay: boolean, rest: string): Statement {
  if (!isSeries(after)) return { verb: 'moved', object: null, rest };
  if (!movesDay) return { verb: 'moved', object: 'series', rest };
  return { verb: 'moved', object: 'start of the series', rest };
}

function describeEdge(object: 'start' | 'end', old: LocalTime, recent: LocalTime, after: EventContent): Statement {
  const clocks = old.day === recent.day && !after.allDay;
  const words = (time: LocalTime): string => (clocks ? clockInWords(time) : timeInWords(time, after.allDay));
  const day = clocks && !isSeries(after) ? ` on ${dayInWords(recent)}` : '';
  return { verb: 'changed', object, rest: `from ${words(old)} to ${words(recent)}${day}${zoneOf(after)}` };
}

/** The clock shows the same, but the time is another: one of the two times of an hour that occurs twice. */
function describeOffsets(before: EventContent, after: EventContent): Statement[] {
  const offsetOf = (local: string, time: Date): string =>
    offsetInWords(stampOf(parseLocalTime(local)) - time.getTime() / 1_000);
  const startOf = ({ localStart, startTime }: EventContent): string => offsetOf(localStart, startTime);
  const endOf = ({ localEnd, endTime }: EventContent): string =>
    `${timeInWords(parseLocalTime(localEnd), false)} (${offsetOf(localEnd, endTime)})`;
  if (startOf(before) !== startOf(after)) {
    const words = (content: EventContent): string => `${spanInWords(spanOf(content))} (${startOf(content)})`;
    return [moveOf(after, true, `from ${words(before)} to ${words(after)}`)];
  }
  if (endOf(before) === endOf(after)) return [];
  return [{ verb: 'changed', object: 'end', rest: `from ${endOf(before)} to ${endOf(after)}` }];
}

function describeAllDay(before: EventContent, after: EventContent): Statement[] {
  const [from, to] = [spanOf(before), spanOf(after)];
  const rest = after.allDay
    ? `to all-day${isSeries(after) ? '' : `, ${spanInWords(to)}`} (was ${spanWithoutDay(from, to)})`
    : `from all-day${isSameDay(from, to) ? '' : `, ${spanInWords(from)},`} to ${spanInWords(to)}${zoneOf(after)}`;
  return [{ verb: 'changed', object: null, rest }];
}

function describeZone(before: EventContent, after: EventContent): Statement[] {
  if (before.timeZone === after.timeZone) return [];
  const days = before.allDay && after.allDay ? ': the dates stay the same' : '';
  return [{ verb: 'changed', object: 'time zone', rest: `from ${before.timeZone} to ${after.timeZone}${days}` }];
}

const spanWithoutDay = (span: Span, beside: Span): string =>
  isSameDay(span, beside) ? clocksInWords(span) : spanInWords(span);

const isSameDay = (a: Span, b: Span): boolean => isOneDay(a) && isOneDay(b) && a.start.day === b.start.day;

const isSameSpan = (a: Span, b: Span): boolean =>
  stampOf(a.start) === stampOf(b.start) && stampOf(a.end) === stampOf(b.end);

/** Returns the times of an event on its own clock. */
export const spanOf = ({ localStart, localEnd, allDay }: EventContent): Span => ({
  start: parseLocalTime(localStart),
  end: parseLocalTime(localEnd),
  allDay,
});

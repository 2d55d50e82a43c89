import { parseLocalTime, stampOf } from '../time/local-time.js';
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
export const scheduleInWords = (content: EventContent): string =>
  content.allDay ? spanInWords(spanOf(content)) : `${spanInWords(spanOf(content))} (${content.timeZone})`;

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
  const whole = isSeries(after) ? 'the first one is on' : 'it is on';
  if (sameTime) {
    const rest = sameClock
      ? `${zones}: the times stay the same`
      : `${zones}: the same moment, ${spanInWords(to)} instead of ${spanWithoutDay(from, to)}`;
    return [{ verb: 'changed', object: 'time zone', rest }];
  }
  if (sameClock) {
    return [{ verb: 'changed', object: 'time zone', rest: `${zones}: ${whole} ${spanInWords(to)} in the new zone` }];
  }
  const rest = `from ${spanInWords(from)} (${before.timeZone}) to ${spanInWords(to)} (${after.timeZone})`;
  return [moveOf(after, true, rest)];
}

function describeMove(before: EventContent, after: EventContent): Statement[] {
  const [from, to] = [spanOf(before), spanOf(after)];
  const startStays = stampOf(from.start) === stampOf(to.start);
  if (isSameSpan(from, to)) return describeOffsets(before, after);
  if (startStays) return [describeEnd(before, after)];
  if (!after.allDay && isOneDay(from) && isOneDay(to) && from.start.day === to.start.day) {
    const day = isSeries(after) ? '' : ` on ${dayInWords(to.start)}`;
    return [moveOf(after, false, `from ${clocksInWords(from)} to ${clocksInWords(to)}${day}`)];
  }
  return [moveOf(after, true, `from ${spanInWords(from)} to ${spanInWords(to)}`)];
}

/** A series has a start that moves, and only its times of day when the start keeps its day. */
function moveOf(after: EventContent, movesDay: boolean, rest: string): Statement {
  if (!isSeries(after)) return { verb: 'moved', object: null, rest };
  if (!movesDay) return { verb: 'moved', object: 'series', rest, ...{ headline: `series moved ${rest}` } };
  return { verb: 'moved', object: 'first occurrence', rest };
}

function describeEnd(before: EventContent, after: EventContent): Statement {
  const [from, to] = [spanOf(before), spanOf(after)];
  const [old, recent] = [lastOf(from), lastOf(to)];
  const clocks = old.day === recent.day && !after.allDay;
  const words = (time: typeof old): string => (clocks ? clockInWords(time) : timeInWords(time, after.allDay));
  const day = clocks && !isSeries(after) ? ` on ${dayInWords(recent)}` : '';
  return { verb: 'changed', object: 'end', rest: `from ${words(old)} to ${words(recent)}${day}` };
}

/** The clock shows the same, but the time is another: one of the two times of an hour that occurs twice. */
function describeOffsets(before: EventContent, after: EventContent): Statement[] {
  const words = (content: EventContent): string => {
    const start = parseLocalTime(content.localStart);
    const offset = stampOf(start) - content.startTime.getTime() / 1_000;
    const end = parseLocalTime(content.localEnd);
    const endOffset = stampOf(end) - content.endTime.getTime() / 1_000;
    const offsets = offset === endOffset ? offsetInWords(offset) : `${offsetInWords(offset)} to ${offsetInWords(endOffset)}`;
    return `${spanInWords(spanOf(content))} (${offsets})`;
  };
  const [from, to] = [words(before), words(after)];
  return from === to ? [] : [moveOf(after, true, `from ${from} to ${to}`)];
}

function describeAllDay(before: EventContent, after: EventContent): Statement[] {
  const [from, to] = [spanOf(before), spanOf(after)];
  const was = isOneDay(from) && isOneDay(to) && from.start.day === to.start.day;
  const text = after.allDay
    ? `to all-day: ${spanInWords(to)} (was ${was ? clocksInWords(from) : spanInWords(from)})`
    : `from all-day to ${was ? clocksInWords(to) : spanInWords(to)} (was ${spanInWords(from)})`;
  return [{ verb: 'changed', object: null, rest: text }];
}

function describeZone(before: EventContent, after: EventContent): Statement[] {
  if (before.timeZone === after.timeZone) return [];
  const days = before.allDay && after.allDay ? ': the dates stay the same' : '';
  return [{ verb: 'changed', object: 'time zone', rest: `from ${before.timeZone} to ${after.timeZone}${days}` }];
}

const spanWithoutDay = (span: Span, beside: Span): string =>
  isOneDay(span) && isOneDay(beside) && span.start.day === beside.start.day ? clocksInWords(span) : spanInWords(span);

const isSameSpan = (a: Span, b: Span): boolean =>
  stampOf(a.start) === stampOf(b.start) && stampOf(a.end) === stampOf(b.end);

/** Returns the times of an event on its own clock. */
export const spanOf = ({ localStart, localEnd, allDay }: EventContent): Span => ({
  start: parseLocalTime(localStart),
  end: parseLocalTime(localEnd),
  allDay,
});

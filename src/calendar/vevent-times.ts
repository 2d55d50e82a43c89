import { durationBetween, type Duration, endOf, wallDuration } from '../recurrence/series.js';
import { formatLocalTime, type LocalTime, stampOf } from '../time/local-time.js';
import { toLocal } from '../time/time-zone.js';
import { parseDuration } from './calendar-duration.js';
import { UnreadableEvent } from './calendar-file-error.js';
import { type CalendarTime, dayOf, localIn, readTime } from './calendar-time.js';
import { type Component, propertyOf } from './component.js';
import type { FileZones } from './file-zones.js';
import type { Warn } from './import-rule.js';

/** When a VEVENT takes place. */
export interface VEventTimes {
  allDay: boolean;
  /** IANA name. Of all-day events, the floating zone. */
  zone: string;
  /** On the clock of the zone. */
  start: LocalTime;
  duration: Duration;
  /** The end as a wall time in the zone, when the file gives it so; midnight for an all-day event. */
  wallEnd: LocalTime | null;
  /** Epoch seconds; not for an all-day event. */
  end: number | null;
}

/** The shortest event. Convene has no events without a length. */
const MINUTE: Duration = { days: 0, seconds: 60 };
const NO_LENGTH = 'The event has no length; it was stored as one minute.';

const BOTH_ENDS = 'DTEND says when the event ends, so DURATION was left out.';

/** Reads DTSTART, DTEND and DURATION. @throws UnreadableEvent */
export function readVEventTimes(component: Component, zones: FileZones, warn: Warn): VEventTimes {
  const property = propertyOf(component, 'DTSTART');
  if (!property) throw new UnreadableEvent(component.line, 'DTSTART is missing.');
  const start = readTime(property, zones);
  if (start.isDate) return readDates(component, start.day, zones, warn);
  const timed = readTimed(component, start, zones, warn);
  return (isOutlookAllDay(component) && toAllDay(timed, zones)) || timed;
}

const isOutlookAllDay = (component: Component): boolean =>
  propertyOf(component, 'X-MICROSOFT-CDO-ALLDAYEVENT')?.value.trim().toUpperCase() === 'TRUE';

/** Returns the days of an event from midnight to midnight; null for another one. */
function toAllDay({ start, end, zone }: VEventTimes, zones: FileZones): VEventTimes | null {
  const wallEnd = toLocal(end!, zone);
  const days = wallEnd.day - start.day;
  if (start.second !== 0 || wallEnd.second !== 0 || days < 1) return null;
  return { allDay: true, zone: zones.floating, start, duration: { days, seconds: 0 }, wallEnd, end: null };
}

function readDates(component: Component, day: number, zones: FileZones, warn: Warn): VEventTimes {
  const end = propertyOf(component, 'DTEND');
  const length = propertyOf(component, 'DURATION');
  let last = day + 1;
  if (end && length) warn(length, BOTH_ENDS);
  if (end) last = dayOf(readTime(end, zones));
  else if (length) {
    const duration = parseDuration(length.value);
    if (!duration) throw notALength(length);
    last = day + duration.days + Math.ceil(duration.seconds / 86_400);
    if (duration.seconds > 0) warn(length, 'A day without a time lasts whole days; the length was rounded up.');
  }
  if (last < day) throw new UnreadableEvent(end!.line, 'The event ends before it starts.');
  if (last === day) {
    warn(end ?? length!, 'The event has no length; it was stored as one day.');
    last = day + 1;
  }
  const wallEnd = { day: last, second: 0 };
  const duration = { days: last - day, seconds: 0 };
  return { allDay: true, zone: zones.floating, start: { day, second: 0 }, duration, wallEnd, end: null };
}

function readTimed(
  component: Component,
  start: Extract<CalendarTime, { isDate: false }>,
  zones: FileZones,
  warn: Warn,
): VEventTimes {
  const { zone, local, instant } = start;
  const lasting = (duration: Duration): VEventTimes => ({
    allDay: false,
    zone,
    start: local,
    duration,
    wallEnd: null,
    end: endOf(instant, duration, zone),
  });
  const end = propertyOf(component, 'DTEND');
  const length = propertyOf(component, 'DURATION');
  if (!end && length) {
    const duration = parseDuration(length.value);
    if (!duration) throw notALength(length);
    if (duration.days + duration.seconds > 0) return lasting(duration);
    warn(length, NO_LENGTH);
    return lasting(MINUTE);
  }
  if (end && length) warn(length, BOTH_ENDS);
  if (!end) {
    warn({ name: 'DTEND', line: component.line }, NO_LENGTH);
    return lasting(MINUTE);
  }
  const time = readTime(end, zones);
  if (time.isDate) warn(end, 'The end is a date beside a start with a time; midnight was used.');
  if (time.isDate || time.zone === zone) {
    const wallEnd = localIn(time, zone);
    // Compared on the clock: the clocks may skip the start, and then both ends move.
    if (stampOf(wallEnd) > stampOf(local)) {
      const duration = wallDuration(formatLocalTime(local), formatLocalTime(wallEnd));
      return { ...lasting(duration), wallEnd };
    }
  }
  const ended = time.isDate ? instant : time.instant;
  if (ended < instant) throw new UnreadableEvent(end.line, 'The event ends before it starts.');
  if (ended > instant) return { ...lasting(durationBetween(instant, ended, zone)), end: ended };
  warn(end, NO_LENGTH);
  return lasting(MINUTE);
}

const notALength = ({ line, value }: { line: number; value: string }): UnreadableEvent =>
  new UnreadableEvent(line, `DURATION: “${value.trim().slice(0, 40)}” is not the length of an event.`);

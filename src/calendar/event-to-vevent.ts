import { resolveTimes } from '../content/draft-times.js';
import { durationOf, type EventContent, isSeries } from '../content/event-content.js';
import type { OccurrenceContent, StoredOverride } from '../content/fields.js';
import { seriesOf } from '../content/series.js';
import { endOf, type Series, wallDuration } from '../recurrence/series.js';
import { compileSeries } from '../recurrence/series-times.js';
import { printRruleBesideStart } from '../recurrence/rrule-text.js';
import {
  formatICalendarDate,
  formatICalendarTime,
  formatLocalTime,
  type LocalTime,
  localOf,
  parseLocalTime,
  stampOf,
} from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { printDuration } from './calendar-duration.js';
import type { KeptLines } from './imported-event.entity.js';
import { parseProperty, textOf } from './property.js';
import { matchesStart, ruleWithStart } from './rule-bounds.js';
import { rawLine, textLine } from './write-lines.js';

/** An event as it is exported. */
export interface ExportedEvent {
  uid: string;
  content: EventContent;
  sequence: number;
  /** When the event was last changed. */
  stamp: Date;
  lastModified: Date;
  kept: KeptLines;
}

type Zone = Pick<EventContent, 'timeZone' | 'allDay'>;

/** Returns the lines of an event: its VEVENT, and one for each occurrence that differs from it. Pure. */
export function veventLines(event: ExportedEvent): string[] {
  const { content, kept } = event;
  const series = isSeries(content) ? seriesOf(content) : null;
  const overrides = series ? content.overrides.filter((override) => differs(override, content, series)) : [];
  return [
    ...component(
      event,
      content,
      [...timeLines(content, series), ...(series ? dateLines(content, series) : [])],
      kept[''] ?? [],
    ),
    ...overrides.flatMap((override) => {
      const values = { ...content, ...override };
      return component(event, values, overrideTimes(override, content), kept[override.original] ?? []);
    }),
  ];
}

function component(
  { uid, sequence, stamp, lastModified }: ExportedEvent,
  { title, description, location, url, status, showAs }: OccurrenceContent,
  times: string[],
  kept: string[],
): string[] {
  const text = (name: string, value: string | null): string[] => {
    if (value === null) return [];
    // A line with parameters, as long as its text is still the same.
    const same = kept.find((line) => isNamed(line, name) && valueOf(line, name) === value);
    return [same ?? (name === 'URL' ? rawLine(name, value) : textLine(name, value))];
  };
  return [
    'BEGIN:VEVENT',
    textLine('UID', uid),
    `DTSTAMP:${utc(stamp)}`,
    `LAST-MODIFIED:${utc(lastModified)}`,
    `SEQUENCE:${sequence}`,
    ...times,
    ...text('SUMMARY', title),
    ...text('DESCRIPTION', description),
    ...text('LOCATION', location),
    ...text('URL', url),
    `STATUS:${status.toUpperCase()}`,
    `TRANSP:${showAs === 'free' ? 'TRANSPARENT' : 'OPAQUE'}`,
    ...kept.filter((line) => !['SUMMARY', 'DESCRIPTION', 'LOCATION', 'URL'].some((name) => isNamed(line, name))),
    'END:VEVENT',
  ];
}

const isNamed = (line: string, name: string): boolean => /^[^;:]*/.exec(line)![0].toUpperCase() === name;

function valueOf(line: string, name: string): string | null {
  const property = parseProperty({ text: line, line: 0 });
  return property && (name === 'URL' ? property.value : textOf(property).trim());
}

const utc = (time: Date): string => `${formatICalendarTime(localOf(Math.floor(time.getTime() / 1_000)))}Z`;

/** Returns DTSTART, and DTEND or DURATION. */
function timeLines(content: EventContent, series: Series | null): string[] {
  const { localStart, localEnd, startTime, endTime, timeZone, allDay } = content;
  const start = parseLocalTime(localStart);
  const end = parseLocalTime(localEnd);
  if (allDay) return [timeLine('DTSTART', start, content), timeLine('DTEND', end, content)];
  if (series) {
    const duration = durationOf(content);
    const wall = localEnd > localStart ? wallDuration(localStart, localEnd) : null;
    const isWall = wall && wall.days === duration.days && wall.seconds === duration.seconds;
    const length = isWall ? timeLine('DTEND', end, content) : `DURATION:${printDuration(duration)}`;
    return [timeLine('DTSTART', start, content), length];
  }
  const read = resolveTimes(
    { start_time: localStart, end_time: localEnd, time_zone: timeZone, all_day: false },
    null,
    timeZone,
  );
  const isSame =
    'times' in read &&
    read.times.startTime.getTime() === startTime.getTime() &&
    read.times.endTime.getTime() === endTime.getTime();
  if (isSame) return [timeLine('DTSTART', start, content), timeLine('DTEND', end, content)];
  // The second of two equal wall times, or a length that no wall times say: only instants are exact.
  return [instantLine('DTSTART', startTime), instantLine('DTEND', endTime)];
}

/** Returns RRULE, RDATE and EXDATE. */
function dateLines(content: EventContent, series: Series): string[] {
  const rule = ruleWithStart(series);
  const start = stampOf(series.start);
  const isOff = !matchesStart(series);
  const hasStart = compileSeries(series).has(start);
  return [
    ...(rule ? [`RRULE:${printRruleBesideStart(rule, { zone: series.zone, allDay: series.allDay })}`] : []),
    ...series.added.filter((time) => stampOf(time) !== start).map((time) => timeLine('RDATE', time, content)),
    ...series.excluded.map((time) => timeLine('EXDATE', time, content)),
    // Other calendars count the start, whether the rule matches it or not.
    ...(isOff && !hasStart && !series.excluded.some((time) => stampOf(time) === start)
      ? [timeLine('EXDATE', series.start, content)]
      : []),
  ];
}

/** Returns RECURRENCE-ID, DTSTART and DTEND of an occurrence. */
function overrideTimes(override: StoredOverride, content: EventContent): string[] {
  const { timeZone, allDay } = content;
  const original = parseLocalTime(override.original);
  const id = timeLine('RECURRENCE-ID', original, content);
  const { duration = durationOf(content) } = override;
  const start = override.start === undefined ? original : parseLocalTime(override.start);
  if (allDay) {
    const end = { day: start.day + duration.days, second: 0 };
    return [id, timeLine('DTSTART', start, content), timeLine('DTEND', end, content)];
  }
  const zone = override.zone ?? timeZone;
  const from = toInstant(start, zone).epochSecond;
  const to = endOf(from, duration, timeZone);
  const wallEnd = toLocal(to, timeZone);
  return [
    id,
    timeLine('DTSTART', start, { timeZone: zone, allDay }),
    toInstant(wallEnd, timeZone).epochSecond === to
      ? timeLine('DTEND', wallEnd, content)
      : instantLine('DTEND', new Date(to * 1_000)),
  ];
}

/** Returns a time on the clock of the event. */
function timeLine(name: string, local: LocalTime, { timeZone, allDay }: Zone): string {
  if (allDay) return `${name};VALUE=DATE:${formatICalendarDate(local)}`;
  const text = formatICalendarTime(local);
  return timeZone === 'UTC' ? `${name}:${text}Z` : `${name};TZID=${timeZone}:${text}`;
}

/** Returns an instant in UTC. */
const instantLine = (name: string, time: Date): string => `${name}:${utc(time)}`;

/** Returns true when an override makes a difference, on an occurrence that takes place. */
function differs(override: StoredOverride, content: EventContent, series: Series): boolean {
  const { original, start, zone: _zone, duration, ...values } = override;
  if (!compileSeries(series).has(stampOf(parseLocalTime(original)))) return false;
  const own = durationOf(content);
  const isMoved = start !== undefined && start !== formatLocalTime(parseLocalTime(original));
  const isLonger = duration !== undefined && (duration.days !== own.days || duration.seconds !== own.seconds);
  return (
    isMoved ||
    isLonger ||
    Object.entries(values).some(([name, value]) => value !== content[name as keyof OccurrenceContent])
  );
}

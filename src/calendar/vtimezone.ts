import { civilFromDay, dayFromCivil, daysInMonth, weekdayOf } from '../time/calendar-day.js';
import { formatICalendarTime, localOf, SECONDS_IN_DAY, type LocalTime } from '../time/local-time.js';
import { getZone } from '../time/zone.js';
import { WEEKDAY_CODES } from '../recurrence/rule.js';

/** A change of the offset of a zone, in seconds east of UTC. */
interface Change {
  /** Epoch seconds. */
  at: number;
  from: number;
  to: number;
}

/** Changes of the same kind in successive years. */
interface Run {
  changes: Change[];
  /** RRULE without its end; null for changes that no rule describes. */
  rule: string | null;
}

/** The years in which a zone is needed. */
export interface Span {
  firstYear: number;
  lastYear: number;
}

/** Closer together than any two changes of a zone. */
const PROBE = 6 * SECONDS_IN_DAY;
/** Beyond the last event, so that a rule differs from the dates of a few years. */
const YEARS_BEYOND = 8;

/**
 * Returns the lines of the VTIMEZONE of a zone (RFC 5545 §3.6.5), exact for the years of a span. Changes of successive
 * years are one rule, others are listed. Pure.
 */
export function vtimezoneLines(zone: string, { firstYear, lastYear }: Span): string[] {
  const begin = dayFromCivil(firstYear - 1, 1, 1) * SECONDS_IN_DAY;
  const end = dayFromCivil(lastYear + YEARS_BEYOND + 1, 1, 1) * SECONDS_IN_DAY;
  const changes = listChanges(zone, begin, end);
  const needsStart = !changes.some(({ at }) => at < begin + 365 * SECONDS_IN_DAY);
  const first = changes[0]?.from ?? offsetAt(zone, begin);
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    ...(needsStart ? observance('STANDARD', [`DTSTART:19700101T000000`], first, first) : []),
    ...findRuns(changes).flatMap((run) => runLines(run, lastYear + YEARS_BEYOND)),
    'END:VTIMEZONE',
  ];
}

const offsetAt = (zone: string, at: number): number => getZone(zone).toStamp(at) - at;

function listChanges(zone: string, begin: number, end: number): Change[] {
  const changes: Change[] = [];
  for (let at = begin; at < end; at += PROBE) {
    const [from, to] = [offsetAt(zone, at), offsetAt(zone, at + PROBE)];
    if (from === to) continue;
    let [before, after] = [at, at + PROBE];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAt(zone, middle) === from) before = middle;
      else after = middle;
    }
    changes.push({ at: after, from, to });
  }
  return changes;
}

/** The wall time at which a change happens, on the clock before it. */
const onsetOf = ({ at, from }: Change): LocalTime => localOf(at + from);
const yearOf = (change: Change): number => civilFromDay(onsetOf(change).day).year;

/** Divides changes into runs: the same month, time of day and offsets, year after year, that one rule describes. */
function findRuns(changes: Change[]): Run[] {
  const kinds = new Map<string, Change[]>();
  for (const change of changes) {
    const onset = onsetOf(change);
    const kind = [civilFromDay(onset.day).month, onset.second, change.from, change.to].join();
    kinds.set(kind, [...(kinds.get(kind) ?? []), change]);
  }
  const runs: Run[] = [];
  for (const same of kinds.values()) {
    let run: Change[] = [];
    let rule: string | null = null;
    for (const change of same) {
      const isNext = run.length === 0 || yearOf(change) === yearOf(run.at(-1)!) + 1;
      const longer = isNext ? ruleOf([...run, change]) : null;
      if (longer === null && run.length > 0) {
        runs.push({ changes: run, rule });
        run = [];
      }
      run.push(change);
      rule = ruleOf(run);
    }
    runs.push({ changes: run, rule });
  }
  return runs.sort((a, b) => a.changes[0]!.at - b.changes[0]!.at);
}

/** Returns the rule that gives exactly these changes, one each year; null when there is none. */
function ruleOf(changes: Change[]): string | null {
  const days = changes.map((change) => onsetOf(change).day);
  const dates = days.map(civilFromDay);
  const { month } = dates[0]!;
  const start = `FREQ=YEARLY;BYMONTH=${month}`;
  const weekday = weekdayOf(days[0]!);
  const numbers = dates.map(({ dayOfMonth }) => dayOfMonth);
  if (days.every((day) => weekdayOf(day) === weekday)) {
    const code = WEEKDAY_CODES[weekday];
    if (dates.every(({ year, dayOfMonth }) => dayOfMonth + 7 > daysInMonth(year, month)))
      return `${start};BYDAY=-1${code}`;
    const nth = Math.ceil(numbers[0]! / 7);
    if (numbers.every((number) => Math.ceil(number / 7) === nth)) return `${start};BYDAY=${nth}${code}`;
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    if (most - least < 7) {
      // A week that contains them all contains the weekday once.
      const from = Math.min(least, 22);
      const week = Array.from({ length: 7 }, (_, index) => Math.max(from, most - 6) + index);
      return `${start};BYMONTHDAY=${week.join(',')};BYDAY=${code}`;
    }
  }
  return numbers.every((number) => number === numbers[0]) ? `${start};BYMONTHDAY=${numbers[0]}` : null;
}

function runLines({ changes, rule }: Run, lastYear: number): string[] {
  const first = changes[0]!;
  const last = changes.at(-1)!;
  const name = first.to > first.from ? 'DAYLIGHT' : 'STANDARD';
  const start = `DTSTART:${formatICalendarTime(onsetOf(first))}`;
  if (changes.length === 1) return observance(name, [start], first.from, first.to);
  const until = yearOf(last) >= lastYear ? '' : `;UNTIL=${formatICalendarTime(localOf(last.at))}Z`;
  return observance(name, [start, `RRULE:${rule}${until}`], first.from, first.to);
}

function observance(name: string, when: string[], from: number, to: number): string[] {
  return [`BEGIN:${name}`, ...when, `TZOFFSETFROM:${offset(from)}`, `TZOFFSETTO:${offset(to)}`, `END:${name}`];
}

function offset(seconds: number): string {
  const size = Math.abs(seconds);
  const digits = [Math.floor(size / 3_600), Math.floor(size / 60) % 60, ...(size % 60 > 0 ? [size % 60] : [])];
  return `${seconds < 0 ? '-' : '+'}${digits.map((digit) => String(digit).padStart(2, '0')).join('')}`;
}

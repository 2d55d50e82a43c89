import { counted } from '../problems/counted.js';
import { LAST_DAY, civilFromDay, dayFromCivil } from '../time/calendar-day.js';
import { SECONDS_IN_DAY, formatLocalTime, localOf, stampOf, type LocalTime } from '../time/local-time.js';
import { TimeError, type TimeErrorCode } from '../time/time-error.js';
import { compileRuleTimes } from './rule-times.js';
import { compileSeries } from './series-times.js';
import { recurs, type Duration, type Series } from './series.js';
import type { RecurrenceRule } from './rule.js';
import { timesPerDay } from './times-of-day.js';
import { untilDay } from './until.js';
import { validateRule } from './validate-rule.js';
import { getZone } from '../time/zone.js';

export { validateRule } from './validate-rule.js';

export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2200;
const LAST_VALID_DAY = dayFromCivil(LAST_YEAR, 12, 31);
const MAX_OCCURRENCE_SECONDS = 31 * SECONDS_IN_DAY;
const MAX_TIMES_PER_DAY = 1440;

/**
 * Rejects a series that exceeds a limit or whose meaning is ambiguous. Pointers: `/start`, `/zone`, `/duration`,
 * `/added/0`, `/excluded/0`, `/overrides/0/start`, `/rule/by_day/1` (or just `/rule`). Imported series
 * (`startAlwaysCounts`) need not meet the requirements beyond RFC 5545: the range of years, a start in the pattern, a
 * month beside BYMONTHDAY.
 * @throws TimeError; with `start_not_in_pattern` its `next` is the next valid start
 */
export function validateSeries(series: Series): void {
  const imported = series.startAlwaysCounts === true;
  under('/zone', () => getZone(series.zone));
  validateTime(series.start, series.allDay, imported, '/start');
  validateDuration(series.duration, series, '/duration');
  series.added.forEach((time, index) => validateTime(time, series.allDay, imported, `/added/${index}`));
  series.excluded.forEach((time, index) => validateTime(time, series.allDay, imported, `/excluded/${index}`));
  if (series.rule) {
    const { rule } = series;
    under('/rule', () => validateRule(rule));
    if (!imported) validateBeyondRfc(rule, series);
    validateOccurs(rule, series);
  }
  validateOverrides(series, imported);
}

function validateTime(time: LocalTime, allDay: boolean, imported: boolean, pointer: string): void {
  const { day, second } = time;
  if (!Number.isInteger(day) || !Number.isInteger(second) || second < 0 || second >= SECONDS_IN_DAY) {
    throw new TimeError('invalid_time', pointer, 'This is not a valid local time.');
  }
  const year = civilFromDay(day).year;
  if (imported ? year < 0 || day > LAST_DAY : year < FIRST_YEAR || year > LAST_YEAR) {
    throw new TimeError('year_out_of_range', pointer, `The year must be from ${FIRST_YEAR} to ${LAST_YEAR}.`);
  }
  if (allDay && second !== 0) {
    throw new TimeError('invalid_time', pointer, 'An all-day event starts at midnight.');
  }
}

function validateDuration({ days, seconds }: Duration, series: Series, pointer: string): void {
  const whole = Number.isSafeInteger(days) && Number.isSafeInteger(seconds) && days >= 0 && seconds >= 0;
  if (!whole || days > LAST_DAY)
    throw new TimeError('invalid_duration', pointer, 'The end must not be before the start.');
  if (series.allDay && (days === 0 || seconds !== 0)) {
    throw new TimeError('invalid_duration', pointer, 'An all-day event lasts one or more whole days.');
  }
  if (recurs(series) && days * SECONDS_IN_DAY + seconds > MAX_OCCURRENCE_SECONDS) {
    throw new TimeError('occurrence_too_long', pointer, 'An occurrence of a series can last at most 31 days.');
  }
}

/** Rejects rules whose meaning RFC 5545 leaves undefined or on which calendars disagree. */
function validateBeyondRfc(rule: RecurrenceRule, series: Series): void {
  const { byMonthDay, byMonth, byYearDay, byWeekNumber } = rule;
  if (rule.frequency === 'yearly' && byMonthDay && !byMonth && !byYearDay && !byWeekNumber) {
    const message = 'Add by_month to say in which months, or use monthly for all of them.';
    throw new TimeError('month_day_without_month', '/rule/by_month_day', message);
  }
  if (series.allDay && (rule.byHour || rule.byMinute || rule.bySecond)) {
    const message = 'An all-day series cannot have BYHOUR, BYMINUTE or BYSECOND.';
    throw new TimeError('part_not_allowed', '/rule', message);
  }
  if (timesPerDay(rule) > MAX_TIMES_PER_DAY) {
    throw new TimeError(
      'too_many_times',
      '/rule',
      `A rule can have at most ${counted(MAX_TIMES_PER_DAY, 'time')} per day.`,
    );
  }
  if (rule.until && civilFromDay(untilDay(rule.until)).year > LAST_YEAR) {
    throw new TimeError('year_out_of_range', '/rule/until', `The year must be from ${FIRST_YEAR} to ${LAST_YEAR}.`);
  }
}

/**
 * Rejects a rule that never matches. The search always ends: the calendar repeats (see `Periods`), and an occurrence
 * after the last valid year doesn't count.
 */
function validateOccurs(rule: RecurrenceRule, series: Series): void {
  const horizon = series.startAlwaysCounts ? LAST_DAY : LAST_VALID_DAY;
  const times = compileRuleTimes(rule, { ...series, zone: getZone(series.zone), horizon });
  let first: LocalTime | null = null;
  times.forward(stampOf(series.start), (stamp) => {
    first = localOf(stamp);
    return false;
  });
  first = first as LocalTime | null; // Assigned in the callback, which the compiler doesn't see.
  if (first === null) {
    throw new TimeError('no_occurrence', '/rule', 'The rule matches no date from the start on.');
  }
  if (stampOf(first) !== stampOf(series.start)) {
    // Other calendars count a start that their rule does not match: an imported one is an added date.
    if (series.startAlwaysCounts || series.added.some((time) => stampOf(time) === stampOf(series.start))) return;
    const message = `The rule does not match the start. The next start that it matches is ${formatLocalTime(first)}.`;
    throw new TimeError('start_not_in_pattern', '/start', message, first);
  }
}

function validateOverrides(series: Series, imported: boolean): void {
  if (series.overrides.length === 0) return;
  const times = compileSeries(series);
  const overridden = new Set<number>();
  series.overrides.forEach(({ original, start, zone, duration }, index) => {
    const pointer = `/overrides/${index}`;
    validateTime(original, series.allDay, imported, `${pointer}/original`);
    if (start) validateTime(start, series.allDay, imported, `${pointer}/start`);
    if (zone !== undefined) under(`${pointer}/zone`, () => getZone(zone));
    if (duration) validateDuration(duration, series, `${pointer}/duration`);
    const code: TimeErrorCode = 'not_an_occurrence';
    if (!times.has(stampOf(original)) || overridden.has(stampOf(original))) {
      throw new TimeError(
        code,
        `${pointer}/original`,
        'No occurrence has this original start, or it is overridden twice.',
      );
    }
    overridden.add(stampOf(original));
  });
}

function under(pointer: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof TimeError ? error.under(pointer) : error;
  }
}

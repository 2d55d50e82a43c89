import type { RecurrenceRule, RuleWeekday } from './rule.js';
import { MONTHS, WEEKDAYS, anyOf, list, ordinal } from './words-lists.js';

/**
 * Describes the days that a rule chooses, such as `on the last Friday in June`. Empty if it leaves them to its start.
 */
export function daysInWords(rule: RecurrenceRule): string {
  const days = rule.bySetPosition ? pickedDays(rule) : chosenDays(rule);
  return joinPhrases([days, rule.byWeekNumber && weeksInWords(rule.byWeekNumber), monthsInWords(rule)]);
}

/** Describes the times of day: `at 09:30 and 15:30`. Empty if the rule leaves them to its start. */
export function timesInWords({ byHour, byMinute, bySecond }: RecurrenceRule): string {
  const phrases: string[] = [];
  if (byHour && byMinute && byHour.length * byMinute.length <= 6) {
    phrases.push(list(byHour.flatMap((hour) => byMinute.map((minute) => `${twoDigits(hour)}:${twoDigits(minute)}`))));
  } else {
    if (byHour) phrases.push(`hour ${list(byHour.map(String))}`);
    if (byMinute) phrases.push(`minute ${list(byMinute.map(String))}`);
  }
  if (bySecond) phrases.push(`second ${list(bySecond.map(String))}`);
  return phrases.length > 0 ? `at ${phrases.join(', ')}` : '';
}

export function monthsInWords({ byMonth }: RecurrenceRule): string {
  return byMonth ? `in ${list(byMonth.map((month) => MONTHS[month - 1]!))}` : '';
}

/** Returns the names of weekdays, each once and in order; `weekday` for Monday to Friday, `day` for all seven. */
export function weekdayNames(byDay: readonly RuleWeekday[]): string[] {
  const weekdays = [...new Set(byDay.map(({ weekday }) => weekday))].sort((a, b) => a - b);
  if (weekdays.length === 7) return ['day'];
  if (weekdays.length === 5 && weekdays.every((weekday) => weekday < 5)) return ['weekday'];
  return weekdays.map((weekday) => WEEKDAYS[weekday]);
}

/** Joins the phrases that are not empty with spaces. */
export function joinPhrases(phrases: readonly (string | undefined)[]): string {
  return phrases.filter((phrase) => phrase !== undefined && phrase !== '').join(' ');
}

function chosenDays(rule: RecurrenceRule): string {
  const { byMonthDay, byYearDay, byDay } = rule;
  const dates = joinPhrases([
    byMonthDay && `on the ${list(byMonthDay.map(monthDayInWords))}`,
    byYearDay && `on the ${list(byYearDay.map((day) => ordinal(day, true)))} day of the year`,
  ]);
  if (!byDay) return dates;
  const onlyWeekdays = dates === '' && rule.frequency !== 'daily';
  const hasOrdinals = byDay.some(({ ordinal: number }) => number !== undefined);
  if (hasOrdinals)
    return onlyWeekdays ? `on ${list(numberedWeekdays(rule))}` : `${dates} when it is ${anyOf(numberedWeekdays(rule))}`;
  const names = weekdayNames(byDay);
  if (onlyWeekdays) return rule.byWeekNumber ? `on ${list(names)}` : `on each ${list(names)}`;
  return joinPhrases([dates, `when it is a ${anyOf(names)}`]);
}

/** Describes BYSETPOS: `on the last weekday`, or in general the days followed by `(only the last of these)`. */
function pickedDays(rule: RecurrenceRule): string {
  const positions = list(rule.bySetPosition!.map((position) => ordinal(position)));
  const { byDay, byMonthDay, byYearDay, byHour, byMinute, bySecond, bySetPosition: _picked, ...others } = rule;
  const plain = byDay?.every(({ ordinal: number }) => number === undefined) ?? false;
  if (byDay && plain && !byMonthDay && !byYearDay && !byHour && !byMinute && !bySecond) {
    return `on the ${positions} ${anyOf(weekdayNames(byDay))}`;
  }
  const days = chosenDays({ ...others, byDay, byMonthDay, byYearDay });
  return joinPhrases([days, `(only the ${positions} of these)`]);
}

function numberedWeekdays({ byDay = [], frequency, byMonth }: RecurrenceRule): string[] {
  const within = frequency === 'yearly' && !byMonth ? ' of the year' : '';
  return byDay.map(({ weekday, ordinal: number }) =>
    number === undefined ? `each ${WEEKDAYS[weekday]}` : `the ${ordinal(number)} ${WEEKDAYS[weekday]}${within}`,
  );
}

function monthDayInWords(day: number): string {
  return day > 0 ? ordinal(day, true) : `${ordinal(day)} day`;
}

function weeksInWords(weeks: readonly number[]): string {
  return `in ${list(weeks.map((week) => (week > 0 ? `week ${week}` : `the ${ordinal(week)} week`)))}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

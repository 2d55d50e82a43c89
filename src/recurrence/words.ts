import { civilFromDay, weekdayOf } from '../time/calendar-day.js';
import type { LocalTime } from '../time/local-time.js';
import type { Frequency, RecurrenceRule } from './rule.js';
import { endInWords, type WordsContext } from './words-end.js';
import { daysInWords, joinPhrases, monthsInWords, timesInWords, weekdayNames } from './words-parts.js';
import { MONTHS, WEEKDAYS, list, ordinal } from './words-lists.js';

export type { WordsContext } from './words-end.js';

const UNITS: Record<Frequency, string> = { daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' };

/**
 * Describes a rule in plain English: `every second Tuesday until 30 June 2026`. Dates and times are in the zone of the
 * series.
 * @throws TimeError `unknown_time_zone`
 */
export function ruleInWords(rule: RecurrenceRule, context: WordsContext): string {
  return patternInWords(rule, context) + endInWords(rule, context);
}

/** Describes a rule without its end: `every second Tuesday`. @throws TimeError `unknown_time_zone` */
export function patternInWords(rule: RecurrenceRule, context: WordsContext): string {
  return joinPhrases([daysPattern(rule, context.start), timesInWords(rule)]);
}

function daysPattern(rule: RecurrenceRule, start: LocalTime): string {
  const { frequency, interval, byDay, bySetPosition } = rule;
  const every = interval === 1 ? 'every' : `every ${ordinal(interval)}`;
  const onlyByWeekday = frequency === 'daily' && interval === 1 && byDay && !rule.byMonthDay;
  if ((frequency !== 'weekly' && !onlyByWeekday) || bySetPosition) {
    return joinPhrases([every, UNITS[frequency], impliedInWords(rule, start), daysInWords(rule)]);
  }
  const names = weekdayNames(byDay ?? [{ weekday: weekdayOf(start.day) }]);
  const severalInSomeWeeks = interval > 1 && (byDay?.length ?? 1) > 1;
  const days = severalInSomeWeeks ? `week on ${list(names).replace(/^(week)?day$/, 'each $&')}` : list(names);
  return joinPhrases([every, days, monthsInWords(rule)]);
}

/** Describes the day that a monthly or yearly rule without days takes from its start. */
function impliedInWords(rule: RecurrenceRule, start: LocalTime): string {
  const { frequency, byDay, byMonthDay, byYearDay, byWeekNumber, byMonth } = rule;
  if (frequency === 'daily' || frequency === 'weekly' || byDay || byMonthDay || byYearDay) return '';
  if (byWeekNumber) return `on ${WEEKDAYS[weekdayOf(start.day)]}`;
  const { month, dayOfMonth } = civilFromDay(start.day);
  const yearlyDate = frequency === 'yearly' && !byMonth;
  return yearlyDate ? `on ${dayOfMonth} ${MONTHS[month - 1]}` : `on the ${ordinal(dayOfMonth, true)}`;
}

import { civilFromDay, weekdayOf } from '../../platform/time/calendar-day.js';
import { SECONDS_IN_DAY, formatLocalTime, localOf, type LocalTime } from '../../platform/time/local-time.js';
import type { Frequency, RecurrenceRule, Until } from './rule.js';
import { getZone } from '../../platform/time/time-zone.js';
import { daysInWords, joined, monthsInWords, timesInWords, weekdayNames } from './words-parts.js';
import { MONTHS, WEEKDAYS, list, ordinal } from './words-lists.js';

/** What a rule takes from its series: the start fills the parts it leaves open, the zone places an UNTIL in UTC. */
export type WordsContext = { start: LocalTime; zone: string | null };

const UNITS: Record<Frequency, string> = { daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' };

/**
 * A rule in plain English: `every second Tuesday until 30 June 2026`. Dates and times are those of the series' zone.
 * @throws TimeError `unknown_time_zone`
 */
export function ruleInWords(rule: RecurrenceRule, context: WordsContext): string {
  return joined([patternInWords(rule, context), endInWords(rule, context)]);
}

/**
 * What changed from one rule to another, null standing for none: `now every Tuesday instead of Monday; ends 30 June
 * 2026`. Empty if both say the same.
 * @throws TimeError `unknown_time_zone`
 */
export function ruleChangeInWords(
  before: RecurrenceRule | null,
  after: RecurrenceRule | null,
  contexts: { before: WordsContext; after: WordsContext },
): string {
  if (!before && !after) return '';
  if (!after) return 'no longer repeats';
  if (!before) return `now repeats ${ruleInWords(after, contexts.after)}`;
  const changes: string[] = [];
  const oldPattern = patternInWords(before, contexts.before);
  const newPattern = patternInWords(after, contexts.after);
  if (oldPattern !== newPattern) changes.push(`now ${newPattern} instead of ${oldPattern.replace(/^every /, '')}`);
  const oldEnd = endAloneInWords(before, contexts.before);
  const newEnd = endAloneInWords(after, contexts.after);
  if (oldEnd !== newEnd) {
    const insteadOf = oldEnd === '' ? '' : ` instead of ${oldEnd}`;
    changes.push(newEnd === '' ? 'no longer ends' : `ends ${newEnd}${insteadOf}`);
  }
  return changes.join('; ');
}

function patternInWords(rule: RecurrenceRule, context: WordsContext): string {
  return joined([daysPattern(rule, context.start), timesInWords(rule)]);
}

function daysPattern(rule: RecurrenceRule, start: LocalTime): string {
  const { frequency, interval, byDay, bySetPosition } = rule;
  const every = interval === 1 ? 'every' : `every ${ordinal(interval)}`;
  const onlyByWeekday = frequency === 'daily' && interval === 1 && byDay && !rule.byMonthDay;
  if ((frequency !== 'weekly' && !onlyByWeekday) || bySetPosition) {
    return joined([every, UNITS[frequency], impliedInWords(rule, start), daysInWords(rule)]);
  }
  const names = weekdayNames(byDay ?? [{ weekday: weekdayOf(start.day) }]);
  const severalInSomeWeeks = interval > 1 && (byDay?.length ?? 1) > 1;
  const days = severalInSomeWeeks ? `week on ${list(names).replace(/^(week)?day$/, 'each $&')}` : list(names);
  return joined([every, days, monthsInWords(rule)]);
}

/** What a monthly or yearly rule without days takes from its start. */
function impliedInWords(rule: RecurrenceRule, start: LocalTime): string {
  const { frequency, byDay, byMonthDay, byYearDay, byWeekNumber, byMonth } = rule;
  if (frequency === 'daily' || frequency === 'weekly' || byDay || byMonthDay || byYearDay) return '';
  if (byWeekNumber) return `on ${WEEKDAYS[weekdayOf(start.day)]}`;
  const { month, dayOfMonth } = civilFromDay(start.day);
  const yearlyDate = frequency === 'yearly' && !byMonth;
  return yearlyDate ? `on ${dayOfMonth} ${MONTHS[month - 1]}` : `on the ${ordinal(dayOfMonth, true)}`;
}

/** As it follows a pattern: `until 30 June 2026`, `3 times`. */
function endInWords({ count, until }: RecurrenceRule, { zone }: WordsContext): string {
  if (count !== undefined) return times(count);
  return until ? `until ${untilInWords(until, zone)}` : '';
}

/** As it follows "ends": `30 June 2026`, `after 3 times`. */
function endAloneInWords({ count, until }: RecurrenceRule, { zone }: WordsContext): string {
  if (count !== undefined) return `after ${times(count)}`;
  return until ? untilInWords(until, zone) : '';
}

function times(count: number): string {
  return count === 1 ? 'one time' : `${count} times`;
}

function untilInWords(until: Until, zone: string | null): string {
  if (until.form === 'date') return dateInWords(until.day);
  const local = until.form === 'local' ? until.local : localOf(getZone(zone).toStamp(until.epochSecond));
  // The last second of a day says no more than the day.
  if (local.second === SECONDS_IN_DAY - 1) return dateInWords(local.day);
  return `${dateInWords(local.day)} ${formatLocalTime(local).slice(11, 16)}`;
}

function dateInWords(day: number): string {
  const { year, month, dayOfMonth } = civilFromDay(day);
  return `${dayOfMonth} ${MONTHS[month - 1]} ${year}`;
}

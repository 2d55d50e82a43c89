import { civilFromDay } from '../time/calendar-day.js';
import { SECONDS_IN_DAY, localOf, stampOf, type LocalStamp } from '../time/local-time.js';
import type { RecurrenceRule, Until } from './rule.js';
import { compileSeries } from './series-times.js';
import type { Series } from './series.js';

/** Enough dates to find out whether two rules differ: those of endless rules repeat. */
const MANY = 5_000;
/** Daily and weekly rules without months or days of months repeat within a few weeks. */
const FEW = 500;
/** After so many seconds, 400 years, the calendar repeats: the same days of months on the same weekdays. */
const CALENDAR_CYCLE = 146_097 * SECONDS_IN_DAY;

/** Returns the dates of the rule of a series, without added and excluded ones; of many, as many as tell its pattern. */
export function listPattern(series: Series): LocalStamp[] {
  const { rule } = series;
  if (rule === null) return [stampOf(series.start)];
  const repeatsSoon = (rule.frequency === 'daily' || rule.frequency === 'weekly') && !rule.byMonth && !rule.byMonthDay;
  const end = rule.frequency === 'yearly' ? stampOf(series.start) + rule.interval * CALENDAR_CYCLE : Infinity;
  return listStamps(series, repeatsSoon ? FEW : MANY, end);
}

/** Returns the first dates of the rule from its start on, without regard to its end. */
export const listDates = (series: Series, limit: number): LocalStamp[] =>
  listStamps({ ...series, rule: series.rule && withoutEnd(series.rule) }, limit);

/** Returns true when the rule, without regard to its end, begins with the dates, all moved by `shift` seconds. */
export function followsExactly(series: Series, stamps: readonly LocalStamp[], shift: number): boolean {
  return matches(series, stamps, (found, wanted) => found === wanted + shift);
}

/** Returns true when the rule, without regard to its end, has as many dates in each month or year as the list. */
export function followsByPeriod(series: Series, stamps: readonly LocalStamp[]): boolean {
  const withinYear = series.rule!.frequency === 'yearly';
  const periodOf = (stamp: LocalStamp): number => {
    const { year, month } = civilFromDay(Math.floor(stamp / SECONDS_IN_DAY));
    return withinYear ? year : year * 12 + month;
  };
  return matches(series, stamps, (found, wanted) => periodOf(found) === periodOf(wanted));
}

function matches(
  series: Series,
  stamps: readonly LocalStamp[],
  areEqual: (found: LocalStamp, wanted: LocalStamp) => boolean,
): boolean {
  let index = 0;
  let equal = true;
  compileSeries({ ...bare(series), rule: withoutEnd(series.rule!) }).rule.forward(stampOf(series.start), (stamp) => {
    equal = areEqual(stamp, stamps[index]!);
    index += 1;
    return equal && index < stamps.length;
  });
  return equal && index === stamps.length;
}

/**
 * Returns the rule of the series with an end after which it has `count` dates; null is a series without an end. UNTIL
 * stays where that gives so many, moves by `shift` seconds where that does, and is the last date otherwise.
 */
export function endAfter(series: Series, count: number | null, shift: number): RecurrenceRule {
  const rule = series.rule!;
  if (count === null) return withoutEnd(rule);
  if (rule.until === undefined) return { ...rule, count };
  const fits = (until: Until): boolean => countOf({ ...series, rule: { ...rule, until } }) === count;
  const found = [rule.until, moveUntil(rule.until, shift)].find(fits);
  if (found) return { ...rule, until: found };
  const last = localOf(dateAt(series, count - 1));
  const wholeDay: Until = { form: 'date', day: last.day };
  return { ...rule, until: fits(wholeDay) ? wholeDay : { form: 'local', local: last } };
}

/** Returns the number of dates of the rule; null for a rule without an end. */
export const countOf = (series: Series): number | null => compileSeries(bare(series)).rule.count();

function dateAt(series: Series, index: number): LocalStamp {
  const counted = { ...withoutEnd(series.rule!), count: index + 1 };
  let last = stampOf(series.start);
  compileSeries({ ...bare(series), rule: counted }).rule.backward(Infinity, (stamp) => {
    last = stamp;
    return false;
  });
  return last;
}

function moveUntil(until: Until, shift: number): Until {
  if (until.form === 'instant') return { form: 'instant', epochSecond: until.epochSecond + shift };
  if (until.form === 'local') return { form: 'local', local: localOf(stampOf(until.local) + shift) };
  return { form: 'date', day: until.day + Math.round(shift / SECONDS_IN_DAY) };
}

function listStamps(series: Series, limit: number, end = Infinity): LocalStamp[] {
  const stamps: LocalStamp[] = [];
  compileSeries(bare(series)).rule.forward(stampOf(series.start), (stamp) => stamp < end && stamps.push(stamp) < limit);
  return stamps;
}

const bare = (series: Series): Series => ({ ...series, added: [], excluded: [], overrides: [] });

function withoutEnd({ count: _count, until: _until, ...rule }: RecurrenceRule): RecurrenceRule {
  return rule;
}

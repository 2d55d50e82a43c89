import { formatLocalTime, localOf, stampOf, type LocalTime } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { civilFromDay, dayFromCivil } from '../time/calendar-day.js';
import { countOf, endAfter, followsByPeriod, followsExactly, listDates, listPattern } from './follow.js';
import { type Move, movedRules, ordinalRule } from './move-rule.js';
import type { RecurrenceRule } from './rule.js';
import { compileSeries } from './series-times.js';
import type { Duration, Series } from './series.js';
import { validateRule } from './validate-rule.js';

/**
 * Moves a whole series on its wall clock, so that its start is at `newStart` and every other date moves as far: those of
 * the rule, added and excluded dates, and the original starts of overrides. An override with a start of its own keeps it.
 * COUNT stays, and UNTIL moves where the number of dates would change. Weekdays with an ordinal follow the `reference`
 * instead (from the second Monday to the second Tuesday) where no rule gives the exact dates, but never away from an
 * excluded or overridden date.
 *
 * @param reference original start of the occurrence that moves to where the caller wants it; the start when absent
 * @throws TimeError `start_not_in_pattern` if no rule gives the moved dates
 */
export function moveSeries(
  series: Series,
  newStart: LocalTime,
  newDuration: Duration = series.duration,
  reference: LocalTime = series.start,
): Series {
  const shift = stampOf(newStart) - stampOf(series.start);
  const times = compileSeries({ ...series, excluded: [] });
  const moveAll = (dates: readonly LocalTime[]): LocalTime[] => dates.map((date) => localOf(stampOf(date) + shift));
  const moved: Series = {
    ...series,
    start: newStart,
    duration: newDuration,
    added: moveAll(series.added),
    excluded: moveAll(series.excluded.filter((date) => times.has(stampOf(date)))),
    overrides: series.overrides.map((override) => ({ ...override, original: moveAll([override.original])[0]! })),
  };
  if (series.rule === null || shift === 0) return moved;
  const move = {
    from: series.start,
    to: newStart,
    reference: times.rule.has(stampOf(reference)) ? reference : series.start,
  };
  // The dates of the rule begin with the start in every series that was validated.
  const isValidStart = listDates(series, 1)[0] === stampOf(series.start);
  const found =
    isValidStart && (followExactly(series, moved, move, shift) ?? followOrdinals(series, moved, move, shift));
  return found || refuse(moved, move);
}

function followExactly(series: Series, moved: Series, move: Move, shift: number): Series | null {
  const { byHour, byMinute, bySecond } = series.rule!;
  // Another time of the same day, which the rule leaves to the start: its days stay, whatever they are.
  if (move.from.day === move.to.day && !byHour && !byMinute && !bySecond) return withEnd(series, moved, shift);
  const stamps = listPattern(series);
  for (const rule of movedRules(series.rule!, move)) {
    if (isValid(rule) && followsExactly({ ...moved, rule }, stamps, shift)) {
      return withEnd(series, { ...moved, rule }, shift);
    }
  }
  return null;
}

function followOrdinals(series: Series, moved: Series, move: Move, shift: number): Series | null {
  const rule = ordinalRule(series.rule!, move);
  if (rule === null || !isValid(rule)) return null;
  const start = firstOfSamePeriod(series, rule, moved.start);
  if (start === null || !followsByPeriod({ ...moved, rule, start }, listPattern(series))) return null;
  const found = withEnd(series, { ...moved, rule, start }, shift);
  const times = compileSeries({ ...found, excluded: [] });
  const named = [...found.excluded, ...found.overrides.map(({ original }) => original)].map(stampOf);
  return [...named, stampOf(move.reference) + shift].every(times.has) ? found : null;
}

/** Returns the date that has the position of the old start in its month or year. */
function firstOfSamePeriod(series: Series, rule: RecurrenceRule, { second }: LocalTime): LocalTime | null {
  const { year, month } = civilFromDay(series.start.day);
  const day = dayFromCivil(year, rule.frequency === 'yearly' ? 1 : month, 1);
  const before = listDates({ ...series, start: { day, second: series.start.second } }, MAX_DATES_PER_PERIOD);
  const position = before.indexOf(stampOf(series.start));
  const found = listDates({ ...series, rule, start: { day, second } }, MAX_DATES_PER_PERIOD)[position];
  return found === undefined ? null : localOf(found);
}

/** Weekdays of a year. */
const MAX_DATES_PER_PERIOD = 366;

const withEnd = (before: Series, moved: Series, shift: number): Series => ({
  ...moved,
  rule: endAfter(moved, countOf(before), shift),
});

function isValid(rule: RecurrenceRule): boolean {
  try {
    validateRule(rule);
    return true;
  } catch (error) {
    if (error instanceof TimeError) return false;
    throw error;
  }
}

function refuse(moved: Series, move: Move): never {
  const dates = movedRules(moved.rule!, move)
    .filter(isValid)
    .flatMap((rule) => listDates({ ...moved, rule }, 1));
  const next = dates.find((stamp) => stamp !== stampOf(moved.start));
  const message = `No rule moves every occurrence as far as the start, to ${formatLocalTime(moved.start)}. Send the new rule with it.`;
  throw new TimeError('start_not_in_pattern', '/start', message, next === undefined ? next : localOf(next));
}

import { SECONDS_IN_DAY, localOf, stampOf, type LocalStamp, type LocalTime } from '../time/local-time.js';
import { compilePeriodStamps } from './period-stamps.js';
import { compileSeries, type SeriesTimes } from './series-times.js';
import type { Override, Series } from './series.js';

/**
 * Returns the changed series with the excluded dates and overrides of the series before, under new original starts: the
 * first of these that the changed series has are the old ones moved by one of the `shifts` (seconds), or the same
 * position in the same month of a rule that moved. Those of occurrences that it no longer has are dropped.
 * @param after the changed series, with its added dates, without excluded dates and overrides
 */
export function renameWhereFound(before: Series, after: Series, shifts: readonly number[]): Series {
  const times = compileSeries(after);
  const rename = (time: LocalTime): LocalTime | null => {
    const stamp = stampOf(time);
    const found = shifts.map((shift) => stamp + shift).find((candidate) => times.has(candidate));
    const name = found ?? (shifts.length > 1 ? samePosition(before, after, times, stamp) : null);
    return name === null ? null : localOf(name);
  };
  return {
    ...after,
    excluded: renameAll(before.excluded, rename),
    overrides: renameOverrides(before.overrides, rename),
  };
}

type Rename = (time: LocalTime) => LocalTime | null;

/** Each series numbers its periods from its own start, so equal indexes mean corresponding periods. */
function samePosition(before: Series, after: Series, times: SeriesTimes, stamp: LocalStamp): LocalStamp | null {
  if (!before.rule || !after.rule) return null;
  const { frequency, interval } = before.rule;
  if (frequency !== after.rule.frequency || interval !== after.rule.interval) return null;
  if (frequency === 'daily' || frequency === 'weekly') return null;
  const old = compilePeriodStamps(before.rule, before.start, before.allDay);
  const index = old.periods.indexFrom(Math.floor(stamp / SECONDS_IN_DAY));
  const oldPeriod = old.period(index);
  const position = old.positionFrom(oldPeriod, stamp);
  if (position === oldPeriod.size || old.at(oldPeriod, position) !== stamp) return null;
  const moved = compilePeriodStamps(after.rule, after.start, after.allDay);
  const period = moved.period(index);
  if (position >= period.size) return null;
  const found = moved.at(period, position);
  return times.has(found) ? found : null;
}

function renameAll(times: readonly LocalTime[], rename: Rename): LocalTime[] {
  const renamed = times.map(rename).filter((time) => time !== null);
  const unique = new Map(renamed.map((time) => [stampOf(time), time]));
  return [...unique.values()].sort((a, b) => stampOf(a) - stampOf(b));
}

function renameOverrides(overrides: readonly Override[], rename: Rename): Override[] {
  const renamed = new Map<LocalStamp, Override>();
  for (const override of overrides) {
    const original = rename(override.original);
    if (original && !renamed.has(stampOf(original))) renamed.set(stampOf(original), { ...override, original });
  }
  return [...renamed.values()].sort((a, b) => stampOf(a.original) - stampOf(b.original));
}

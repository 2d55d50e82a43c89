import { SECONDS_IN_DAY, localOf, stampOf, type LocalStamp, type LocalTime } from '../time/local-time.js';
import { compilePeriodStamps } from './period-stamps.js';
import { compileSeries, type SeriesTimes } from './series-times.js';
import type { Override, Series } from './series.js';

/** The new name of what had a name, or null if it has none any more. */
export type Rename = (time: LocalTime) => LocalTime | null;

/**
 * How names change from one series to the moved one; see `moveSeries`, rule 3.
 * @param shift seconds on the wall clock by which names move first of all
 * @param shiftOfTime the part of the shift that is less than a day
 */
export function renaming(before: Series, after: Series, shift: number, shiftOfTime: number): Rename {
  const times = compileSeries(after);
  const added = new Set(before.added.map(stampOf));
  return (time) => {
    const stamp = stampOf(time);
    if (added.has(stamp)) return localOf(stamp + shift);
    const names = [stamp + shift, stamp + shiftOfTime, stamp];
    const found = names.find((name) => times.has(name)) ?? samePosition(before, after, times, stamp);
    return found === null ? null : localOf(found);
  };
}

/** Periods are numbered from either start, so the same number means the corresponding period. */
function samePosition(before: Series, after: Series, times: SeriesTimes, stamp: LocalStamp): LocalStamp | null {
  if (!before.rule || !after.rule) return null;
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

export function renameAll(times: readonly LocalTime[], rename: Rename): LocalTime[] {
  const renamed = times.map(rename).filter((time) => time !== null);
  const once = new Map(renamed.map((time) => [stampOf(time), time]));
  return [...once.values()].sort((a, b) => stampOf(a) - stampOf(b));
}

export function renameOverrides(overrides: readonly Override[], rename: Rename): Override[] {
  const renamed = new Map<LocalStamp, Override>();
  for (const override of overrides) {
    const original = rename(override.original);
    if (original && !renamed.has(stampOf(original))) renamed.set(stampOf(original), { ...override, original });
  }
  return [...renamed.values()].sort((a, b) => stampOf(a.original) - stampOf(b.original));
}

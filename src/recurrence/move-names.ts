import { SECONDS_IN_DAY, localOf, stampOf, type LocalStamp, type LocalTime } from '../time/local-time.js';
import { compilePeriodStamps } from './period-stamps.js';
import { compileSeries, type SeriesTimes } from './series-times.js';
import type { Override, Series } from './series.js';

/** Returns the new original start of an occurrence, or null if the moved series no longer has that occurrence. */
export type Rename = (time: LocalTime) => LocalTime | null;

/**
 * Maps the original starts of a series to those of the moved series; see `moveSeries`, rule 3.
 * @param shift seconds on the wall clock by which the start moves
 * @param shiftOfTime the change of the time of day alone, in seconds
 */
export function buildRename(before: Series, after: Series, shift: number, shiftOfTime: number): Rename {
  const times = compileSeries(after);
  const added = new Set(before.added.map(stampOf));
  return (time) => {
    const stamp = stampOf(time);
    if (added.has(stamp)) return localOf(stamp + shift);
    const candidates = [stamp + shift, stamp + shiftOfTime, stamp];
    const found = candidates.find((candidate) => times.has(candidate)) ?? samePosition(before, after, times, stamp);
    return found === null ? null : localOf(found);
  };
}

/** Each series numbers its periods from its own start, so equal indexes mean corresponding periods. */
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
  const unique = new Map(renamed.map((time) => [stampOf(time), time]));
  return [...unique.values()].sort((a, b) => stampOf(a) - stampOf(b));
}

export function renameOverrides(overrides: readonly Override[], rename: Rename): Override[] {
  const renamed = new Map<LocalStamp, Override>();
  for (const override of overrides) {
    const original = rename(override.original);
    if (original && !renamed.has(stampOf(original))) renamed.set(stampOf(original), { ...override, original });
  }
  return [...renamed.values()].sort((a, b) => stampOf(a.original) - stampOf(b.original));
}

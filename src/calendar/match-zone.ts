import { TimeSlices } from '../platform/hooks/time-slices.js';
import { dayFromCivil } from '../time/calendar-day.js';
import { zoneOffsets, type ZoneOffsets } from '../time/zone-offsets.js';
import { offsetAmong, type ZoneRules } from './vtimezone-rules.js';
import { COMMON_ZONES } from './windows-zones.js';

export interface Years {
  first: number;
  last: number;
}

/** Compared years. A zone that agrees for so long is the same one. */
const MAX_YEARS = 10;

/**
 * Returns the instants at which two zones that differ in some years have different offsets: around each change of the
 * rules, and in the middle of each quarter.
 */
function probesOf(changes: { at: number }[], { first, last }: Years): number[] {
  const from = dayFromCivil(first, 1, 1) * 86_400;
  const to = dayFromCivil(last + 1, 1, 1) * 86_400;
  const quarters = [];
  for (let year = first; year <= last; year += 1) {
    for (const month of [1, 4, 7, 10]) quarters.push(dayFromCivil(year, month, 20) * 86_400);
  }
  return [...quarters, ...changes.flatMap(({ at }) => [at - 1, at]).filter((at) => at >= from && at < to)];
}

/** Returns true when a zone has the offsets of the rules in some years. */
export function hasOffsets(zone: ZoneOffsets, rules: ZoneRules, { first, last }: Years): boolean {
  const years = { first, last: Math.min(last, first + MAX_YEARS - 1) };
  const changes = rules.changes(years.first, years.last);
  return probesOf(changes, years).every((at) => zone.at(at) === offsetAmong(changes, rules.fallback, at));
}

/**
 * Returns the IANA zone that has the offsets of the rules in some years; null when there is none. A zone whose place the
 * name contains comes first, and then those in which most people live.
 */
export async function matchZone(name: string, rules: ZoneRules, years: Years): Promise<string | null> {
  const slices = new TimeSlices();
  const lower = name.toLowerCase();
  const isNamed = (zone: string): boolean => lower.includes(zone.split('/').at(-1)!.replaceAll('_', ' ').toLowerCase());
  const all = Intl.supportedValuesOf('timeZone');
  for (const zone of new Set([...all.filter(isNamed), ...COMMON_ZONES, ...all])) {
    await slices.pause();
    if (hasOffsets(zoneOffsets(zone), rules, years)) return zone;
  }
  return null;
}

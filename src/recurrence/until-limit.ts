import { SECONDS_IN_DAY, stampOf, type LocalStamp } from '../time/local-time.js';
import type { Until } from './rule.js';
import type { Zone } from '../time/zone.js';

/** An instant's local time is known to within this much without asking for the gap it may lie in. */
export const MARGIN = 2 * SECONDS_IN_DAY;

/** UNTIL as a test of local times, none of which is included after `latest`. */
export type Limit = { latest: LocalStamp; includes(stamp: LocalStamp): boolean };

/** Only an UNTIL given as an instant asks the zone, and only near its end. */
export function compileLimit(until: Until | undefined, zone: Zone): Limit {
  if (until === undefined) return { latest: Infinity, includes: () => true };
  if (until.form !== 'instant') {
    const latest = until.form === 'date' ? (until.day + 1) * SECONDS_IN_DAY - 1 : stampOf(until.local);
    return { latest, includes: (stamp) => stamp <= latest };
  }
  const { epochSecond } = until;
  const around = zone.toStamp(epochSecond);
  return {
    latest: around + MARGIN,
    includes: (stamp) => stamp < around - MARGIN || zone.toInstant(stamp).epochSecond <= epochSecond,
  };
}

import { SECONDS_IN_DAY, stampOf, type LocalStamp } from '../time/local-time.js';
import type { Until } from './rule.js';
import type { Zone } from '../time/zone.js';

/** Seconds around UNTIL within which a gap may affect the comparison. Only there does the limit ask the zone. */
export const MARGIN = 2 * SECONDS_IN_DAY;

/** UNTIL as a test of local times. No local time after `latest` is included. */
export type Limit = { latest: LocalStamp; includes(stamp: LocalStamp): boolean };

/** Compiles UNTIL. Only an UNTIL that is an instant uses the zone, and only for times near it. */
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

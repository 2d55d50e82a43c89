import { localOf, stampOf, type LocalTime } from './local-time.js';
import { getZone, type ZonedInstant } from './zone.js';

/** True for the IANA names that this runtime supports, in any case. False for offsets and abbreviations. */
export function isTimeZone(name: string): boolean {
  try {
    getZone(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the name in its usual spelling (`europe/paris` → `Europe/Paris`). Links are not resolved.
 * @throws TimeError `unknown_time_zone`
 */
export function canonicalTimeZone(name: string): string {
  return getZone(name).name;
}

/**
 * Returns the instant of a local time in a zone. A time in a gap moves forward by the length of the gap; a time that
 * occurs twice means the first one (RFC 5545 §3.3.5 and erratum 4271).
 * @throws TimeError `unknown_time_zone`
 */
export function toInstant(local: LocalTime, zone: string | null): ZonedInstant {
  return getZone(zone).toInstant(stampOf(local));
}

/**
 * Returns the instant from which on the clocks of a zone show a local time or a later one, as a bound of a window: for a
 * time in a gap, the end of the gap.
 * @throws TimeError `unknown_time_zone`
 */
export function toBound(local: LocalTime, zone: string | null): number {
  const { toStamp } = getZone(zone);
  const { epochSecond, adjusted } = toInstant(local, zone);
  if (!adjusted) return epochSecond;
  const gap = toStamp(epochSecond) - stampOf(local);
  let [before, after] = [epochSecond - gap, epochSecond];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (toStamp(middle) < stampOf(local)) before = middle;
    else after = middle;
  }
  return after;
}

/**
 * Returns the local time in a zone at an instant (epoch seconds).
 * @throws TimeError `unknown_time_zone`
 */
export function toLocal(epochSecond: number, zone: string | null): LocalTime {
  return localOf(getZone(zone).toStamp(epochSecond));
}

/** Returns the version of the time zone data of this runtime, such as `2025c`. */
export function tzdataVersion(): string {
  return process.versions.tz ?? 'unknown';
}

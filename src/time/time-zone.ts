import { localOf, stampOf, type LocalTime } from './local-time.js';
import { getZone, type ZonedInstant } from './zone.js';

/** True for the names of the IANA database that this runtime knows, in any case; not for offsets or abbreviations. */
export function isTimeZone(name: string): boolean {
  try {
    getZone(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * The name in its usual spelling (`europe/paris` → `Europe/Paris`), never another place's name.
 * @throws TimeError `unknown_time_zone`
 */
export function canonicalTimeZone(name: string): string {
  return getZone(name).name;
}

/**
 * The instant of a local time in a zone. A time in a gap moves forward by the gap, a time that occurs twice is the
 * first (RFC 5545 §3.3.5 and erratum 4271).
 * @throws TimeError `unknown_time_zone`
 */
export function toInstant(local: LocalTime, zone: string | null): ZonedInstant {
  return getZone(zone).toInstant(stampOf(local));
}

/**
 * What the clocks of a zone show at an instant (epoch seconds).
 * @throws TimeError `unknown_time_zone`
 */
export function toLocal(epochSecond: number, zone: string | null): LocalTime {
  return localOf(getZone(zone).toStamp(epochSecond));
}

/** The version of the time zone data that instants are computed with, such as `2025c`. */
export function tzdataVersion(): string {
  return process.versions.tz ?? 'unknown';
}

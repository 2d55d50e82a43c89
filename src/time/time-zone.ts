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

import { dayFromCivil, LAST_DAY } from './calendar-day.js';
import { formatLocalTime, localOf, SECONDS_IN_DAY } from './local-time.js';

/** Of the years 0000 to 9999. */
const FIRST_MS = dayFromCivil(0, 1, 1) * SECONDS_IN_DAY * 1_000;
const LAST_MS = (LAST_DAY + 1) * SECONDS_IN_DAY * 1_000 - 1;

/**
 * Formats an instant as `toISOString` does, in UTC: `2026-06-01T08:00:00.000Z`. That takes three times as long, and events
 * consist of times for a good part.
 * @throws RangeError for an invalid time
 */
export function formatInstant(time: Date): string {
  const milliseconds = time.getTime();
  const isCommon = milliseconds >= FIRST_MS && milliseconds <= LAST_MS;
  if (!isCommon) return time.toISOString();
  const second = Math.floor(milliseconds / 1_000);
  const rest = String(milliseconds - second * 1_000).padStart(3, '0');
  return `${formatLocalTime(localOf(second))}.${rest}Z`;
}

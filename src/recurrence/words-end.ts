import { civilFromDay } from '../time/calendar-day.js';
import { SECONDS_IN_DAY, formatLocalTime, localOf, type LocalTime } from '../time/local-time.js';
import type { RecurrenceRule, Until } from './rule.js';
import { MONTHS } from './words-lists.js';
import { getZone } from '../time/zone.js';

/**
 * The series of a rule: its start fills in what the rule leaves open, its zone gives the local time of an UNTIL in UTC.
 */
export type WordsContext = { start: LocalTime; zone: string | null };

/** Describes the end of a rule after its pattern: ` until 30 June 2026`, `, 3 times`. */
export function endInWords({ count, until }: RecurrenceRule, { zone }: WordsContext): string {
  if (count !== undefined) return count === 1 ? ', once' : `, ${count} times`;
  return until ? ` until ${untilInWords(until, zone)}` : '';
}

/** Describes the end of a rule after the word "end": `on 30 June 2026`, `after 3 occurrences`. Empty without an end. */
export function endAloneInWords({ count, until }: RecurrenceRule, { zone }: WordsContext): string {
  if (count !== undefined) return `after ${count} ${count === 1 ? 'occurrence' : 'occurrences'}`;
  return until ? `on ${untilInWords(until, zone)}` : '';
}

function untilInWords(until: Until, zone: string | null): string {
  if (until.form === 'date') return dateInWords(until.day);
  const local = until.form === 'local' ? until.local : localOf(getZone(zone).toStamp(until.epochSecond));
  // The last second of a day means the whole day.
  if (local.second === SECONDS_IN_DAY - 1) return dateInWords(local.day);
  return `${dateInWords(local.day)}, ${formatLocalTime(local).slice(11, 16)}`;
}

function dateInWords(day: number): string {
  const { year, month, dayOfMonth } = civilFromDay(day);
  return `${dayOfMonth} ${MONTHS[month - 1]} ${year}`;
}

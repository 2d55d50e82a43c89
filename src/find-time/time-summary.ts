import { MONTHS, WEEKDAYS } from '../recurrence/words-lists.js';
import { civilFromDay, weekdayOf } from '../time/calendar-day.js';
import { type LocalTime, SECONDS_IN_DAY } from '../time/local-time.js';
import { toLocal } from '../time/time-zone.js';
import type { BestTimes, Slot, TakenOccurrence } from './best-times.js';

const MAX_DATES_LISTED = 2;

/**
 * Summarises the result in one sentence, without naming people.
 * @param zoneName the zone of the times in it
 * @param isOver true when all of the window is in the past
 */
export function summaryOf(
  { slots, nearMiss, rejected }: BestTimes,
  zoneName: string,
  recurring: boolean,
  isOver = false,
): string {
  const [best] = slots;
  if (!best) {
    if (isOver) return 'The window is over: times in the past are never suggested.';
    const [closest] = rejected;
    if (!closest) return `${recurring ? 'No start of the series' : 'No event of this duration'} fits into the window.`;
    const start = toLocal(closest.start, zoneName);
    const count =
      closest.reasons.length === 1 ? '1 person is not available' : `${closest.reasons.length} people are not available`;
    return `No time in the window works for everybody. At the closest one, ${dayOf(start)} at ${clock(start)} (${zoneName}), ${count}.`;
  }
  if (recurring) return seriesSummary(best, nearMiss, zoneName);
  const start = toLocal(best.occurrences[0]!.start, zoneName);
  const others = best.optionalFree.length + best.optionalBusy.length;
  const who =
    best.optionalBusy.length === 0
      ? 'everybody'
      : `everybody who must attend, and for ${best.optionalFree.length} of ${others} others`;
  return `${dayOf(start)} at ${clock(start)} (${zoneName}) works for ${who}.`;
}

/** `10 of 10 Tuesdays at 10:00 (Europe/Paris) work; at 9:00, 9 of 10: 3 June is taken.` */
function seriesSummary(best: Slot, nearMiss: Slot | null, zoneName: string): string {
  const summary = shareOf(best, zoneName);
  const verb = best.free === 1 ? 'works' : 'work';
  const first = `${summary.count} ${summary.days} at ${summary.clock} (${zoneName}) ${verb}`;
  if (best.free < best.occurrences.length) return `${first}: ${describeTaken(best, zoneName)}.`;
  if (!nearMiss) return `${first}.`;
  const other = shareOf(nearMiss, zoneName);
  const days = other.days === summary.days ? '' : ` ${other.days}`;
  return `${first}; at ${other.clock}, ${other.count}${days}: ${describeTaken(nearMiss, zoneName)}.`;
}

function shareOf({ occurrences, free }: Slot, zoneName: string): { count: string; days: string; clock: string } {
  const starts = occurrences.map(({ start }) => toLocal(start, zoneName));
  const weekdays = new Set(starts.map(({ day }) => weekdayOf(day)));
  const word = weekdays.size === 1 ? WEEKDAYS[[...weekdays][0]!] : 'date';
  return {
    count: `${free} of ${occurrences.length}`,
    days: occurrences.length === 1 ? word : `${word}s`,
    clock: clock(starts[0]!),
  };
}

/** `3 June is taken`, `3 June, 10 June and 2 more are taken`. */
function describeTaken({ occurrences, taken }: Slot, zoneName: string): string {
  const year = civilFromDay(toLocal(occurrences[0]!.start, zoneName).day).year;
  const dates = [...new Set(taken.map(({ start }) => start))].map((start) => dateOf(toLocal(start, zoneName), year));
  const more = dates.length - MAX_DATES_LISTED;
  const parts = [...dates.slice(0, MAX_DATES_LISTED), ...(more > 0 ? [`${more} more`] : [])];
  const list = parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  return `${list} ${dates.length === 1 ? 'is' : 'are'} ${conditionOf(taken)}`;
}

function conditionOf(taken: TakenOccurrence[]): string {
  if (taken.every(({ reason }) => reason === 'busy')) return 'taken';
  return taken.some(({ reason }) => reason === 'busy') ? 'not free' : 'outside working hours';
}

function clock({ second }: LocalTime): string {
  const minute = Math.floor(second / 60) % 60;
  return `${Math.floor((second % SECONDS_IN_DAY) / 3_600)}:${String(minute).padStart(2, '0')}`;
}

function dayOf({ day }: LocalTime): string {
  const { year, month, dayOfMonth } = civilFromDay(day);
  return `${WEEKDAYS[weekdayOf(day)]} ${dayOfMonth} ${MONTHS[month - 1]} ${year}`;
}

function dateOf({ day }: LocalTime, impliedYear: number): string {
  const { year, month, dayOfMonth } = civilFromDay(day);
  return `${dayOfMonth} ${MONTHS[month - 1]}${year === impliedYear ? '' : ` ${year}`}`;
}

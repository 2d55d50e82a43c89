import type { Neighbour, Overlap } from './occupancy.repository.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import { type Conflict, wireInterval } from './conflict.js';
import type { TimeSlices } from '../platform/hooks/time-slices.js';
import { type Budget, findFirstOverlap } from './far-days.js';
import { type Interval, findOccupied } from './occupancy.js';

const MAX_OCCURRENCES = 50;

/**
 * Returns the first conflicts: the pairs of occurrences that overlap within the intervals that both events occupy. The
 * database merges adjacent intervals, so an interval may contain several occurrences. Pure; other requests are served in
 * between.
 * @param busy the occurrences of the booking, by start
 */
export async function explainConflicts(
  overlaps: Overlap[],
  busy: Interval[],
  visible: Set<string>,
  limit: number,
  slices: TimeSlices,
): Promise<Conflict[]> {
  const shared = overlaps.flatMap((overlap) => overlap.shared.map((interval) => ({ overlap, interval })));
  shared.sort((a, b) => a.interval.start - b.interval.start);
  const conflicts: { start: number; conflict: Conflict }[] = [];
  for (const { overlap, interval } of shared) {
    if (conflicts.length >= limit) break;
    await slices.pause();
    const other = identify(overlap, visible.has(overlap.eventId));
    for (const theirs of occurrencesOf(overlap.content, interval)) {
      const both = { start: Math.max(theirs.start, interval.start), end: Math.min(theirs.end, interval.end) };
      for (const ours of findOverlapping(busy, both)) {
        conflicts.push({
          start: theirs.start,
          conflict: { ...other, ...wireInterval(theirs), with: wireInterval(ours) },
        });
      }
    }
  }
  conflicts.sort((a, b) => a.start - b.start);
  return conflicts.slice(0, limit).map(({ conflict }) => conflict);
}

/** Returns the first conflict of two series after an instant (epoch seconds); null when there is none. Pure. */
export async function explainFarConflict(
  neighbour: Neighbour,
  content: EventContent,
  from: number,
  visible: boolean,
  slices: TimeSlices,
  budget: Budget,
): Promise<Conflict | null> {
  const found = await findFirstOverlap(content, neighbour.content, from, slices, budget);
  return found && { ...identify(neighbour, visible), ...wireInterval(found.theirs), with: wireInterval(found.ours) };
}

const identify = ({ eventId, content }: Neighbour, visible: boolean): Pick<Conflict, 'event_id' | 'title'> => ({
  event_id: visible ? eventId : null,
  title: visible ? content.title : null,
});

function occurrencesOf(content: EventContent, { start, end }: Interval): Interval[] {
  if (isSeries(content)) return findOccupied(content, { from: start, to: end }, MAX_OCCURRENCES);
  return [{ start: content.startTime.getTime() / 1_000, end: content.endTime.getTime() / 1_000 }];
}

const findOverlapping = (busy: Interval[], interval: Interval): Interval[] =>
  busy.filter(({ start, end }) => start < interval.end && interval.start < end).slice(0, MAX_OCCURRENCES);

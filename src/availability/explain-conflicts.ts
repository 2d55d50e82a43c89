import type { Neighbour, Overlap } from './occupancy.repository.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import { type Conflict, wireInterval } from './conflict.js';
import { firstMeeting } from './far-days.js';
import { type Interval, occupiedWithin } from './occupancy.js';

const MAX_OCCURRENCES = 50;

/**
 * The first clashes: which of their occurrences meet which of ours, around the stretches that both occupy. Stretches that
 * touch run together in the database, so they don't tell occurrences apart.
 * @param busy our occurrences, by start
 */
export function explain(overlaps: Overlap[], busy: Interval[], visible: Set<string>, limit: number): Conflict[] {
  const stretches = overlaps.flatMap((overlap) => overlap.shared.map((stretch) => ({ overlap, stretch })));
  stretches.sort((a, b) => a.stretch.start - b.stretch.start);
  const clashes: { start: number; conflict: Conflict }[] = [];
  for (const { overlap, stretch } of stretches) {
    if (clashes.length >= limit) break;
    const who = named(overlap, visible.has(overlap.eventId));
    for (const theirs of occurrencesOf(overlap.content, stretch)) {
      const both = { start: Math.max(theirs.start, stretch.start), end: Math.min(theirs.end, stretch.end) };
      for (const ours of meeting(busy, both)) {
        clashes.push({ start: theirs.start, conflict: { ...who, ...wireInterval(theirs), with: wireInterval(ours) } });
      }
    }
  }
  clashes.sort((a, b) => a.start - b.start);
  return clashes.slice(0, limit).map(({ conflict }) => conflict);
}

/** The first meeting of two series after an instant (epoch seconds), null when there is none. */
export function explainFar(
  neighbour: Neighbour,
  content: EventContent,
  from: number,
  visible: boolean,
): Conflict | null {
  const met = firstMeeting(content, neighbour.content, from);
  return met && { ...named(neighbour, visible), ...wireInterval(met.theirs), with: wireInterval(met.ours) };
}

const named = ({ eventId, content }: Neighbour, visible: boolean): Pick<Conflict, 'event_id' | 'title'> => ({
  event_id: visible ? eventId : null,
  title: visible ? content.title : null,
});

function occurrencesOf(content: EventContent, { start, end }: Interval): Interval[] {
  if (isSeries(content)) return occupiedWithin(content, { from: start, to: end }, MAX_OCCURRENCES);
  return [{ start: content.startTime.getTime() / 1_000, end: content.endTime.getTime() / 1_000 }];
}

const meeting = (busy: Interval[], stretch: Interval): Interval[] =>
  busy.filter(({ start, end }) => start < stretch.end && stretch.start < end).slice(0, MAX_OCCURRENCES);

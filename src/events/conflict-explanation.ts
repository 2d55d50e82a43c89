import type { Neighbour, Overlap } from './conflicts.repository.js';
import { type EventContent, isSeries } from './event-content.js';
import { type Conflict, wireInterval } from './events.errors.js';
import { firstMeeting } from './far-days.js';
import { type Interval, occupiedWithin } from './occupancy.js';

const MOST_OCCURRENCES = 50;

/**
 * Which of their occurrences meet which of ours, around the stretches that both occupy: stretches that touch run
 * together in the database, so that they don't tell occurrences apart.
 */
export function explain(overlap: Overlap, busy: Interval[], visible: boolean, pointer: string | undefined): Conflict[] {
  const theirs = overlap.content;
  return overlap.shared.flatMap((stretch) =>
    occurrencesOf(theirs, stretch).flatMap((occurrence) => {
      const both = { start: Math.max(occurrence.start, stretch.start), end: Math.min(occurrence.end, stretch.end) };
      return meeting(busy, both).map((ours) => ({
        ...named(overlap, visible),
        ...wireInterval(occurrence),
        with: wireInterval(ours),
        ...(pointer === undefined ? {} : { pointer }),
      }));
    }),
  );
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
  if (isSeries(content)) return occupiedWithin(content, { from: start, to: end }, MOST_OCCURRENCES);
  return [{ start: content.startTime.getTime() / 1_000, end: content.endTime.getTime() / 1_000 }];
}

const meeting = (busy: Interval[], stretch: Interval): Interval[] =>
  busy.filter(({ start, end }) => start < stretch.end && stretch.start < end).slice(0, MOST_OCCURRENCES);

import type { EventContent } from '../content/event-content.js';
import { wireTime } from '../content/wire.js';

/** An event that was split off a series, directly or from one of its tails. */
export interface Tail extends Pick<EventContent, 'title' | 'startTime' | 'localStart' | 'allDay'> {
  id: string;
  version: number;
  /** False when the caller has no access to it. */
  visible: boolean;
}

/** A tail as clients see it. Everything is null when the caller may not see that event. */
export interface TailView {
  event_id: string | null;
  version: number | null;
  title: string | null;
  start_time: string | null;
}

/** @param tail null for an event that the caller may not see */
export function toTailView(tail: Omit<Tail, 'visible'> | null): TailView {
  if (!tail) return { event_id: null, version: null, title: null, start_time: null };
  const { id, version, title, startTime, localStart, allDay } = tail;
  return { event_id: id, version, title, start_time: wireTime(startTime, localStart, allDay) };
}

/** Returns the tail in which an occurrence of the former series is now: the last one that begins before it, or all of them. */
export function tailsWith(tails: Tail[], occurrence: Date): Tail[] {
  const found = tails.filter(({ startTime }) => startTime <= occurrence).at(-1);
  return found ? [found] : tails;
}

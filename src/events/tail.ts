import { wireTime } from '../content/wire.js';

/** An event that was split off a series, directly or from one of its tails. */
export interface Tail {
  id: string;
  version: number;
  title: string;
  startTime: Date;
  localStart: string;
  allDay: boolean;
  /** False when the caller has no access to it. */
  visible: boolean;
}

/** Returns a tail as clients see it. Everything is null when the caller may not see that event. */
export function toTailView({ id, version, title, startTime, localStart, allDay, visible }: Tail): {
  event_id: string | null;
  version: number | null;
  title: string | null;
  start_time: string | null;
} {
  if (!visible) return { event_id: null, version: null, title: null, start_time: null };
  return { event_id: id, version, title, start_time: wireTime(startTime, localStart, allDay) };
}

import type { Item } from '../api.js';
import { instantOf } from '../time/zoned.js';

/** A time that is asked about: instants, or days. */
export interface Time {
  start: string;
  end: string;
}

/**
 * What of the shown events occupies the owner’s time then, earliest first, for when no server can be asked. Days are those
 * of `zone`. Not the event itself.
 */
export function overlapsAmong(items: readonly Item[], time: Time, self: string, ownerId: string, zone: string): Item[] {
  const at = (day: string): number => Date.parse(day.includes('T') ? day : instantOf(`${day}T00:00`, zone));
  const timeOf = (item: Item): Time => {
    const { start_time: start, end_time: end } = item.occurrence ?? item;
    return { start, end };
  };
  const [from, to] = [at(time.start), at(time.end)];
  return items
    .filter((item) => {
      if (item.id === self || item.owner.id !== ownerId) return false;
      if (item.show_as === 'free' || item.status === 'cancelled') return false;
      const { start, end } = timeOf(item);
      return at(start) < to && at(end) > from;
    })
    .sort((a, b) => at(timeOf(a).start) - at(timeOf(b).start));
}

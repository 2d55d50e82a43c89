import type { LocalStamp } from './local-time.js';
import { TimeError } from './time-error.js';
import { spellTimeZone } from './time-zone-name.js';
import { zoneOffsets, type ZoneOffsets } from './zone-offsets.js';

/**
 * An instant with a note on how it was found: `adjusted` is true when the local time doesn't exist that day, the clocks
 * having sprung over it, and was moved forward by the length of the gap.
 */
export type ZonedInstant = { epochSecond: number; adjusted: boolean };

/** A zone ready for many look-ups. */
export type Zone = {
  readonly name: string;
  toInstant(stamp: LocalStamp): ZonedInstant;
  toStamp(epochSecond: number): LocalStamp;
};

/** Further than any zone ever was from UTC (Manila before 1844: -15:56; Alaska before 1867: +15:13). */
const WIDEST_OFFSET = 16 * 3600;

const MAX_ZONES_KEPT = 256;
const zones = new Map<string, Zone>();

/** Floating local times (zone null) are read as if they were UTC. */
const FLOATING: Zone = {
  name: 'UTC',
  toInstant: (stamp) => ({ epochSecond: stamp, adjusted: false }),
  toStamp: (epochSecond) => epochSecond,
};

/**
 * The zone of a name, or floating time for null. The bounded cache makes repeated calls cheap.
 * @throws TimeError `unknown_time_zone`
 */
export function getZone(name: string | null): Zone {
  if (name === null) return FLOATING;
  const kept = zones.get(name);
  if (kept) return kept;
  const spelled = spellTimeZone(name);
  if (spelled === null) {
    throw new TimeError('unknown_time_zone', '', `"${name.slice(0, 64)}" is not an IANA time zone name.`);
  }
  const zone = zones.get(spelled) ?? createZone(spelled, zoneOffsets(spelled));
  if (zones.size >= MAX_ZONES_KEPT) zones.delete(zones.keys().next().value!);
  zones.set(spelled, zone);
  return zone;
}

function createZone(name: string, offsets: ZoneOffsets): Zone {
  return {
    name,
    toStamp: (epochSecond) => epochSecond + offsets.at(epochSecond),
    toInstant(stamp) {
      const before = offsets.at(stamp - WIDEST_OFFSET);
      const after = offsets.at(stamp + WIDEST_OFFSET);
      if (before === after) return { epochSecond: stamp - before, adjusted: false };
      // The clocks change near here. The offset in force before the change is tried first: it gives the first of two.
      const early = stamp - before;
      if (offsets.at(early) === before) return { epochSecond: early, adjusted: false };
      const late = stamp - after;
      if (offsets.at(late) === after) return { epochSecond: late, adjusted: false };
      // In neither: the time is in the gap. The offset before it carries the time over by the length of the gap.
      return { epochSecond: early, adjusted: true };
    },
  };
}

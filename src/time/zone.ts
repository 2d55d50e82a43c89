import type { LocalStamp } from './local-time.js';
import { TimeError } from './time-error.js';
import { spellTimeZone } from './time-zone-name.js';
import { zoneOffsets, type ZoneOffsets } from './zone-offsets.js';

/**
 * The instant of a local time. `adjusted` is true if the clocks skip the local time, which then moves forward by the
 * length of the gap.
 */
export type ZonedInstant = { epochSecond: number; adjusted: boolean };

/** A time zone with cached offsets. */
export type Zone = {
  readonly name: string;
  toInstant(stamp: LocalStamp): ZonedInstant;
  toStamp(epochSecond: number): LocalStamp;
};

/**
 * In seconds. Larger than the offset of any zone at any time (Manila before 1844: -15:56; Alaska before 1867: +15:13).
 */
const MAX_OFFSET = 16 * 3600;

const MAX_CACHED_ZONES = 256;
const zones = new Map<string, Zone>();

/** Floating local times (zone null) are read as if they were UTC. */
const FLOATING: Zone = {
  name: 'UTC',
  toInstant: (stamp) => ({ epochSecond: stamp, adjusted: false }),
  toStamp: (epochSecond) => epochSecond,
};

/**
 * Returns the zone with a name, or floating time for null. A bounded cache makes repeated calls cheap.
 * @throws TimeError `unknown_time_zone`
 */
export function getZone(name: string | null): Zone {
  if (name === null) return FLOATING;
  const cached = zones.get(name);
  if (cached) return cached;
  const spelled = spellTimeZone(name);
  if (spelled === null) {
    throw new TimeError('unknown_time_zone', '', `"${name.slice(0, 64)}" is not an IANA time zone name.`);
  }
  const zone = zones.get(spelled) ?? createZone(spelled, zoneOffsets(spelled));
  if (zones.size >= MAX_CACHED_ZONES) zones.delete(zones.keys().next().value!);
  zones.set(spelled, zone);
  return zone;
}

function createZone(name: string, offsets: ZoneOffsets): Zone {
  return {
    name,
    toStamp: (epochSecond) => epochSecond + offsets.at(epochSecond),
    toInstant(stamp) {
      const before = offsets.at(stamp - MAX_OFFSET);
      const after = offsets.at(stamp + MAX_OFFSET);
      if (before === after) return { epochSecond: stamp - before, adjusted: false };
      // The clocks change nearby. Try the offset before the change first: for a repeated time it gives the first one.
      const early = stamp - before;
      if (offsets.at(early) === before) return { epochSecond: early, adjusted: false };
      const late = stamp - after;
      if (offsets.at(late) === after) return { epochSecond: late, adjusted: false };
      // Neither offset applies, so the time is in a gap. The offset before the gap moves it forward by its length.
      return { epochSecond: early, adjusted: true };
    },
  };
}

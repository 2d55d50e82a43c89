/**
 * UTC offsets of a time zone, learned from `Intl` one stretch of time at a time and kept as integers. A stretch costs
 * about a tenth of a millisecond once; a look-up afterwards costs some nanoseconds.
 */
export type ZoneOffsets = {
  /** Seconds east of UTC that the zone's clocks show at an instant (epoch seconds). */
  at(epochSecond: number): number;
};

type Stretch = { firstOffset: number; changes: { at: number; offset: number }[] };

/** 2^25 s, a little more than a year: a ten-year window touches ten stretches. */
const STRETCH_SECONDS = 33_554_432;

/**
 * How far apart `Intl` is asked. Two changes closer together than this could be missed; the closest pair of any zone
 * in the tz database since 1900 is further apart (see the test that looks for them).
 */
const PROBE_SECONDS = STRETCH_SECONDS / 64;

/** @param zone a name that `Intl` accepts; @throws RangeError otherwise, as `Intl` does. */
export function zoneOffsets(zone: string): ZoneOffsets {
  const ask = offsetFromIntl(zone);
  const stretches = new Map<number, Stretch>();

  return {
    at(epochSecond) {
      const index = Math.floor(epochSecond / STRETCH_SECONDS);
      let stretch = stretches.get(index);
      if (stretch === undefined) {
        stretch = learn(index * STRETCH_SECONDS, ask);
        stretches.set(index, stretch);
      }
      let offset = stretch.firstOffset;
      for (const change of stretch.changes) {
        if (epochSecond < change.at) break;
        offset = change.offset;
      }
      return offset;
    },
  };
}

function learn(start: number, ask: (epochSecond: number) => number): Stretch {
  const firstOffset = ask(start);
  const changes: Stretch['changes'] = [];
  let offset = firstOffset;
  for (let probe = start; probe < start + STRETCH_SECONDS; probe += PROBE_SECONDS) {
    const next = ask(probe + PROBE_SECONDS);
    if (next === offset) continue;
    const at = bisect(probe, probe + PROBE_SECONDS, offset, ask);
    if (at < start + STRETCH_SECONDS) changes.push({ at, offset: next });
    offset = next;
  }
  return { firstOffset, changes };
}

/** The first second in (from, to] at which the offset is no longer `offset`. */
function bisect(from: number, to: number, offset: number, ask: (epochSecond: number) => number): number {
  let before = from;
  let after = to;
  while (after - before > 1) {
    const middle = before + Math.floor((after - before) / 2);
    if (ask(middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

function offsetFromIntl(zone: string): (epochSecond: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hour: 'numeric', timeZoneName: 'longOffset' });
  return (epochSecond) => {
    const text = format.format(epochSecond * 1000);
    return parseOffset(text.slice(text.lastIndexOf('GMT') + 3));
  };
}

/** Reads what follows `GMT`: nothing, `+01:00`, or `-00:01:15` as before standard time. */
function parseOffset(text: string): number {
  if (text === '') return 0;
  const [hours, minutes, seconds = 0] = text.slice(1).split(':').map(Number);
  const size = hours! * 3600 + minutes! * 60 + seconds;
  return text.startsWith('+') ? size : -size;
}

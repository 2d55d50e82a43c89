/**
 * The UTC offsets of a time zone, read from `Intl` one stretch of time at a time and cached as integers. Reading a
 * stretch takes about a tenth of a millisecond; a look-up in the cache takes some nanoseconds.
 */
export type ZoneOffsets = {
  /** Returns the offset of the zone at an instant (epoch seconds), in seconds east of UTC. */
  at(epochSecond: number): number;
};

type Stretch = { firstOffset: number; changes: { at: number; offset: number }[] };

/** 2^25 seconds, a little more than a year. A ten-year window needs about ten stretches. */
const STRETCH_SECONDS = 33_554_432;

/**
 * The distance between two queries to `Intl`. Two changes closer together than this could be missed. The closest pair
 * of any zone in the tz database since 1900 is further apart (see the test that checks this).
 */
const PROBE_SECONDS = STRETCH_SECONDS / 64;

/** @param zone a name that `Intl` accepts @throws RangeError for any other name, as `Intl` does */
export function zoneOffsets(zone: string): ZoneOffsets {
  const ask = offsetFromIntl(zone);
  const stretches = new Map<number, Stretch>();

  return {
    at(epochSecond) {
      const index = Math.floor(epochSecond / STRETCH_SECONDS);
      let stretch = stretches.get(index);
      if (stretch === undefined) {
        stretch = readStretch(index * STRETCH_SECONDS, ask);
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

function readStretch(start: number, ask: (epochSecond: number) => number): Stretch {
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

/** Returns the first second in (from, to] at which the offset is no longer `offset`. */
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

/** Reads the text after `GMT`: empty, `+01:00`, or with seconds, such as `-00:01:15`, for local mean time. */
function parseOffset(text: string): number {
  if (text === '') return 0;
  const [hours, minutes, seconds = 0] = text.slice(1).split(':').map(Number);
  const size = hours! * 3600 + minutes! * 60 + seconds;
  return text.startsWith('+') ? size : -size;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expand, type Occurrence } from '../../src/recurrence/expand.js';
import { seriesFromICalendar } from '../../src/recurrence/icalendar-series.js';
import { formatICalendarTime, localOf, parseICalendarTime } from '../../src/time/local-time.js';
import { toInstant } from '../../src/time/time-zone.js';

type Side = { dtstart: string; tzid: string; rrule: string[]; rdate: string[]; exdate: string[]; minutes: number };
type Pair = {
  id: string;
  a: Side;
  b: Side;
  conflictCount: number;
  firstConflicts: { aStart: string; bStart: string }[];
};

/** Local starts up to here count. */
const HORIZON = parseICalendarTime('20361231T000000');

const folder = process.env['RECURRENCE_VECTORS'];
const file = folder ? join(folder, 'conflicts.json') : '';

describe.skipIf(!existsSync(file))('overlaps of two series', () => {
  it('are exactly those of two independent computations', () => {
    const pairs = JSON.parse(readFileSync(file, 'utf8')) as Pair[];
    for (const { id, a, b, conflictCount, firstConflicts } of pairs) {
      const found = overlaps(occurrences(a), occurrences(b));
      expect({ id, count: found.length }).toEqual({ id, count: conflictCount });
      expect(found.slice(0, firstConflicts.length)).toEqual(firstConflicts);
    }
    expect(pairs.length).toBeGreaterThan(0);
  });
});

function occurrences(side: Side): Occurrence[] {
  const series = seriesFromICalendar({ ...side, duration: { days: 0, seconds: side.minutes * 60 } });
  return expand(series, { from: -Infinity, to: toInstant(HORIZON, side.tzid).epochSecond + 1 }, 1_000_000);
}

function overlaps(first: Occurrence[], second: Occurrence[]): { aStart: string; bStart: string }[] {
  return first.flatMap((a) =>
    second
      .filter((b) => a.start < b.end && b.start < a.end)
      .map((b) => ({ aStart: inUtc(a.start), bStart: inUtc(b.start) })),
  );
}

function inUtc(epochSecond: number): string {
  return `${formatICalendarTime(localOf(epochSecond))}Z`;
}

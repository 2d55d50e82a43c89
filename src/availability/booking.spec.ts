import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toInstant } from '../time/time-zone.js';
import { draftContent } from '../content/draft.js';
import type { EventContent } from '../content/event-content.js';
import { inOwnersZone } from './booking.js';
import { occupancyOf } from './occupancy.js';

const ZONES = ['UTC', 'Europe/Paris', 'America/New_York', 'Pacific/Auckland', 'America/Sao_Paulo', 'Asia/Tehran'];
const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2010, 0, 1);

const dateOf = (day: number): string => new Date(FIRST + day * DAY_MS).toISOString().slice(0, 10);

function draft(input: object, zone: string): EventContent {
  const drafted = draftContent({ title: 'Off', ...input }, null, zone);
  if ('errors' in drafted) throw new Error(JSON.stringify(drafted.errors));
  return drafted.content;
}

describe('the time of an event in the zone of its owner', () => {
  it('is from midnight to midnight there for all-day events, single or not, whatever their zone', () => {
    const zone = fc.constantFrom(...ZONES);
    fc.assert(
      fc.property(
        zone,
        zone,
        fc.nat(5_000),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(4),
        (own, owners, day, days, more) => {
          const pattern = more === 0 ? {} : { recurrence_pattern: `FREQ=DAILY;INTERVAL=${days};COUNT=${more + 1}` };
          const input = { all_day: true, start_time: dateOf(day), end_time: dateOf(day + days), ...pattern };
          const { busy } = occupancyOf(inOwnersZone(draft(input, own), owners), FIRST / 1_000);
          const midnight = (n: number): number =>
            toInstant({ day: FIRST / DAY_MS + day + n * days, second: 0 }, owners).epochSecond;
          const expected = Array.from({ length: more + 1 }, (_, n) => [midnight(n), midnight(n + 1)]);
          expect(busy.map(({ start, end }) => [start, end])).toEqual(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is unchanged for any other event', () => {
    const content = draft({ start_time: '2031-06-02T10:00:00', end_time: '2031-06-02T11:00:00' }, 'Europe/Paris');
    expect(inOwnersZone(content, 'Asia/Tokyo')).toBe(content);
    expect(inOwnersZone(content, null)).toBe(content);
  });

  it('is not guessed for an all-day event whose owner was not asked for', () => {
    const content = draft({ all_day: true, start_time: '2031-06-02', end_time: '2031-06-03' }, 'Europe/Paris');
    expect(() => inOwnersZone(content, null)).toThrow('whose zone is not known');
  });
});

import { describe, expect, it } from 'vitest';
import { contentOf, seconds, spelled } from '../../test/support/contents.js';
import type { EventContent } from './event-content.js';
import { type EventOccurrence, listOccurrences, wireOccurrence } from './occurrences.js';

const ALWAYS = { from: -Infinity, to: Infinity };
const daily: EventContent = {
  ...contentOf({ description: 'Sync', recurrence_pattern: 'FREQ=DAILY;COUNT=6', excluded: ['2026-06-02T10:00:00'] }),
  overrides: [
    { original: '2026-06-03T10:00:00', start: '2026-06-20T09:00:00', title: 'Far away' },
    { original: '2026-06-04T10:00:00', location: null, description: null, showAs: 'free' },
  ],
};
const startsOf = (found: EventOccurrence[]): string[] => found.map((one) => spelled(one).slice(5, 16));

describe('the occurrences of an event', () => {
  it('are one for an event that happens once, if it touches the window', () => {
    const once = contentOf();
    const [only] = listOccurrences(once, ALWAYS, 5);
    expect(only).toMatchObject({ original: '2026-06-01T10:00:00', adjusted: false, overridden: false });
    const window = (from: string, to: string) => ({ from: seconds(from), to: seconds(to) });
    expect(listOccurrences(once, window('2026-06-01T11:00:00Z', '2026-06-02T00:00:00Z'), 5)).toEqual([]);
    expect(listOccurrences(once, window('2026-06-01T10:59:59Z', '2026-06-02T00:00:00Z'), 5)).toHaveLength(1);
    expect(listOccurrences(once, window('2026-05-01T00:00:00Z', '2026-06-01T10:00:00Z'), 5)).toEqual([]);
    expect(listOccurrences(once, ALWAYS, 5, { after: only })).toEqual([]);
  });

  it('come by the time they really take place, with their own texts laid over', () => {
    const found = listOccurrences(daily, ALWAYS, 10);
    expect(startsOf(found)).toEqual(['06-01T10:00', '06-04T10:00', '06-05T10:00', '06-06T10:00', '06-20T09:00']);
    expect(found[0]).toMatchObject({ overridden: false, values: { title: 'Meeting', description: 'Sync' } });
    expect(found[1]).toMatchObject({ overridden: true, values: { description: null, location: null, showAs: 'free' } });
    expect(found[4]).toMatchObject({ original: '2026-06-03T10:00:00', values: { title: 'Far away' } });
  });

  it('are paged by start and name without gap or repetition, however small the page', () => {
    const all = listOccurrences(daily, ALWAYS, 10);
    for (const size of [1, 2, 3]) {
      const paged: EventOccurrence[] = [];
      for (let page = all.slice(0, size); page.length > 0;) {
        paged.push(...page);
        const { start, original } = paged.at(-1)!;
        page = listOccurrences(daily, ALWAYS, size, { after: { start, original } });
      }
      expect(paged).toEqual(all);
    }
  });

  it('are paged over many that last long and many that start together', () => {
    const long = contentOf({ end_time: '2026-06-29T10:00:00', recurrence_pattern: 'FREQ=DAILY;COUNT=40' });
    const together: EventContent = {
      ...long,
      overrides: ['02', '03', '04', '05'].map((day) => ({
        original: `2026-06-${day}T10:00:00`,
        start: '2026-06-10T10:00:00',
      })),
    };
    const all = listOccurrences(together, ALWAYS, 100);
    expect(all).toHaveLength(40);
    let after: EventOccurrence | null = null;
    for (const expected of all) {
      const found: EventOccurrence[] = listOccurrences(together, ALWAYS, 1, { after });
      expect(found).toEqual([expected]);
      after = found[0]!;
    }
  });

  it('say when the clocks skip their time', () => {
    const times = { start_time: '2026-03-28T02:30:00', end_time: '2026-03-28T03:00:00' };
    const nights = contentOf({ ...times, recurrence_pattern: 'FREQ=DAILY;COUNT=3' }, 'Europe/Paris');
    const found = listOccurrences(nights, ALWAYS, 5);
    expect(found.map(({ adjusted }) => adjusted)).toEqual([false, true, false]);
    expect(wireOccurrence(nights, found[1]!)).toEqual({
      start_time: '2026-03-29T01:30:00Z',
      end_time: '2026-03-29T02:00:00Z',
      original_start: '2026-03-29T01:30:00Z',
    });
  });

  it('are dates when they last all day', () => {
    const day = contentOf({ all_day: true, start_time: '2026-10-24', end_time: '2026-10-26' }, 'Europe/Paris');
    expect(wireOccurrence(day, listOccurrences(day, ALWAYS, 1)[0]!)).toEqual({
      start_time: '2026-10-24',
      end_time: '2026-10-26',
      original_start: '2026-10-24',
    });
  });
});

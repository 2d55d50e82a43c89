import { describe, expect, it } from 'vitest';
import { contentOf, seconds, spelled } from '../../test/support/contents.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import type { EventContent } from '../content/event-content.js';
import { computeFarTime, computeFarTimeInParts, findFirstOverlap } from './far-days.js';

const dayIn = (bits: string, date: string): string =>
  bits.charAt((seconds(`${date}T00:00:00Z`) - seconds('2026-01-01T00:00:00Z')) / 86_400);
const computeFarDays = (content: EventContent, from: number): string => computeFarTime(content, from).days;
const shareADay = (a: string, b: string): boolean => [...a].some((bit, day) => bit === '1' && b[day] === '1');

describe('computeFarTime', () => {
  it('marks the days on which a series occupies time, from an instant on', () => {
    const bits = computeFarDays(contentOf({ recurrence_pattern: 'FREQ=WEEKLY' }), seconds('2040-01-01T00:00:00Z'));
    expect(bits).toHaveLength(29_200);
    expect(bits).toMatch(/^[01]+$/);
    expect(dayIn(bits, '2039-12-26')).toBe('0');
    expect(dayIn(bits, '2040-01-02')).toBe('1');
    expect(dayIn(bits, '2040-01-03')).toBe('0');
    expect(dayIn(bits, '2105-12-07')).toBe('1');
  });

  it('marks every day that an occurrence touches, and not the one on which it ends at midnight', () => {
    const times = { start_time: '2026-06-01T22:00:00', end_time: '2026-06-03T00:00:00' };
    const bits = computeFarDays(contentOf({ ...times, recurrence_pattern: 'FREQ=MONTHLY' }), -Infinity);
    expect(['2050-05-31', '2050-06-01', '2050-06-02', '2050-06-03'].map((date) => dayIn(bits, date))).toEqual([
      '0',
      '1',
      '1',
      '0',
    ]);
  });

  it('marks no day of an event that is shown as free', () => {
    expect(
      computeFarDays({ ...contentOf({ recurrence_pattern: 'FREQ=DAILY' }), showAs: 'free' }, -Infinity),
    ).not.toContain('1');
  });

  it('accepts a single event', () => {
    const bits = computeFarDays(
      contentOf({ start_time: '2050-06-01T10:00:00', end_time: '2050-06-01T11:00:00' }),
      -Infinity,
    );
    expect(bits.indexOf('1')).toBe(bits.lastIndexOf('1'));
    expect(dayIn(bits, '2050-06-01')).toBe('1');
  });

  it('distinguishes events that share no day', () => {
    const mondays = computeFarDays(contentOf({ recurrence_pattern: 'FREQ=WEEKLY' }), -Infinity);
    const tuesday = { start_time: '2026-06-02T10:00:00', end_time: '2026-06-02T11:00:00' };
    const tuesdays = computeFarDays(contentOf({ ...tuesday, recurrence_pattern: 'FREQ=WEEKLY' }), -Infinity);
    const firsts = computeFarDays(contentOf({ recurrence_pattern: 'FREQ=MONTHLY' }), -Infinity);
    expect(shareADay(mondays, tuesdays)).toBe(false);
    expect(shareADay(mondays, firsts)).toBe(true);
  });

  it('marks the half hours of the week that an occurrence touches in any year, in summer and in winter', () => {
    const times = { start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00' };
    const { week } = computeFarTime(
      contentOf({ ...times, recurrence_pattern: 'FREQ=WEEKLY' }, 'Europe/Paris'),
      -Infinity,
    );
    // Weeks of the epoch begin on Thursday.
    const monday = 4 * 48;
    const marked = [...week].flatMap((bit, slot) => (bit === '1' ? slot - monday : []));
    expect(marked).toEqual([16, 17, 18, 19]);
  });
});

describe('findFirstOverlap', () => {
  const mondays = contentOf({ recurrence_pattern: 'FREQ=WEEKLY' });
  const firstsOfJune = contentOf({
    start_time: '2026-06-01T10:30:00',
    end_time: '2026-06-01T11:30:00',
    recurrence_pattern: 'FREQ=YEARLY',
  });

  it('returns the first overlapping occurrences after an instant', async () => {
    const met = (await findFirstOverlap(mondays, firstsOfJune, seconds('2040-01-01T00:00:00Z')))!;
    expect(spelled(met.ours)).toBe('2043-06-01T10:00/2043-06-01T11:00');
    expect(spelled(met.theirs)).toBe('2043-06-01T10:30/2043-06-01T11:30');
  });

  it('is null when they only touch, or one of them has ended', async () => {
    const times = { start_time: '2026-06-01T11:00:00', end_time: '2026-06-01T12:00:00' };
    expect(await findFirstOverlap(mondays, contentOf({ ...times, recurrence_pattern: 'FREQ=WEEKLY' }), 0)).toBeNull();
    const ended = contentOf({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });
    expect(await findFirstOverlap(mondays, ended, seconds('2030-01-01T00:00:00Z'))).toBeNull();
  });

  it('is found in the parts of series that have very many occurrences, each of which is there once', async () => {
    const often = (start: string, end: string, rule: string): EventContent =>
      contentOf({ start_time: `2026-06-01T${start}`, end_time: `2026-06-01T${end}`, recurrence_pattern: rule });
    const hours = Array.from({ length: 24 }, (_, hour) => hour).join(',');
    const hourly = often('00:00:00', '00:05:00', `FREQ=DAILY;BYHOUR=${hours}`);
    // 19,000 occurrences later.
    const late = contentOf({
      ...{ start_time: '2028-08-01T10:04:00', end_time: '2028-08-01T10:10:00' },
      recurrence_pattern: 'FREQ=YEARLY',
    });
    const met = (await findFirstOverlap(hourly, late, seconds('2026-06-01T00:00:00Z')))!;
    expect(spelled(met.ours)).toBe('2028-08-01T10:00/2028-08-01T10:05');
    expect(spelled(met.theirs)).toBe('2028-08-01T10:04/2028-08-01T10:10');
    const between = often('00:05:00', '00:10:00', `FREQ=DAILY;BYHOUR=${hours}`);
    expect(await findFirstOverlap(hourly, between, seconds('2026-06-01T00:00:00Z'))).toBeNull();
    // Those that last for days belong to one part.
    const month = contentOf({
      ...{ start_time: '2026-06-01T00:00:00', end_time: '2026-07-01T00:00:00' },
      recurrence_pattern: `FREQ=DAILY;BYHOUR=${hours}`,
    });
    const bits = computeFarDays(month, seconds('2026-06-01T00:00:00Z'));
    expect(bits).toBe((await computeFarTimeInParts(month, seconds('2026-06-01T00:00:00Z'), new TimeSlices())).days);
    const first = (seconds('2026-06-01T00:00:00Z') - 20_454 * 86_400) / 86_400;
    expect(bits.slice(first - 1, first + 4_000)).toBe(`0${'1'.repeat(4_000)}`);
  });
});

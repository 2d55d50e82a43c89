import { describe, expect, it } from 'vitest';
import { contentOf, seconds, spelled } from '../../test/support/contents.js';
import { computeFarDays, findFirstOverlap } from './far-days.js';

const dayIn = (bits: string, date: string): string =>
  bits.charAt((seconds(`${date}T00:00:00Z`) - seconds('2026-01-01T00:00:00Z')) / 86_400);
const shareADay = (a: string, b: string): boolean => [...a].some((bit, day) => bit === '1' && b[day] === '1');

describe('farDays', () => {
  it('marks the days on which a series takes time, from an instant on', () => {
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

  it('marks nothing of what shows as free', () => {
    expect(
      computeFarDays({ ...contentOf({ recurrence_pattern: 'FREQ=DAILY' }), showAs: 'free' }, -Infinity),
    ).not.toContain('1');
  });

  it('takes an event that happens once as well', () => {
    const bits = computeFarDays(
      contentOf({ start_time: '2050-06-01T10:00:00', end_time: '2050-06-01T11:00:00' }),
      -Infinity,
    );
    expect(bits.indexOf('1')).toBe(bits.lastIndexOf('1'));
    expect(dayIn(bits, '2050-06-01')).toBe('1');
  });

  it('keeps apart what never shares a day', () => {
    const mondays = computeFarDays(contentOf({ recurrence_pattern: 'FREQ=WEEKLY' }), -Infinity);
    const tuesday = { start_time: '2026-06-02T10:00:00', end_time: '2026-06-02T11:00:00' };
    const tuesdays = computeFarDays(contentOf({ ...tuesday, recurrence_pattern: 'FREQ=WEEKLY' }), -Infinity);
    const firsts = computeFarDays(contentOf({ recurrence_pattern: 'FREQ=MONTHLY' }), -Infinity);
    expect(shareADay(mondays, tuesdays)).toBe(false);
    expect(shareADay(mondays, firsts)).toBe(true);
  });
});

describe('firstMeeting', () => {
  const mondays = contentOf({ recurrence_pattern: 'FREQ=WEEKLY' });
  const firstsOfJune = contentOf({
    start_time: '2026-06-01T10:30:00',
    end_time: '2026-06-01T11:30:00',
    recurrence_pattern: 'FREQ=YEARLY',
  });

  it('names the two occurrences that meet first after an instant', () => {
    const met = findFirstOverlap(mondays, firstsOfJune, seconds('2040-01-01T00:00:00Z'))!;
    expect(spelled(met.ours)).toBe('2043-06-01T10:00/2043-06-01T11:00');
    expect(spelled(met.theirs)).toBe('2043-06-01T10:30/2043-06-01T11:30');
  });

  it('is null when they only touch, or one of them has ended', () => {
    const times = { start_time: '2026-06-01T11:00:00', end_time: '2026-06-01T12:00:00' };
    expect(findFirstOverlap(mondays, contentOf({ ...times, recurrence_pattern: 'FREQ=WEEKLY' }), 0)).toBeNull();
    const ended = contentOf({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });
    expect(findFirstOverlap(mondays, ended, seconds('2030-01-01T00:00:00Z'))).toBeNull();
  });
});

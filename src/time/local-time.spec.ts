import { describe, expect, it } from 'vitest';
import {
  formatICalendarDate,
  formatICalendarTime,
  formatLocalDate,
  formatLocalTime,
  localOf,
  parseICalendarTime,
  parseLocalTime,
  stampOf,
} from './local-time.js';

describe('local time', () => {
  it('reads and writes both formats', () => {
    const time = parseLocalTime('2026-06-01T10:05:09');
    expect(time).toEqual({ day: 20_605, second: 36_309 });
    expect(formatLocalTime(time)).toBe('2026-06-01T10:05:09');
    expect(formatLocalDate(time)).toBe('2026-06-01');
    expect(formatICalendarTime(time)).toBe('20260601T100509');
    expect(formatICalendarDate(time)).toBe('20260601');
    expect(parseICalendarTime('20260601T100509')).toEqual(time);
    expect(localOf(stampOf(time))).toEqual(time);
  });

  it('reads a date as its midnight, absent seconds as 0, a leap second as 59', () => {
    expect(parseLocalTime('2026-06-01').second).toBe(0);
    expect(parseLocalTime('2026-06-01T10:05').second).toBe(36_300);
    expect(parseLocalTime('2026-06-30T23:59:60').second).toBe(86_399);
  });

  it('counts days before 1970 downwards', () => {
    expect(localOf(-1)).toEqual({ day: -1, second: 86_399 });
    expect(formatLocalTime(localOf(-1))).toBe('1969-12-31T23:59:59');
    expect(formatLocalDate({ day: 2_932_897, second: 0 })).toBe('10000-01-01');
  });

  it.each([
    '',
    '2026-02-30',
    '2026-13-01',
    '2026-06-01T24:00:00',
    '2026-06-01T10:00:00Z',
    '2026-6-1',
    '20260601',
    ' 2026-06-01',
  ])('rejects "%s"', (text) => {
    expect(() => parseLocalTime(text)).toThrow(expect.objectContaining({ code: 'invalid_time' }));
  });
});

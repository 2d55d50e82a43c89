import { describe, expect, it } from 'vitest';
import {
  formatICalendarDate,
  formatInstant,
  formatICalendarTime,
  formatLocalDate,
  formatLocalTime,
  localOf,
  parseICalendarTime,
  parseLocalTime,
  stampOf,
} from './local-time.js';

describe('an instant', () => {
  it.each([
    '0000-01-01T00:00:00.000Z',
    '0099-12-31T23:59:59.999Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '2024-02-29T12:34:56.007Z',
    '2026-06-01T08:00:00.070Z',
    '9999-12-31T23:59:59.999Z',
    '-000001-12-31T23:59:59.999Z',
    '+010000-01-01T00:00:00.000Z',
  ])('is written as %s, as by toISOString', (text) => {
    expect(formatInstant(new Date(text))).toBe(text);
    expect(new Date(text).toISOString()).toBe(text);
  });

  it('is refused when it is none, as by toISOString', () => {
    expect(() => formatInstant(new Date(Number.NaN))).toThrow(RangeError);
  });
});

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

import { describe, expect, it } from 'vitest';
import { formatEvent, formatInstant, offsetAt, toInstant, toLocal } from '../../sdk/times.js';
import { formatLocalTime, parseLocalTime } from '../../src/time/local-time.js';
import { toInstant as serverInstant, toLocal as serverLocal } from '../../src/time/time-zone.js';
import { Chance } from '../support/random.js';

const ZONES = 'UTC Europe/Paris America/New_York Australia/Lord_Howe Antarctica/Troll Pacific/Apia Asia/Kolkata Africa/Casablanca Pacific/Kiritimati America/St_Johns'.split(' '); // prettier-ignore

describe('times of the SDK', () => {
  it('are what the server decides, also where clocks change', () => {
    const chance = new Chance(13);
    const changes = ['2026-03-29T02:30', '2026-10-25T02:30', '2026-10-04T02:15', '2026-04-05T01:45', '2011-12-30T10:00', '2026-03-08T02:30', '2026-11-01T01:30']; // prettier-ignore
    const anywhere = Array.from({ length: 3_000 }, () =>
      new Date(Date.UTC(1990, 0, 1) + chance.below(60 * 365 * 1_440) * 60_000).toISOString().slice(0, 16),
    );
    for (const zone of ZONES) {
      for (const wall of [...changes, ...anywhere]) {
        const { epochSecond } = serverInstant(parseLocalTime(wall), zone);
        const instant = toInstant(wall, zone);
        expect([zone, wall, Date.parse(instant) / 1_000]).toEqual([zone, wall, epochSecond]);
        expect(toLocal(instant, zone)).toBe(formatLocalTime(serverLocal(epochSecond, zone)));
      }
    }
  });

  it('name the second of two, when asked', () => {
    expect(toInstant('2026-10-25T02:30', 'Europe/Paris')).toBe('2026-10-25T00:30:00Z');
    expect(toInstant('2026-10-25T02:30', 'Europe/Paris', { overlap: 'second' })).toBe('2026-10-25T01:30:00Z');
    expect(toInstant('2026-06-01', 'Europe/Paris')).toBe('2026-05-31T22:00:00Z');
    expect(offsetAt('2026-06-01T00:00:00Z', 'America/New_York')).toBe(-4 * 3_600_000);
  });

  it('refuse what is no wall time, no instant and no zone', () => {
    for (const wrong of ['', 'soon', '2026-06-01T10:00Z', '2026-06-01T10:00+02:00', '2026-13-01T10:00']) {
      expect(() => toInstant(wrong, 'UTC')).toThrow(RangeError);
    }
    expect(() => toLocal('soon', 'UTC')).toThrow(RangeError);
    expect(() => toLocal('2026-06-01T10:00:00Z', 'Mars/Base')).toThrow(RangeError);
  });

  it('are shown in a zone and a language; the dates of all-day events in none', () => {
    const plain = (text: string): string => text.replaceAll(/\s/g, ' ');
    expect(plain(formatInstant('2026-06-01T08:00:00Z', 'Europe/Paris', { locale: 'en-GB', timeStyle: 'short' }))).toBe('10:00'); // prettier-ignore
    const event = { start_time: '2026-06-01T08:00:00Z', end_time: '2026-06-01T09:00:00Z' };
    expect(plain(formatEvent(event, 'Europe/Paris', { locale: 'en-GB' }))).toMatch(/^1 Jun 2026, 10:00.11:00$/);
    const occurrence = { start_time: '2026-06-08T08:00:00Z', end_time: '2026-06-08T09:00:00Z' };
    const item = plain(formatEvent({ ...event, occurrence }, 'Europe/Paris', { locale: 'en-GB' }));
    expect(item).toMatch(/^8 Jun 2026, 10:00.11:00$/);
    const days = { start_time: '2026-06-01', end_time: '2026-06-03', all_day: true };
    for (const zone of ['Pacific/Kiritimati', 'America/New_York']) {
      expect(plain(formatEvent(days, zone, { locale: 'en-GB' }))).toMatch(/^1\s?.\s?2 Jun 2026$/);
    }
  });
});

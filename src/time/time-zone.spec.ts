import { describe, expect, it } from 'vitest';
import { formatLocalTime, parseLocalTime } from './local-time.js';
import { canonicalTimeZone, isTimeZone, toInstant, toLocal, tzdataVersion } from './time-zone.js';
import { zoneOffsets } from './zone-offsets.js';

function instant(local: string, zone: string | null): string {
  const { epochSecond, adjusted } = toInstant(parseLocalTime(local), zone);
  return `${new Date(epochSecond * 1000).toISOString().slice(0, 19)}Z${adjusted ? ' adjusted' : ''}`;
}

describe('time zone', () => {
  it.each([
    ['an ordinary time', 'Europe/Paris', '2026-06-01T10:00', '2026-06-01T08:00:00Z'],
    ['a gap of an hour', 'Europe/Paris', '2026-03-29T02:30', '2026-03-29T01:30:00Z adjusted'],
    ['the end of a gap', 'Europe/Paris', '2026-03-29T03:00', '2026-03-29T01:00:00Z'],
    ['the first of two', 'Europe/Paris', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
    ['a gap of half an hour in Lord Howe', 'Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00Z adjusted'],
    [
      'the first of a repeated half hour in Lord Howe',
      'Australia/Lord_Howe',
      '2026-04-05T01:45',
      '2026-04-04T14:45:00Z',
    ],
    ['a gap of two hours in Troll', 'Antarctica/Troll', '2026-03-29T01:30', '2026-03-29T01:30:00Z adjusted'],
    ['the first of two repeated hours in Troll', 'Antarctica/Troll', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
    ['the day that Apia skipped', 'Pacific/Apia', '2011-12-30T10:00', '2011-12-30T20:00:00Z adjusted'],
    ['the day after', 'Pacific/Apia', '2011-12-31T10:00', '2011-12-30T20:00:00Z'],
    ['Casablanca after Ramadan', 'Africa/Casablanca', '2026-03-22T02:30', '2026-03-22T02:30:00Z adjusted'],
    ['Casablanca before Ramadan', 'Africa/Casablanca', '2026-02-15T02:30', '2026-02-15T01:30:00Z'],
    [
      'a gap in Dublin, where winter is the exception',
      'Europe/Dublin',
      '2026-03-29T01:30',
      '2026-03-29T01:30:00Z adjusted',
    ],
    ['the first of a repeated hour in Dublin', 'Europe/Dublin', '2026-10-25T01:30', '2026-10-25T00:30:00Z'],
    ['an offset with seconds', 'Europe/Paris', '1905-01-01T12:00', '1905-01-01T11:50:39Z'],
    ['Monrovia until 1972', 'Africa/Monrovia', '1971-01-01T12:00', '1971-01-01T12:44:30Z'],
    ['between two changes a week apart', 'America/Noronha', '2000-10-12T12:00', '2000-10-12T13:00:00Z'],
    ['a century ahead', 'Europe/Paris', '2126-03-31T02:30', '2126-03-31T01:30:00Z adjusted'],
    ['floating time', null, '2026-03-29T02:30', '2026-03-29T02:30:00Z'],
  ])('%s', (_, zone, local, expected) => {
    expect(instant(local, zone)).toBe(expected);
  });

  it('returns the local time of an instant in a zone', () => {
    const { epochSecond } = toInstant(parseLocalTime('2026-03-29T02:30'), 'Europe/Paris');
    expect(formatLocalTime(toLocal(epochSecond, 'Europe/Paris'))).toBe('2026-03-29T03:30:00');
    expect(formatLocalTime(toLocal(epochSecond, 'Pacific/Kiritimati'))).toBe('2026-03-29T15:30:00');
  });

  it('finds every offset change that a check every six hours finds', () => {
    for (const zone of ['Africa/Tunis', 'America/Noronha', 'Africa/Casablanca', 'Asia/Gaza', 'Europe/Riga']) {
      const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hour: 'numeric', timeZoneName: 'longOffset' });
      const offsets = zoneOffsets(zone);
      for (const year of [1943, 1944, 2000, 2011, 2026, 2080]) {
        const start = Date.UTC(year, 0, 1) / 1000;
        for (let at = start; at < start + 366 * 86_400; at += 6 * 3600) {
          const shown = format.format(at * 1000);
          const [hours = 0, minutes = 0, seconds = 0] = shown
            .slice(shown.lastIndexOf('GMT') + 4)
            .split(':')
            .map(Number);
          const size = hours * 3600 + minutes * 60 + seconds;
          expect(Math.abs(offsets.at(at))).toBe(size);
        }
      }
    }
  });

  it.each([
    ['europe/paris', 'Europe/Paris'],
    ['ASIA/KOLKATA', 'Asia/Kolkata'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
    ['america/port-au-prince', 'America/Port-au-Prince'],
    ['africa/dar_es_salaam', 'Africa/Dar_es_Salaam'],
    ['us/east-indiana', 'US/East-Indiana'],
    ['australia/nsw', 'Australia/NSW'],
    ['etc/gmt+5', 'Etc/GMT+5'],
    ['utc', 'UTC'],
    ['est5edt', 'EST5EDT'],
  ])('spells %s as %s', (name, spelled) => {
    expect(canonicalTimeZone(name)).toBe(spelled);
  });

  it.each([
    '',
    '+01:00',
    '-05',
    'GMT+1',
    'BST',
    'PST',
    'Mars/Olympus',
    'Europe/Paris ',
    '../etc/passwd',
    'SystemV/EST5',
    'x'.repeat(1e5),
  ])('rejects %.20s', (name) => {
    expect(isTimeZone(name)).toBe(false);
    expect(() => toInstant({ day: 0, second: 0 }, name)).toThrow(
      expect.objectContaining({ code: 'unknown_time_zone' }),
    );
  });

  it('returns the version of its data', () => {
    expect(tzdataVersion()).toMatch(/^20\d\d[a-z]+$/);
  });
});

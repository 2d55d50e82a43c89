import { describe, expect, it } from 'vitest';
import { readInstant } from '../platform/http/instant-text.js';
import { type EventTimes, readLocalStarts, resolveTimes, type TimeInput } from './draft-times.js';

const PARIS = 'Europe/Paris';

/** Start and end as `instant | wall time`. */
function resolve(input: TimeInput, current: EventTimes | null = null, zone = 'UTC'): string[] {
  const resolved = resolveTimes(input, current, zone);
  if ('errors' in resolved) return resolved.errors.map(({ pointer, code }) => `${pointer} ${code}`);
  const { startTime, endTime, localStart, localEnd } = resolved.times;
  return [`${startTime.toISOString()} | ${localStart}`, `${endTime.toISOString()} | ${localEnd}`];
}

function timesOf(input: TimeInput, current: EventTimes | null = null, zone = 'UTC'): EventTimes {
  const resolved = resolveTimes(input, current, zone);
  if ('errors' in resolved) throw new Error(JSON.stringify(resolved.errors));
  return resolved.times;
}

describe('the times of a new event', () => {
  it('reads a time with an offset as that instant', () => {
    const input = {
      start_time: '2026-06-01T10:00:00+02:00',
      end_time: '2026-06-01T09:00:00Z',
      time_zone: 'Asia/Tokyo',
    };
    expect(resolve(input)).toEqual([
      '2026-06-01T08:00:00.000Z | 2026-06-01T17:00:00',
      '2026-06-01T09:00:00.000Z | 2026-06-01T18:00:00',
    ]);
  });

  it('reads a time without one as wall time in the zone of the event, else of the caller', () => {
    const input = { start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00' };
    const inParis = [
      '2026-06-01T08:00:00.000Z | 2026-06-01T10:00:00',
      '2026-06-01T09:00:00.000Z | 2026-06-01T11:00:00',
    ];
    expect(resolve(input, null, PARIS)).toEqual(inParis);
    expect(resolve({ ...input, time_zone: 'europe/paris' })).toEqual(inParis);
    expect(timesOf({ ...input, time_zone: 'europe/paris' }).timeZone).toBe(PARIS);
  });

  it('moves both ends forward by the gap, and keeps what was typed', () => {
    const input = { start_time: '2026-03-29T02:30:00', end_time: '2026-03-29T04:00:00' };
    expect(resolve(input, null, PARIS)).toEqual([
      '2026-03-29T01:30:00.000Z | 2026-03-29T02:30:00',
      '2026-03-29T03:00:00.000Z | 2026-03-29T04:00:00',
    ]);
    // The whole of the skipped hour, a skipped end alone, and an end that is an instant.
    expect(resolve({ start_time: '2026-03-29T02:00:00', end_time: '2026-03-29T03:00:00' }, null, PARIS)).toEqual([
      '2026-03-29T01:00:00.000Z | 2026-03-29T02:00:00',
      '2026-03-29T02:00:00.000Z | 2026-03-29T03:00:00',
    ]);
    expect(resolve({ start_time: '2026-03-29T01:30:00', end_time: '2026-03-29T02:30:00' }, null, PARIS)[1]).toBe(
      '2026-03-29T01:30:00.000Z | 2026-03-29T02:30:00',
    );
    expect(resolve({ start_time: '2026-03-29T02:30:00', end_time: '2026-03-29T04:00:00+02:00' }, null, PARIS)[1]).toBe(
      '2026-03-29T02:00:00.000Z | 2026-03-29T03:00:00',
    );
  });

  it('reads a time that comes twice as the first, unless it has an offset', () => {
    const end_time = '2026-10-25T04:00:00';
    expect(resolve({ start_time: '2026-10-25T02:30:00', end_time }, null, PARIS)[0]).toMatch(/^2026-10-25T00:30/);
    expect(resolve({ start_time: '2026-10-25T02:30:00+01:00', end_time }, null, PARIS)[0]).toMatch(/^2026-10-25T01:30/);
  });

  it('lets an all-day event that begins on a skipped day or midnight last its days', () => {
    const day = (start_time: string, end_time: string) => ({ start_time, end_time, all_day: true });
    expect(resolve(day('2011-12-30', '2011-12-31'), null, 'Pacific/Apia')).toEqual([
      '2011-12-30T10:00:00.000Z | 2011-12-30T00:00:00',
      '2011-12-31T10:00:00.000Z | 2011-12-31T00:00:00',
    ]);
    expect(resolve(day('2026-03-29', '2026-03-30'), null, 'Asia/Beirut')[1]).toBe(
      '2026-03-29T21:00:00.000Z | 2026-03-30T00:00:00',
    );
  });

  it('compares end and start as instants, not as wall times', () => {
    const autumn = { start_time: '2026-10-25T02:30:00+02:00', end_time: '2026-10-25T02:15:00+01:00' };
    expect(resolve(autumn, null, PARIS)).toHaveLength(2);
    const gap = { start_time: '2026-03-29T02:30:00', end_time: '2026-03-29T02:15:00' };
    expect(resolve(gap, null, PARIS)).toEqual(['/end_time end_not_after_start']);
  });

  it('drops fractions of seconds, and accepts all forms of RFC 3339', () => {
    const forms = ['2026-06-01T10:00:00.999Z', '2026-06-01t10:00:00z', '2026-06-01 10:00:00Z', '2026-06-01T10:00Z'];
    for (const start_time of forms) {
      expect(resolve({ start_time, end_time: '2026-06-02T00:00:00Z' })[0]).toMatch(/^2026-06-01T10:00:00.000Z/);
    }
  });

  it.each([
    'tomorrow',
    '',
    '2026-06-01',
    '2026-02-30T10:00:00',
    '2026-06-01T24:00:00',
    '2026-06-01T10:60:00Z',
    '2026-06-01T10:00:00+25:00',
    '2026-06-01T10:00:00+02',
    '1780308000',
    '2026-06-01T10:00:00[Europe/Paris]',
    '+002026-06-01T10:00:00Z',
  ])('refuses the time %j', (start_time) => {
    expect(resolve({ start_time, end_time: '2026-06-01T11:00:00Z' })).toEqual(['/start_time not_an_instant']);
  });

  it('refuses both times at once', () => {
    expect(resolve({ start_time: 'x', end_time: 'y' })).toEqual([
      '/start_time not_an_instant',
      '/end_time not_an_instant',
    ]);
    expect(resolve({})).toEqual(['/start_time required', '/end_time required']);
  });

  it('refuses an end at or before the start', () => {
    for (const end_time of ['2026-06-01T10:00:00Z', '2026-06-01T09:59:59Z']) {
      expect(resolve({ start_time: '2026-06-01T10:00:00Z', end_time })).toEqual(['/end_time end_not_after_start']);
    }
  });

  it.each(['1899-12-31T00:00:00Z', '2201-01-01T00:00:00Z', '0001-01-01T00:00:00Z'])(
    'refuses the year of %s',
    (time) => {
      expect(resolve({ start_time: time, end_time: '2026-06-01T11:00:00Z' })[0]).toBe('/start_time not_allowed');
    },
  );

  it.each(['Mars/Olympus', 'BST', '+02:00', '', 'x'.repeat(64), 'Europe/../etc'])(
    'refuses the zone %j',
    (time_zone) => {
      expect(resolve({ time_zone })).toEqual(['/time_zone unknown_time_zone']);
    },
  );
});

describe('the times of an all-day event', () => {
  it('are plain dates, from midnight to midnight in the zone', () => {
    const input = { start_time: '2026-03-29', end_time: '2026-03-30', all_day: true };
    expect(resolve(input, null, PARIS)).toEqual([
      '2026-03-28T23:00:00.000Z | 2026-03-29T00:00:00',
      '2026-03-29T22:00:00.000Z | 2026-03-30T00:00:00',
    ]);
  });

  it('accept no times of day, and last at least one day', () => {
    const all_day = true;
    expect(resolve({ start_time: '2026-03-29T00:00:00', end_time: '2026-02-30', all_day })).toEqual([
      '/start_time not_a_date',
      '/end_time not_a_date',
    ]);
    expect(resolve({ start_time: '2026-03-29', end_time: '2026-03-29', all_day })).toEqual([
      '/end_time end_not_after_start',
    ]);
  });
});

describe('the times of a changed event', () => {
  const current = timesOf({ start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00', time_zone: PARIS });

  it('stay when they are absent', () => {
    expect(timesOf({}, current)).toEqual(current);
    expect(resolve({ end_time: '2026-06-01T12:00:00' }, current)).toEqual([
      '2026-06-01T08:00:00.000Z | 2026-06-01T10:00:00',
      '2026-06-01T10:00:00.000Z | 2026-06-01T12:00:00',
    ]);
  });

  it('are read in the zone of the event, not in that of the caller', () => {
    expect(resolve({ start_time: '2026-06-01T09:00:00' }, current, 'Asia/Tokyo')[0]).toMatch(/^2026-06-01T07:00/);
  });

  it('stay the same instants under a new zone alone', () => {
    expect(resolve({ time_zone: 'America/New_York' }, current)).toEqual([
      '2026-06-01T08:00:00.000Z | 2026-06-01T04:00:00',
      '2026-06-01T09:00:00.000Z | 2026-06-01T05:00:00',
    ]);
  });

  it('stay the same dates under a new zone when all-day', () => {
    const days = timesOf({ start_time: '2026-06-01', end_time: '2026-06-02', all_day: true, time_zone: PARIS });
    expect(resolve({ time_zone: 'Asia/Tokyo' }, days)).toEqual([
      '2026-05-31T15:00:00.000Z | 2026-06-01T00:00:00',
      '2026-06-01T15:00:00.000Z | 2026-06-02T00:00:00',
    ]);
  });

  it('keep their wall time when the same instant is sent back', () => {
    const inGap = timesOf({ start_time: '2026-03-29T02:30:00', end_time: '2026-03-29T05:00:00', time_zone: PARIS });
    expect(resolve({ start_time: '2026-03-29T01:30:00Z' }, inGap)[0]).toBe(
      '2026-03-29T01:30:00.000Z | 2026-03-29T02:30:00',
    );
    expect(resolve({ start_time: '2026-03-29T03:30:00+02:00' }, inGap)[0]).toMatch(/02:30:00$/);
    // Typed as wall time it is what was typed.
    expect(resolve({ start_time: '2026-03-29T03:30:00' }, inGap)[0]).toBe(
      '2026-03-29T01:30:00.000Z | 2026-03-29T03:30:00',
    );
  });

  it('must be given when all-day is switched', () => {
    expect(resolve({ all_day: true }, current)).toEqual(['/start_time required', '/end_time required']);
    expect(resolve({ all_day: true, start_time: '2026-06-01' }, current)).toEqual(['/end_time required']);
  });

  it('points at the time that was sent when the two no longer fit', () => {
    expect(resolve({ start_time: '2026-06-01T11:00:00' }, current)).toEqual(['/start_time end_not_after_start']);
    expect(resolve({ end_time: '2026-06-01T10:00:00' }, current)).toEqual(['/end_time end_not_after_start']);
  });

  it('says how to move an event whose start or end alone was sent', () => {
    const advice = (input: object): string => {
      const resolved = resolveTimes(input, current, 'UTC');
      return 'errors' in resolved ? resolved.errors[0]!.message : 'accepted';
    };
    const keeps = (name: string, text: string): string =>
      `The end must be after the start. To move the event, send \`${name}\` as well: ${text} keeps its length.`;
    expect(advice({ start_time: '2026-06-01T14:00' })).toBe(keeps('end_time', '2026-06-01T15:00:00'));
    expect(advice({ start_time: '2026-06-01 12:00:00,5Z' })).toBe(keeps('end_time', '2026-06-01T13:00:00Z'));
    expect(advice({ end_time: '2026-06-01T09:00:00' })).toBe(keeps('start_time', '2026-06-01T08:00:00'));
    expect(advice({ start_time: '2026-06-01T14:00', end_time: '2026-06-01T13:00' })).toBe(
      'The end must be after the start.',
    );
  });
});

describe('readInstant and readLocalStarts', () => {
  const timed = { timeZone: PARIS, allDay: false };

  it('return the wall time of an instant in the zone', () => {
    expect(readInstant('2026-06-01T08:00:00Z', PARIS)).toMatchObject({ local: '2026-06-01T10:00:00' });
    expect(readLocalStarts('2026-06-01T08:00:00Z', timed)).toEqual(['2026-06-01T10:00:00']);
    expect(readLocalStarts('2026-06-01', { timeZone: PARIS, allDay: true })).toEqual(['2026-06-01T00:00:00']);
    expect(readLocalStarts('2026-06-01', timed)).toMatchObject({ code: 'not_an_instant' });
    // The second of two equal wall times.
    expect(readLocalStarts('2026-10-25T02:30:00+01:00', timed)).toMatchObject({ code: 'repeated_time' });
    expect(readLocalStarts('2026-10-25T02:30:00+02:00', timed)).toEqual(['2026-10-25T02:30:00']);
  });

  it('include the skipped wall time for an instant just after a gap', () => {
    expect(readLocalStarts('2026-03-29T01:30:00Z', timed)).toEqual(['2026-03-29T03:30:00', '2026-03-29T02:30:00']);
    expect(readLocalStarts('2026-03-29T03:30:00', timed)).toEqual(['2026-03-29T03:30:00']);
    expect(readLocalStarts('2026-03-29T02:30:00Z', timed)).toEqual(['2026-03-29T04:30:00']);
    // Lord Howe springs by half an hour, Troll by two, Apia once by a day.
    expect(readLocalStarts('2026-10-03T15:45:00Z', { timeZone: 'Australia/Lord_Howe', allDay: false })).toEqual([
      '2026-10-04T02:45:00',
      '2026-10-04T02:15:00',
    ]);
    expect(readLocalStarts('2026-03-29T01:30:00Z', { timeZone: 'Antarctica/Troll', allDay: false })).toEqual([
      '2026-03-29T03:30:00',
      '2026-03-29T01:30:00',
    ]);
    expect(readLocalStarts('2011-12-30T20:00:00Z', { timeZone: 'Pacific/Apia', allDay: false })).toEqual([
      '2011-12-31T10:00:00',
      '2011-12-30T10:00:00',
    ]);
  });
});

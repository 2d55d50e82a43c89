import { Client, types } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseTimestamp, printTimestamp } from './timestamps.js';

const ZONE = process.env['TZ'];
const theirs = types.getTypeParser(types.builtins.TIMESTAMPTZ, 'text') as (text: string) => unknown;

describe('parseTimestamp', () => {
  it.each([
    '2026-06-01 08:00:00+00',
    '2026-06-01 08:00:00.2+00',
    '2026-06-01 08:00:00.25+00',
    '2026-06-01 08:00:00.257+00',
    '2026-06-01 08:00:00.007+00',
    '2024-02-29 23:59:59.999+00',
    '1000-01-01 00:00:00+00',
    '1899-12-31 23:59:59+00',
    '1969-12-31 23:59:59.9+00',
    '9999-12-31 23:59:59+00',
    '2026-06-01 08:00:00.257123+00',
    '2026-06-01 08:00:00+02',
    '2026-06-01 08:00:00+05:30',
    '0099-06-01 08:00:00+00',
    '12026-06-01 08:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    'infinity',
    '-infinity',
  ])('reads %s as the driver does', (text) => {
    expect(parseTimestamp(text)).toEqual(theirs(text));
  });

  it('reads every day of some years, and seconds of a day, as the driver does', () => {
    for (let time = Date.UTC(1996, 0, 1); time < Date.UTC(2005, 0, 1); time += 86_400_000 + 61_007) {
      const text = new Date(time)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.?0*Z$/, '+00');
      expect(parseTimestamp(text)).toEqual(new Date(time));
    }
  });
});

describe('a time that is written and read', () => {
  const client = new Client({ connectionString: inject('templateUrl'), options: '-c timezone=UTC' });
  beforeAll(() => client.connect());
  afterAll(() => client.end());

  const times = [
    '-002000-01-01T00:00:00.000Z',
    '0001-01-01T00:00:00.000Z',
    '0999-12-31T23:59:59.999Z',
    '1000-01-01T00:00:00.000Z',
    '1847-12-01T00:01:15.000Z',
    '1969-12-31T23:59:59.900Z',
    '1970-01-01T00:00:00.000Z',
    '2026-03-29T01:30:00.070Z',
    '2026-10-25T00:30:00.007Z',
    '9999-12-31T23:59:59.999Z',
    '+010000-01-01T00:00:00.000Z',
    '+123456-07-08T09:10:11.120Z',
  ];

  afterEach(() => {
    if (ZONE === undefined) delete process.env['TZ'];
    else process.env['TZ'] = ZONE;
  });

  it.each(times)('is the same by PostgreSQL: %s', async (text) => {
    const time = new Date(text);
    // Offsets with seconds: of Paris until 1911, of Monrovia until 1972.
    for (const zone of time.getUTCFullYear() < 1
      ? ['UTC']
      : ['UTC', 'Europe/Paris', 'Africa/Monrovia', 'Pacific/Apia']) {
      process.env['TZ'] = zone;
      const { rows } = await client.query<{ text: string; same: boolean }>({
        text: `SELECT $1::timestamptz::text AS text, extract(epoch FROM $1::timestamptz) * 1000 = $2::numeric AS same`,
        values: [printTimestamp(time), time.getTime()],
      });
      expect([zone, rows[0]!.same]).toEqual([zone, true]);
      expect(parseTimestamp(rows[0]!.text)).toEqual(time);
    }
  });
});

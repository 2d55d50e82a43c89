import { describe, expect, it } from 'vitest';
import { expandJsonLine } from './expand-line.js';

function toResult(line: object): unknown {
  return JSON.parse(expandJsonLine(JSON.stringify(line)));
}

describe('expandJsonLine', () => {
  const start = {
    id: 7,
    dtstart: '20260328T023000',
    tzid: 'Europe/Paris',
    rrule: ['FREQ=DAILY'],
    rdate: [],
    exdate: [],
  };

  it('lists instants of a zoned series, up to n', () => {
    expect(toResult({ ...start, n: 2 })).toEqual({ id: 7, out: ['20260328T013000Z', '20260329T013000Z'] });
  });

  it('lists local times of a floating series, up to and including end', () => {
    const out = ['20260328T023000', '20260329T023000'];
    expect(toResult({ ...start, tzid: null, end: '20260329T023000' })).toEqual({ id: 7, out });
  });

  it('lists dates of an all-day series', () => {
    const line = { ...start, dtstart: '20260601', tzid: null, rrule: ['FREQ=WEEKLY'], exdate: ['20260608'], n: 2 };
    expect(toResult(line)).toEqual({ id: 7, out: ['20260601', '20260615'] });
  });

  it('returns the error with the id of its line', () => {
    expect(toResult({ ...start, rrule: ['FREQ=HOURLY'] })).toEqual({
      id: 7,
      error: expect.stringContaining('unsupported_frequency: '),
    });
  });

  it.each([
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"dtstart":5}',
    '{"dtstart":"20260601","rrule":"FREQ=DAILY"}',
    '{"dtstart":"20260601","n":-1}',
  ])('responds to %s with a line of JSON', (line) => {
    expect(JSON.parse(expandJsonLine(line))).toHaveProperty('id');
  });
});

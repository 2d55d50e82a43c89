import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TimeError } from '../../src/time/time-error.js';
import { RFC_EXAMPLES } from './rfc-examples.js';
import { answers, isOutOfScope, type Vector } from './vectors.js';

/**
 * Cases that this engine answers differently on purpose; `docs/recurrence-differences.md` says why at length.
 * Anything else that differs is a defect.
 */
const DIFFERENT_ON_PURPOSE = new Map([
  ['google-rfc-2445#61', 'drops the days of week 1 that lie in December, which BYWEEKNO includes'],
  ['google-rfc-2445#68', 'cuts the first interval at the start before BYSETPOS counts'],
  ['libical#78', 'refused by libical only because it has not implemented it; ical.net#7 expects our dates'],
  ['sabre-vobject#27', 'drops a time in a DST gap; erratum 4271 and ical.net#135 move it'],
]);

const folder = process.env['RECURRENCE_VECTORS'];
const file = folder ? join(folder, 'vectors.json') : '';
const given = existsSync(file);
const vectors = given ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]) : RFC_EXAMPLES;
console.log(
  given
    ? `recurrence: ${vectors.length} vectors from RECURRENCE_VECTORS`
    : 'recurrence: RECURRENCE_VECTORS is not set; running the examples of RFC 5545 and generated cases only',
);

const regular = vectors.filter(({ id }) => !DIFFERENT_ON_PURPOSE.has(id));
const answerable = regular.filter((vector) => vector.class !== 'invalid-input' && !isOutOfScope(vector));

describe('what others expect of a rule', () => {
  it.each([
    ['the RFC', RFC_EXAMPLES],
    ['the vectors', answerable],
  ])('all dates as expected by %s', (_, cases) => {
    const failures = cases
      .filter(({ expected }) => expected !== undefined)
      .filter((vector) => {
        const allowed = answers(vector).map(withoutRepetitions);
        return !allowed.includes(withoutRepetitions(vector.expected!));
      });
    expect(failures.map(({ id, rrule }) => `${id}: ${rrule.join()}`)).toEqual([]);
    expect(cases.length).toBeGreaterThan(30);
  });

  it('refuses what is invalid, and frequencies and calendars out of its scope', () => {
    const refused = regular.filter((vector) => vector.class === 'invalid-input' || isOutOfScope(vector));
    expect(refused.filter((vector) => !isRefused(vector)).map(({ id }) => id)).toEqual([]);
    expect(refused.length > 0).toBe(given);
  });

  it('lists no difference that is none', () => {
    const listed = vectors.filter(({ id }) => DIFFERENT_ON_PURPOSE.has(id));
    expect(listed.length).toBe(given ? DIFFERENT_ON_PURPOSE.size : 0);
    for (const vector of listed) {
      if (vector.class === 'invalid-input') expect(isRefused(vector)).toBe(false);
      else expect(answers(vector).map(withoutRepetitions)).not.toContain(withoutRepetitions(vector.expected!));
    }
  });
});

/** One source lists two RDATEs of one day twice; RFC 5545 §3.8.5.2 counts a date once. */
function withoutRepetitions(times: string[]): string {
  return [...new Set(times)].join();
}

function isRefused(vector: Vector): boolean {
  try {
    answers(vector);
    return false;
  } catch (error) {
    if (error instanceof TimeError) return true;
    throw error;
  }
}

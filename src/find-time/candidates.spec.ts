import { describe, expect, it } from 'vitest';
import { parseRrule } from '../recurrence/rrule-text.js';
import { type Candidate, seriesCandidates, singleCandidates } from './candidates.js';

const at = (text: string): number => Date.parse(text) / 1_000;
const question = (from: string, to: string, zoneName = 'UTC', minutes = 60) => ({
  window: { start: at(from), end: at(to) },
  length: minutes * 60,
  zoneName,
});
const starts = (candidates: Candidate[]): string[] =>
  candidates.map(([first]) => new Date(first!.start * 1_000).toISOString().slice(0, 16));
const datesOf = (candidate: Candidate | undefined): string[] =>
  (candidate ?? []).map(({ start }) => new Date(start * 1_000).toISOString().slice(0, 16));

describe('singleCandidates', () => {
  it('returns every quarter of an hour at which the event ends within the window', () => {
    const found = singleCandidates(question('2026-06-01T09:05:00Z', '2026-06-01T10:45:00Z'));
    expect(starts(found)).toEqual(['2026-06-01T09:15', '2026-06-01T09:30', '2026-06-01T09:45']);
  });

  it('includes both passes of a repeated hour and none of a skipped one', () => {
    const doubled = singleCandidates(question('2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z', 'Europe/Paris', 15));
    const skipped = singleCandidates(question('2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z', 'Europe/Paris', 15));
    expect([doubled.length, skipped.length]).toEqual([8, 8]);
  });

  it('follows the clocks of a zone whose offset is not a whole number of hours', () => {
    const found = singleCandidates(question('2026-06-01T00:00:00Z', '2026-06-01T00:45:00Z', 'Asia/Kathmandu', 30));
    expect(starts(found)).toEqual(['2026-06-01T00:00', '2026-06-01T00:15']);
    const old = singleCandidates(question('1950-06-01T00:00:00Z', '1950-06-01T01:00:00Z', 'Africa/Monrovia', 30));
    // 44 minutes and 30 seconds behind UTC until 1972.
    expect(old.map(([first]) => new Date(first!.start * 1_000).toISOString())).toContain('1950-06-01T00:14:30.000Z');
  });

  it('finds nothing in a window that is too short or ends before it begins', () => {
    expect(singleCandidates(question('2026-06-01T09:00:00Z', '2026-06-01T09:59:00Z'))).toEqual([]);
    expect(singleCandidates(question('2026-06-01T09:00:00Z', '2026-05-01T09:59:00Z'))).toEqual([]);
  });
});

describe('seriesCandidates', () => {
  it('begins only on days of the pattern, and returns ten occurrences', () => {
    const rule = parseRrule('FREQ=WEEKLY;BYDAY=TU');
    const found = seriesCandidates(question('2026-06-01T00:00:00Z', '2026-06-08T00:00:00Z'), rule);
    expect(found).toHaveLength(96);
    expect(datesOf(found[40])).toHaveLength(10);
    expect(datesOf(found[40]).slice(0, 2)).toEqual(['2026-06-02T10:00', '2026-06-09T10:00']);
  });

  it('keeps its wall time when the clocks change', () => {
    const rule = parseRrule('FREQ=WEEKLY;COUNT=3');
    const [first] = seriesCandidates(question('2026-10-19T08:00:00Z', '2026-10-19T09:00:00Z', 'Europe/Paris'), rule);
    expect(datesOf(first)).toEqual(['2026-10-19T08:00', '2026-10-26T09:00', '2026-11-02T09:00']);
  });

  it('has no series with an occurrence that the clocks skip, at its beginning or later', () => {
    const rule = parseRrule('FREQ=DAILY;COUNT=2');
    // 2:30 on Saturday, and no 2:30 on Sunday.
    const before = seriesCandidates(question('2026-03-28T01:30:00Z', '2026-03-28T03:00:00Z', 'Europe/Paris'), rule);
    expect(starts(before)).toEqual(['2026-03-28T02:00']);
    const within = seriesCandidates(question('2026-03-29T00:00:00Z', '2026-03-29T03:00:00Z', 'Europe/Paris', 15), rule);
    expect(new Set(starts(within)).size).toBe(within.length);
  });

  it.each([
    ['COUNT=3', 3],
    ['UNTIL=20260622', 3],
    ['UNTIL=20260622T095959', 2],
    ['UNTIL=20260622T100000', 3],
    ['UNTIL=20260622T080000Z', 3],
    ['UNTIL=20260622T075959Z', 2],
  ])('ends with %s', (end, count) => {
    const rule = parseRrule(`FREQ=WEEKLY;${end}`);
    const [first] = seriesCandidates(question('2026-06-08T08:00:00Z', '2026-06-08T09:00:00Z', 'Europe/Paris'), rule);
    expect(first).toHaveLength(count);
  });

  it('returns occurrences within a year', () => {
    const rule = parseRrule('FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1');
    const [first] = seriesCandidates(question('2026-06-01T10:00:00Z', '2026-06-01T11:00:00Z'), rule);
    expect(datesOf(first)).toEqual(['2026-06-01T10:00', '2026-11-01T10:00', '2027-04-01T10:00']);
  });

  it('finds nothing when no day of the window is in the pattern', () => {
    const rule = parseRrule('FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24');
    expect(seriesCandidates(question('2026-06-01T00:00:00Z', '2026-07-01T00:00:00Z'), rule)).toEqual([]);
  });
});

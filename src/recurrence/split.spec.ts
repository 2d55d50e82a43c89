import { describe, expect, it } from 'vitest';
import { expand } from './expand.js';
import { formatLocalTime, parseLocalTime } from '../time/local-time.js';
import { parseRrule, printRrule } from './rrule-text.js';
import type { Series } from './series.js';
import { joinSeries, splitSeries } from './split.js';

function weekly(rrule: string, changes: Partial<Series> = {}): Series {
  return {
    start: parseLocalTime('2026-06-01T10:00'),
    zone: 'Europe/Paris',
    allDay: false,
    duration: { days: 0, seconds: 3600 },
    rule: parseRrule(rrule),
    added: [],
    excluded: [],
    overrides: [],
    ...changes,
  };
}

function originals(series: Series): string[] {
  const listed = expand(series, { from: -Infinity, to: Infinity }, 20);
  return listed.map(({ original }) => formatLocalTime(original).slice(5, 10));
}

describe('splitSeries', () => {
  it('splits COUNT=9 after the fifth into 5 and 4', () => {
    const whole = weekly('FREQ=WEEKLY;COUNT=9');
    const { head, tail } = splitSeries(whole, parseLocalTime('2026-07-06T10:00'));
    expect([head.rule!.count, tail.rule!.count]).toEqual([5, 4]);
    expect(originals(head)).toHaveLength(5);
    expect(originals(tail)[0]).toBe('07-06');
    expect(joinSeries(head, tail)).toEqual(whole);
  });

  it('ends the head of a series without an end the day before, and leaves the tail without an end', () => {
    const { head, tail } = splitSeries(weekly('FREQ=WEEKLY;BYDAY=MO,WE'), parseLocalTime('2026-06-10T10:00'));
    expect(printRrule(head.rule!)).toBe('FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260609');
    expect(printRrule(tail.rule!)).toBe('FREQ=WEEKLY;BYDAY=MO,WE');
    expect(originals(head)).toEqual(['06-01', '06-03', '06-08']);
  });

  it('ends the head with a time when the split falls within a day', () => {
    const { head } = splitSeries(weekly('FREQ=WEEKLY;BYHOUR=10,15'), parseLocalTime('2026-06-08T15:00'));
    expect(printRrule(head.rule!)).toBe('FREQ=WEEKLY;BYHOUR=10,15;UNTIL=20260608T145959');
  });

  it('keeps intervals in step', () => {
    const { tail } = splitSeries(weekly('FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU'), parseLocalTime('2026-06-07T10:00'));
    expect(originals(tail).slice(0, 3)).toEqual(['06-07', '06-22', '06-28']);
  });

  it('moves added dates, exclusions and overrides to the half that contains their original start', () => {
    const at = (day: string) => parseLocalTime(`2026-${day}T10:00`);
    const whole = weekly('FREQ=WEEKLY;COUNT=6', {
      added: [at('06-02'), at('07-01')],
      excluded: [at('06-08'), at('06-29')],
      overrides: [
        { original: at('06-15'), start: at('12-31') },
        { original: at('07-06'), start: at('01-01') },
      ],
    });
    const { head, tail } = splitSeries(whole, at('06-22'));
    expect([head.added, head.excluded]).toEqual([[at('06-02')], [at('06-08')]]);
    expect([tail.added, tail.excluded]).toEqual([[at('07-01')], [at('06-29')]]);
    expect(originals(head)).toEqual(['06-01', '06-02', '06-15']);
    expect(originals(tail)).toEqual(['07-06', '06-22', '07-01']);
    expect(joinSeries(head, tail)).toEqual(whole);
  });

  it('splits at an added date', () => {
    const added = [parseLocalTime('2026-06-10T18:00'), parseLocalTime('2026-12-24T18:00')];
    const whole = weekly('FREQ=WEEKLY;COUNT=3', { added });
    const early = splitSeries(whole, added[0]!);
    expect([originals(early.head), originals(early.tail)]).toEqual([
      ['06-01', '06-08'],
      ['06-10', '06-15', '12-24'],
    ]);
    expect(joinSeries(early.head, early.tail)).toEqual(whole);
    const late = splitSeries(whole, added[1]!);
    expect([late.tail.rule, originals(late.tail)]).toEqual([null, ['12-24']]);
    expect(joinSeries(late.head, late.tail)).toEqual(whole);
  });

  it('gives the head no rule when only added dates precede the split', () => {
    for (const rule of ['FREQ=WEEKLY;COUNT=3', 'FREQ=WEEKLY', 'FREQ=WEEKLY;UNTIL=20260801']) {
      const added = ['2026-05-20T18:00', '2026-05-25T18:00', '2026-06-10T18:00'].map(parseLocalTime);
      const whole = weekly(rule, { added });
      const { head, tail } = splitSeries(whole, whole.start);
      expect([head.rule, originals(head)], rule).toEqual([null, ['05-20', '05-25']]);
      expect(tail, rule).toEqual({ ...whole, added: [added[2]] });
      expect(joinSeries(head, tail), rule).toEqual(whole);
      const excluded = weekly(rule, { added, excluded: [added[0]!] });
      expect(originals(splitSeries(excluded, whole.start).head), rule).toEqual(['05-25']);
    }
  });

  it('splits a series without a rule that starts at a later one of its dates', () => {
    const added = ['2026-05-20T18:00', '2026-05-25T18:00', '2026-06-10T18:00'].map(parseLocalTime);
    const whole = { ...weekly('FREQ=WEEKLY', { added }), rule: null };
    for (const [index, at] of [added[1]!, whole.start, added[2]!].entries()) {
      const { head, tail } = splitSeries(whole, at);
      const all = ['05-20', '05-25', '06-01', '06-10'];
      expect([originals(head).sort(), originals(tail).sort()]).toEqual([all.slice(0, index + 1), all.slice(index + 1)]);
    }
  });

  it('rejects a split at a date that is not an occurrence, and at the first occurrence', () => {
    const whole = weekly('FREQ=WEEKLY', { excluded: [parseLocalTime('2026-06-08T10:00')] });
    const splitAt = (at: string) => () => splitSeries(whole, parseLocalTime(at));
    expect(splitAt('2026-06-02T10:00')).toThrow(expect.objectContaining({ code: 'not_an_occurrence', pointer: '/at' }));
    expect(splitAt('2026-06-08T10:00')).toThrow(expect.objectContaining({ code: 'not_an_occurrence' }));
    expect(splitAt('2026-06-01T10:00')).toThrow(expect.objectContaining({ code: 'no_occurrence', pointer: '/at' }));
  });

  it('rejects halves that changed since the split', () => {
    const { head, tail } = splitSeries(weekly('FREQ=WEEKLY;COUNT=9'), parseLocalTime('2026-07-06T10:00'));
    const later = { ...tail, start: parseLocalTime('2026-07-07T10:00') };
    expect(() => joinSeries(head, later)).toThrow(expect.objectContaining({ code: 'not_joinable' }));
  });
});

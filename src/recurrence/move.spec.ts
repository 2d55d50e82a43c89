import { describe, expect, it } from 'vitest';
import { expand } from './expand.js';
import { formatLocalTime, parseLocalTime, type LocalTime } from '../time/local-time.js';
import { changeRule } from './change-rule.js';
import { beginSeries } from './begin.js';
import { moveSeries } from './move.js';
import { parseRrule, printRrule } from './rrule-text.js';
import type { Series } from './series.js';

/** Starts on Monday 1 June 2026. */
function series(rrule: string, changes: Partial<Series> = {}): Series {
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

function time(text: string): LocalTime {
  return parseLocalTime(`2026-${text}`);
}

function originals(expanded: Series, limit = 4): string[] {
  const listed = expand(expanded, { from: -Infinity, to: Infinity }, limit);
  return listed.map(({ original }) => formatLocalTime(original).slice(5, 16));
}

describe('moveSeries', () => {
  it.each([
    ['moves a weekday', 'FREQ=WEEKLY;BYDAY=MO', '06-02T10:00', 'FREQ=WEEKLY;BYDAY=TU'],
    ['rotates all weekdays', 'FREQ=WEEKLY;BYDAY=MO,WE', '06-02T10:00', 'FREQ=WEEKLY;BYDAY=TU,TH'],
    ['lands on another of its days', 'FREQ=WEEKLY;BYDAY=MO,WE,FR', '06-03T10:00', 'FREQ=WEEKLY;BYDAY=WE,FR,SU'],
    ['lands on an earlier one of its days', 'FREQ=WEEKLY;BYDAY=MO,SA', '05-30T10:00', 'FREQ=WEEKLY;BYDAY=SA,TH'],
    [
      'moves working days past midnight',
      'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
      '06-02T01:00',
      'FREQ=WEEKLY;BYDAY=TU,WE,TH,FR,SA',
    ],
    [
      'keeps the weekday in every second week',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
      '06-08T10:00',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
    ],
    [
      'rotates the start of the week',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU',
      '06-02T10:00',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,MO;WKST=TU',
    ],
    ['moves a day of the month', 'FREQ=MONTHLY;BYMONTHDAY=1,15', '06-02T10:00', 'FREQ=MONTHLY;BYMONTHDAY=2,16'],
    [
      'counts from the other end of the month',
      'FREQ=MONTHLY;BYMONTHDAY=1',
      '05-31T10:00',
      'FREQ=MONTHLY;BYMONTHDAY=-1',
    ],
    ['makes a day explicit to count from the other end', 'FREQ=MONTHLY', '05-31T10:00', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
    ['moves an ordinal by whole weeks', 'FREQ=MONTHLY;BYDAY=1MO', '05-25T10:00', 'FREQ=MONTHLY;BYDAY=-1MO'],
    ['moves a day of the year', 'FREQ=YEARLY;BYYEARDAY=152', '06-03T10:00', 'FREQ=YEARLY;BYYEARDAY=154'],
    ['moves a week', 'FREQ=YEARLY;BYWEEKNO=23;BYDAY=MO', '06-09T10:00', 'FREQ=YEARLY;BYWEEKNO=24;BYDAY=TU'],
    [
      'moves a Friday the 13th',
      'FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1',
      '06-02T10:00',
      'FREQ=MONTHLY;BYMONTHDAY=2;BYDAY=TU',
    ],
    ['moves a weekday with an ordinal', 'FREQ=MONTHLY;BYDAY=1MO', '06-09T10:00', 'FREQ=MONTHLY;BYDAY=2TU'],
    [
      'moves a month and its day',
      'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1',
      '07-04T10:00',
      'FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4',
    ],
    ['moves hours', 'FREQ=DAILY;BYHOUR=10,15', '06-01T11:30', 'FREQ=DAILY;BYHOUR=11,16'],
    ['moves hours past midnight', 'FREQ=DAILY;BYHOUR=10,23', '06-01T12:00', 'FREQ=DAILY;BYHOUR=1,12'],
    ['keeps a rule without parts', 'FREQ=MONTHLY', '06-20T10:00', 'FREQ=MONTHLY'],
  ])('%s', (_, rrule, start, expected) => {
    const moved = moveSeries(series(rrule), time(start));
    expect(printRrule(moved.rule!)).toBe(expected);
    expect(originals(moved, 1)).toEqual([start]);
  });

  it('moves exclusions and overrides with their occurrences, and keeps the start of an override that has one', () => {
    const before = series('FREQ=WEEKLY;BYDAY=MO;COUNT=6', {
      added: [time('06-05T10:00')],
      excluded: [time('06-08T10:00')],
      overrides: [
        { original: time('06-15T10:00'), start: time('12-24T18:00') },
        { original: time('06-22T10:00'), content: 'room 2' },
      ],
    });
    const moved = moveSeries(before, time('06-02T11:00'));
    expect(moved.added).toEqual([time('06-06T11:00')]);
    expect(moved.excluded).toEqual([time('06-09T11:00')]);
    expect(moved.overrides).toEqual([
      { original: time('06-16T11:00'), start: time('12-24T18:00') },
      { original: time('06-23T11:00'), content: 'room 2' },
    ]);
    expect(moveSeries(moved, before.start)).toEqual(before);
  });

  it('gives the second Monday the second Tuesday, but not away from an excluded date', () => {
    const monday = (excluded: string[]) =>
      series('FREQ=MONTHLY;BYDAY=2MO', { start: time('06-08T10:00'), excluded: excluded.map(time) });
    const moved = moveSeries(monday(['07-13T10:00']), time('06-09T10:00'));
    expect(printRrule(moved.rule!)).toBe('FREQ=MONTHLY;BYDAY=2TU');
    expect(moved.excluded).toEqual([time('07-14T10:00')]);
    // The second Tuesday of September 2026 is the day after the first Monday.
    expect(() => moveSeries(monday(['09-14T10:00']), time('06-09T10:00'))).toThrow('No rule moves every occurrence');
  });

  it('follows the occurrence that is named, from the same end of its month', () => {
    const last = series('FREQ=MONTHLY;BYDAY=-1FR', { start: time('05-29T10:00') });
    const moved = moveSeries(last, time('05-28T10:00'), undefined, time('07-31T10:00'));
    expect(printRrule(moved.rule!)).toBe('FREQ=MONTHLY;BYDAY=-1TH');
    expect(originals(moved, 3)).toEqual(['05-28T10:00', '06-25T10:00', '07-30T10:00']);
  });

  it.each([
    ['the 30th to the 31st', 'FREQ=MONTHLY;BYMONTHDAY=30', '05-30T10:00', '05-31T10:00'],
    ['the last day to the next', 'FREQ=MONTHLY;BYMONTHDAY=31', '05-31T10:00', '06-01T10:00'],
    ['the last working day', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '05-29T10:00', '05-28T10:00'],
    ['every day of June', 'FREQ=DAILY;BYMONTH=6', '06-01T10:00', '06-02T10:00'],
    ['one month as days', 'FREQ=MONTHLY;BYMONTHDAY=15', '05-15T10:00', '06-15T10:00'],
    ['only some hours over midnight', 'FREQ=WEEKLY;BYHOUR=9,23', '06-01T09:00', '06-01T11:00'],
  ])('refuses to move %s', (_, rrule, from, to) => {
    expect(() => moveSeries(series(rrule, { start: time(from) }), time(to))).toThrow(
      expect.objectContaining({ code: 'start_not_in_pattern', pointer: '/start' }),
    );
  });

  it('keeps UNTIL unless that loses or adds an occurrence', () => {
    const ending = (until: string): string =>
      printRrule(moveSeries(series(`FREQ=WEEKLY;BYDAY=MO;UNTIL=${until}`), time('06-02T10:00')).rule!);
    expect(ending('20260630')).toBe('FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630');
    expect(ending('20260629')).toBe('FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630');
    const back = moveSeries(series('FREQ=WEEKLY;BYDAY=MO;UNTIL=20260628'), time('05-31T10:00'));
    expect(printRrule(back.rule!)).toBe('FREQ=WEEKLY;BYDAY=SU;UNTIL=20260627');
  });

  it('moves a single event', () => {
    const moved = moveSeries(series('FREQ=DAILY', { rule: null }), time('07-01T09:00'), { days: 1, seconds: 0 });
    expect(moved).toMatchObject({ start: time('07-01T09:00'), duration: { days: 1, seconds: 0 }, rule: null });
  });
});

describe('beginSeries', () => {
  const begin = (rrule: string, start: string, changes: Partial<Series> = {}): Series =>
    beginSeries(series(rrule, changes), time(start));

  it('begins later on another day of the pattern, at another time, and keeps the last date', () => {
    const excluded = [time('06-01T10:00'), time('06-08T10:00')];
    const begun = begin('FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4', '06-03T09:00', {
      excluded,
      added: [time('06-02T10:00'), time('06-04T10:00')],
    });
    expect(begun).toMatchObject({ excluded: [time('06-08T09:00')], added: [time('06-04T09:00')] });
    expect(printRrule(begun.rule!)).toBe('FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3');
    expect(originals(begun)).toEqual(['06-03T09:00', '06-04T09:00', '06-10T09:00']);
  });

  it('begins earlier in step with its intervals', () => {
    expect(printRrule(begin('FREQ=WEEKLY;INTERVAL=2;COUNT=4', '05-18T10:00').rule!)).toBe(
      'FREQ=WEEKLY;INTERVAL=2;COUNT=5',
    );
    expect(printRrule(begin('FREQ=DAILY;UNTIL=20260630', '05-30T11:00').rule!)).toBe('FREQ=DAILY;UNTIL=20260630');
    expect(printRrule(begin('FREQ=DAILY;UNTIL=20260630T100000', '06-02T11:00').rule!)).toBe(
      'FREQ=DAILY;UNTIL=20260630T110000',
    );
  });

  it('refuses a day that is not one of the pattern', () => {
    for (const [rrule, start] of [
      ['FREQ=WEEKLY;INTERVAL=2', '06-08T10:00'],
      ['FREQ=WEEKLY;INTERVAL=2', '05-25T10:00'],
      ['FREQ=WEEKLY', '06-02T10:00'],
      ['FREQ=WEEKLY;COUNT=2', '06-15T10:00'],
    ] as const) {
      expect(() => begin(rrule, start), rrule).toThrow(expect.objectContaining({ code: 'start_not_in_pattern' }));
    }
    expect(() => begin('FREQ=WEEKLY', '06-02T11:00')).toThrow(expect.objectContaining({ next: time('06-08T11:00') }));
  });
});

describe('changeRule', () => {
  it('keeps exclusions and overrides whose original start the new rule produces', () => {
    const before = series('FREQ=DAILY', {
      excluded: [time('06-02T10:00'), time('06-08T10:00')],
      overrides: [{ original: time('06-03T10:00') }, { original: time('06-15T10:00') }],
    });
    const changed = changeRule(before, parseRrule('FREQ=WEEKLY'));
    expect(changed.excluded).toEqual([time('06-08T10:00')]);
    expect(changed.overrides).toEqual([{ original: time('06-15T10:00') }]);
  });
});

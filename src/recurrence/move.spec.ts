import { describe, expect, it } from 'vitest';
import { expand } from './expand.js';
import { formatLocalTime, parseLocalTime, type LocalTime } from '../time/local-time.js';
import { changeRule } from './change-rule.js';
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
    [
      'keeps the pattern for another of its days',
      'FREQ=WEEKLY;BYDAY=MO,WE,FR',
      '06-03T10:00',
      'FREQ=WEEKLY;BYDAY=MO,WE,FR',
    ],
    [
      'keeps the pattern for an earlier one of its days',
      'FREQ=WEEKLY;BYDAY=MO,SA',
      '05-30T10:00',
      'FREQ=WEEKLY;BYDAY=MO,SA',
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
    ['moves a day of the month', 'FREQ=MONTHLY;BYMONTHDAY=1,15', '06-02T10:00', 'FREQ=MONTHLY;BYMONTHDAY=2,15'],
    [
      'moves a day counted from the end of the month',
      'FREQ=MONTHLY;BYMONTHDAY=-30',
      '06-02T10:00',
      'FREQ=MONTHLY;BYMONTHDAY=-29',
    ],
    ['moves a weekday with an ordinal', 'FREQ=MONTHLY;BYDAY=1MO', '06-09T10:00', 'FREQ=MONTHLY;BYDAY=2TU'],
    [
      'moves a month and its day',
      'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1',
      '07-04T10:00',
      'FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4',
    ],
    ['moves an hour', 'FREQ=DAILY;BYHOUR=10,15', '06-01T11:00', 'FREQ=DAILY;BYHOUR=11,15'],
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

  it('finds the corresponding month when the days move by different amounts', () => {
    const before = series('FREQ=MONTHLY;BYDAY=1MO', { excluded: [time('09-07T10:00')] });
    expect(moveSeries(before, time('06-02T10:00')).excluded).toEqual([time('09-01T10:00')]);
  });

  it('drops an exclusion whose occurrence the moved series doesn’t have', () => {
    const before = series('FREQ=MONTHLY;BYMONTHDAY=30', {
      start: time('05-30T10:00'),
      excluded: [time('09-30T10:00')],
    });
    expect(moveSeries(before, time('05-31T10:00')).excluded).toEqual([]);
  });

  it('keeps UNTIL unless that loses an occurrence', () => {
    const ending = (until: string): string =>
      printRrule(moveSeries(series(`FREQ=WEEKLY;BYDAY=MO;UNTIL=${until}`), time('06-02T10:00')).rule!);
    expect(ending('20260630')).toBe('FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630');
    expect(ending('20260629')).toBe('FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630');
  });

  it('starts later in the same pattern, and drops earlier exclusions', () => {
    const before = series('FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4', { excluded: [time('06-01T10:00'), time('06-08T10:00')] });
    const moved = moveSeries(before, time('06-03T09:00'));
    expect(moved.excluded).toEqual([time('06-08T09:00')]);
    expect(originals(moved)).toEqual(['06-03T09:00', '06-10T09:00', '06-15T09:00']);
  });

  it('moves a single event', () => {
    const moved = moveSeries(series('FREQ=DAILY', { rule: null }), time('07-01T09:00'), { days: 1, seconds: 0 });
    expect(moved).toMatchObject({ start: time('07-01T09:00'), duration: { days: 1, seconds: 0 }, rule: null });
  });

  it('rejects a start that the moved rule does not match, and returns the next valid start', () => {
    const last = series('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1');
    expect(() => moveSeries(last, time('06-03T10:00'))).toThrow(
      expect.objectContaining({ code: 'start_not_in_pattern', pointer: '/start', next: time('07-01T10:00') }),
    );
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

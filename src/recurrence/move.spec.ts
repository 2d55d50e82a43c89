import { describe, expect, it } from 'vitest';
import { expand } from './expand.js';
import { formatLocalTime, parseLocalTime, type LocalTime } from '../time/local-time.js';
import { changeRule } from './change-rule.js';
import { moveSeries } from './move.js';
import { parseRrule, printRrule } from './rrule-text.js';
import type { Series } from './series.js';

/** From Monday 1 June 2026. */
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

function names(of: Series, limit = 4): string[] {
  const listed = expand(of, { from: -Infinity, to: Infinity }, limit);
  return listed.map(({ original }) => formatLocalTime(original).slice(5, 16));
}

describe('moveSeries', () => {
  it.each([
    ['a weekday follows', 'FREQ=WEEKLY;BYDAY=MO', '06-02T10:00', 'FREQ=WEEKLY;BYDAY=TU'],
    ['all weekdays turn', 'FREQ=WEEKLY;BYDAY=MO,WE', '06-02T10:00', 'FREQ=WEEKLY;BYDAY=TU,TH'],
    ['another day of the pattern leaves it', 'FREQ=WEEKLY;BYDAY=MO,WE,FR', '06-03T10:00', 'FREQ=WEEKLY;BYDAY=MO,WE,FR'],
    ['a day back to the pattern leaves it', 'FREQ=WEEKLY;BYDAY=MO,SA', '05-30T10:00', 'FREQ=WEEKLY;BYDAY=MO,SA'],
    ['a week in a rhythm of two', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', '06-08T10:00', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO'],
    [
      'the week turns too',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU',
      '06-02T10:00',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,MO;WKST=TU',
    ],
    ['a day of the month follows', 'FREQ=MONTHLY;BYMONTHDAY=1,15', '06-02T10:00', 'FREQ=MONTHLY;BYMONTHDAY=2,15'],
    ['counted from the end', 'FREQ=MONTHLY;BYMONTHDAY=-30', '06-02T10:00', 'FREQ=MONTHLY;BYMONTHDAY=-29'],
    ['a numbered weekday follows', 'FREQ=MONTHLY;BYDAY=1MO', '06-09T10:00', 'FREQ=MONTHLY;BYDAY=2TU'],
    [
      'a month and day follow',
      'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1',
      '07-04T10:00',
      'FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4',
    ],
    ['an hour follows', 'FREQ=DAILY;BYHOUR=10,15', '06-01T11:00', 'FREQ=DAILY;BYHOUR=11,15'],
    ['a plain rule needs nothing', 'FREQ=MONTHLY', '06-20T10:00', 'FREQ=MONTHLY'],
  ])('%s', (_, rrule, start, expected) => {
    const moved = moveSeries(series(rrule), time(start));
    expect(printRrule(moved.rule!)).toBe(expected);
    expect(names(moved, 1)).toEqual([start]);
  });

  it('keeps exclusions and overrides with their occurrences, and moved ones where they were put', () => {
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

  it('finds the corresponding month where days don’t move alike', () => {
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

  it('keeps UNTIL, unless an occurrence would be lost', () => {
    const ending = (until: string): string =>
      printRrule(moveSeries(series(`FREQ=WEEKLY;BYDAY=MO;UNTIL=${until}`), time('06-02T10:00')).rule!);
    expect(ending('20260630')).toBe('FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630');
    expect(ending('20260629')).toBe('FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630');
  });

  it('begins elsewhere in the same pattern, and drops what came before', () => {
    const before = series('FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4', { excluded: [time('06-01T10:00'), time('06-08T10:00')] });
    const moved = moveSeries(before, time('06-03T09:00'));
    expect(moved.excluded).toEqual([time('06-08T09:00')]);
    expect(names(moved)).toEqual(['06-03T09:00', '06-10T09:00', '06-15T09:00']);
  });

  it('moves a single event', () => {
    const moved = moveSeries(series('FREQ=DAILY', { rule: null }), time('07-01T09:00'), { days: 1, seconds: 0 });
    expect(moved).toMatchObject({ start: time('07-01T09:00'), duration: { days: 1, seconds: 0 }, rule: null });
  });

  it('refuses where the rule cannot follow, naming the next start that would do', () => {
    const last = series('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1');
    expect(() => moveSeries(last, time('06-03T10:00'))).toThrow(
      expect.objectContaining({ code: 'start_not_in_pattern', pointer: '/start', next: time('07-01T10:00') }),
    );
  });
});

describe('changeRule', () => {
  it('keeps what still has its slot', () => {
    const before = series('FREQ=DAILY', {
      excluded: [time('06-02T10:00'), time('06-08T10:00')],
      overrides: [{ original: time('06-03T10:00') }, { original: time('06-15T10:00') }],
    });
    const changed = changeRule(before, parseRrule('FREQ=WEEKLY'));
    expect(changed.excluded).toEqual([time('06-08T10:00')]);
    expect(changed.overrides).toEqual([{ original: time('06-15T10:00') }]);
  });
});

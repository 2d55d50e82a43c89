import { describe, expect, it } from 'vitest';
import { contentOf } from '../../test/support/contents.js';
import { Problem } from '../problems/problem.js';
import { formatLocalTime, parseLocalTime } from '../time/local-time.js';
import type { EventContent } from './event-content.js';
import { type ContentInput, draftContent } from './draft.js';
import { seriesOf } from './series.js';
import { expand } from '../recurrence/expand.js';
import { findOriginal, splitBefore, overrideOccurrence, toSeriesEdit, removeOccurrences } from './series-edit.js';

const ALWAYS = { from: -Infinity, to: Infinity };
const starts = (content: EventContent, limit = 10): string[] =>
  expand(seriesOf(content), ALWAYS, limit).map(({ start }) => new Date(start * 1_000).toISOString().slice(5, 16));

const weekly = contentOf({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9' });
const at = (text: string) => parseLocalTime(`2026-${text}:00`);
const SECOND = at('06-08T10:00');

/** The change of a whole series, told of one of its occurrences. */
function changed(content: EventContent, original: typeof SECOND, input: ContentInput): EventContent {
  const through = toSeriesEdit(content, original, input);
  const draft = draftContent(through.input, through.content, 'UTC');
  if ('errors' in draft) throw new Error(JSON.stringify(draft.errors));
  return draft.content;
}

const problemOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) return { code: error.code, ...error.extras };
    throw error;
  }
};

describe('the occurrence that a client names', () => {
  it('is found by instant, with any offset, or by wall time', () => {
    const paris = contentOf({ recurrence_pattern: 'FREQ=WEEKLY' }, 'Europe/Paris');
    for (const name of ['2026-06-08T08:00:00Z', '2026-06-08T10:00:00+02:00', '2026-06-08T10:00:00']) {
      expect(formatLocalTime(findOriginal(paris, name))).toBe('2026-06-08T10:00:00');
    }
  });

  it('is not found where none starts, and no text passes for a time', () => {
    expect(problemOf(() => findOriginal(weekly, '2026-06-09T10:00:00'))).toMatchObject({ code: 'not_found' });
    expect(problemOf(() => findOriginal(weekly, 'Monday'))).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/query/occurrence', code: 'not_an_instant' }],
    });
  });

  it('is found by the instant to which the clocks moved it', () => {
    const times = { start_time: '2026-03-27T02:30:00', end_time: '2026-03-27T03:30:00' };
    const nights = contentOf({ ...times, recurrence_pattern: 'FREQ=DAILY' }, 'Europe/Paris');
    expect(formatLocalTime(findOriginal(nights, '2026-03-29T01:30:00Z'))).toBe('2026-03-29T02:30:00');
  });

  it('is the one that really starts then when another was moved to the same instant', () => {
    const times = { start_time: '2026-03-27T02:30:00', end_time: '2026-03-27T02:45:00' };
    const twice = contentOf({ ...times, recurrence_pattern: 'FREQ=DAILY;BYHOUR=2,3' }, 'Europe/Paris');
    expect(formatLocalTime(findOriginal(twice, '2026-03-29T01:30:00Z'))).toBe('2026-03-29T03:30:00');
  });

  it('is the start of an event that happens once', () => {
    expect(formatLocalTime(findOriginal(contentOf(), '2026-06-01T10:00:00Z'))).toBe('2026-06-01T10:00:00');
  });
});

describe('an occurrence with values of its own', () => {
  it('keeps only what differs from its series', () => {
    const input = { title: 'With guests', location: null, description: '', start_time: '2026-06-08T10:00:00' };
    const { overrides } = overrideOccurrence({ ...weekly, location: 'Room 4' }, SECOND, input);
    expect(overrides).toEqual([{ original: '2026-06-08T10:00:00', title: 'With guests', location: null }]);
  });

  it('has nothing of its own once everything is as in the series again', () => {
    const moved = overrideOccurrence(weekly, SECOND, {
      start_time: '2026-06-09T14:00:00',
      end_time: '2026-06-09T15:00:00',
    });
    expect(moved.overrides).toEqual([{ original: '2026-06-08T10:00:00', start: '2026-06-09T14:00:00' }]);
    const back = overrideOccurrence(moved, SECOND, {
      start_time: '2026-06-08T10:00:00',
      end_time: '2026-06-08T11:00:00',
    });
    expect(back).toEqual(weekly);
  });

  it('moves with its length when only its start is given, and may last longer', () => {
    const longer = overrideOccurrence(weekly, SECOND, { end_time: '2026-06-08T12:30:00' });
    expect(longer.overrides).toEqual([{ original: '2026-06-08T10:00:00', duration: { days: 0, seconds: 9_000 } }]);
    const renamed = overrideOccurrence(longer, SECOND, { title: 'Long' });
    expect(renamed.overrides).toEqual([{ ...longer.overrides[0], title: 'Long' }]);
  });

  it('stays at the wall time that the clocks skip when only its end changes', () => {
    const times = { start_time: '2026-03-27T02:30:00', end_time: '2026-03-27T03:30:00' };
    const nights = contentOf({ ...times, recurrence_pattern: 'FREQ=DAILY' }, 'Europe/Paris');
    const longer = overrideOccurrence(nights, at('03-29T02:30'), { end_time: '2026-03-29T06:00:00' });
    expect(longer.overrides).toEqual([{ original: '2026-03-29T02:30:00', duration: { days: 0, seconds: 9_000 } }]);
  });

  it('cannot change what belongs to the whole series', () => {
    const input = { time_zone: 'Asia/Tokyo', recurrence_pattern: 'FREQ=DAILY', excluded: [], is_recurring: false };
    expect(problemOf(() => overrideOccurrence(weekly, SECOND, input))).toMatchObject({
      errors: ['time_zone', 'is_recurring', 'recurrence_pattern', 'excluded'].map((field) => ({
        pointer: `/${field}`,
        code: 'not_allowed',
      })),
    });
  });

  it('cannot end before it starts, nor last longer than 31 days', () => {
    const refused = (input: ContentInput): unknown => problemOf(() => overrideOccurrence(weekly, SECOND, input));
    expect(refused({ start_time: '2026-06-08T12:00:00' })).toMatchObject({ errors: [{ code: 'end_not_after_start' }] });
    expect(refused({ end_time: '2026-07-20T12:00:00' })).toMatchObject({ errors: [{ code: 'occurrence_too_long' }] });
  });
});

describe('an edit of the whole series told of one occurrence', () => {
  it('moves all as that one moves, and BYDAY with them', () => {
    const moved = changed(weekly, SECOND, { start_time: '2026-06-09T12:00:00', end_time: '2026-06-09T13:30:00' });
    expect(moved).toMatchObject({ rrule: 'FREQ=WEEKLY;BYDAY=TU;COUNT=9', localStart: '2026-06-02T12:00:00' });
    expect(starts(moved, 3)).toEqual(['06-02T12:00', '06-09T12:00', '06-16T12:00']);
    expect(moved.endTime.getTime() - moved.startTime.getTime()).toBe(5_400_000);
  });

  it('keeps the length in hours when the occurrence lies on a change of the clocks', () => {
    const times = { start_time: '2026-03-01T01:00:00', end_time: '2026-03-01T05:00:00' };
    const nights = contentOf({ ...times, recurrence_pattern: 'FREQ=WEEKLY' }, 'Europe/Paris');
    // Four hours by the stopwatch end at 6:00 that night.
    const longer = changed(nights, at('03-29T01:00'), { end_time: '2026-03-29T07:00:00' });
    expect(longer).toMatchObject({ localStart: '2026-03-01T01:00:00', localEnd: '2026-03-01T06:00:00' });
  });

  it('takes an occurrence that was moved along, to just where it was put', () => {
    const put = overrideOccurrence(weekly, SECOND, {
      start_time: '2026-06-10T15:00:00',
      end_time: '2026-06-10T16:00:00',
    });
    const moved = changed(put, SECOND, { start_time: '2026-06-10T16:00:00', end_time: '2026-06-10T17:00:00' });
    expect(starts(moved, 3)).toEqual(['06-01T11:00', '06-10T16:00', '06-15T11:00']);
  });

  it('gives the occurrence the text that was sent, and leaves the others’ own', () => {
    const first = overrideOccurrence(weekly, SECOND, { title: 'With guests', location: 'Garden' });
    const both = overrideOccurrence(first, at('06-15T10:00'), { title: 'Quiet' });
    const renamed = changed(both, SECOND, { title: 'Weekly sync' });
    expect(renamed).toMatchObject({
      title: 'Weekly sync',
      overrides: [
        { original: '2026-06-08T10:00:00', location: 'Garden' },
        { original: '2026-06-15T10:00:00', title: 'Quiet' },
      ],
    });
    expect(renamed.overrides[0]).not.toHaveProperty('title');
    expect(changed(first, SECOND, { title: 'A', location: null }).overrides).toEqual([]);
  });

  it('turns the whole series into days', () => {
    const days = changed(weekly, SECOND, { all_day: true, start_time: '2026-06-09', end_time: '2026-06-11' });
    expect(days).toMatchObject({ localStart: '2026-06-02T00:00:00', localEnd: '2026-06-04T00:00:00', allDay: true });
  });

  it('changes nothing when the occurrence is sent back as it is', () => {
    const times = { start_time: '2026-03-27T02:30:00', end_time: '2026-03-27T03:30:00' };
    const nights = contentOf({ ...times, recurrence_pattern: 'FREQ=DAILY' }, 'Europe/Paris');
    const echo = { start_time: '2026-03-29T01:30:00Z', end_time: '2026-03-29T02:30:00Z' };
    expect(changed(nights, at('03-29T02:30'), echo)).toEqual(nights);
  });
});

describe('halves', () => {
  it('have together what the whole had, each on its side', () => {
    const whole = {
      ...contentOf({
        recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9',
        excluded: ['2026-06-08T10:00:00', '2026-07-13T10:00:00'],
        added: ['2026-06-03T10:00:00', '2026-07-30T10:00:00'],
      }),
      overrides: [{ original: '2026-06-15T10:00:00', start: '2026-12-24T10:00:00' }],
    };
    const { head, tail } = splitBefore(whole, at('07-06T10:00'))!;
    expect(head).toMatchObject({ rrule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=5', excluded: ['2026-06-08T10:00:00'] });
    expect(head).toMatchObject({ added: ['2026-06-03T10:00:00'], overrides: whole.overrides });
    expect(tail).toMatchObject({ rrule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=4', excluded: ['2026-07-13T10:00:00'] });
    expect(tail).toMatchObject({ added: ['2026-07-30T10:00:00'], overrides: [] });
    expect([...starts(head), ...starts(tail)].sort()).toEqual(starts(whole).sort());
  });

  it('are none before the first occurrence that takes place', () => {
    expect(splitBefore(weekly, at('06-01T10:00'))).toBeNull();
    const late = { ...weekly, excluded: ['2026-06-01T10:00:00'] };
    expect(splitBefore(late, SECOND)).toBeNull();
    expect(splitBefore(contentOf(), at('06-01T10:00'))).toBeNull();
  });
});

describe('what is left without a part', () => {
  it('of this one: the series with one exclusion more and one override less', () => {
    const put = overrideOccurrence(weekly, SECOND, { title: 'With guests' });
    expect(removeOccurrences(put, SECOND, 'this')).toEqual({ ...weekly, excluded: ['2026-06-08T10:00:00'] });
  });

  it('of this and the following: the head', () => {
    expect(removeOccurrences(weekly, SECOND, 'following')).toMatchObject({ rrule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=1' });
    expect(removeOccurrences(weekly, at('06-01T10:00'), 'following')).toBeNull();
  });

  it('of all, or of the only one that remained: nothing', () => {
    expect(removeOccurrences(weekly, SECOND, 'all')).toBeNull();
    expect(removeOccurrences(contentOf(), at('06-01T10:00'), 'this')).toBeNull();
    const last = contentOf({ recurrence_pattern: 'FREQ=DAILY;COUNT=2', excluded: ['2026-06-01T10:00:00'] });
    expect(removeOccurrences(last, at('06-02T10:00'), 'this')).toBeNull();
  });
});

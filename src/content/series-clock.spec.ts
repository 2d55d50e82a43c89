import { describe, expect, it } from 'vitest';
import { contentOf } from '../../test/support/contents.js';
import { parseLocalTime } from '../time/local-time.js';
import type { EventContent } from './event-content.js';
import { draftContent } from './draft.js';
import { seriesOf } from './series.js';
import { changeClock } from './series-clock.js';

const series: EventContent = {
  ...contentOf(
    { recurrence_pattern: 'FREQ=WEEKLY', excluded: ['2026-06-08T10:00:00'], added: ['2026-06-03T15:00:00'] },
    'Europe/Paris',
  ),
  overrides: [
    { original: '2026-06-15T10:00:00', start: '2026-06-16T18:00:00', duration: { days: 0, seconds: 1_800 } },
    { original: '2026-06-22T10:00:00', title: 'With guests' },
  ],
};

function changed(content: EventContent, input: Parameters<typeof draftContent>[0]): EventContent {
  const draft = draftContent(input, content, 'UTC');
  if ('errors' in draft) throw new Error(JSON.stringify(draft.errors));
  return draft.content;
}

describe('a series told by another clock', () => {
  it('is the same by its own', () => {
    const told = seriesOf(series);
    expect(changeClock(told, 'Europe/Paris', false, told.start)).toEqual(told);
  });

  it('keeps the instant of an occurrence that was put at a time of its own', () => {
    const told = changeClock(seriesOf(series), 'Asia/Tokyo', false, parseLocalTime('2026-06-01T17:00:00'));
    expect(told.overrides[0]).toMatchObject({ start: parseLocalTime('2026-06-17T01:00:00') });
    expect(told.zone).toBe('Asia/Tokyo');
  });

  it('keeps days and names, but no times of day, when it becomes whole days', () => {
    const days = changed(series, { all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' });
    expect(days).toMatchObject({
      allDay: true,
      excluded: ['2026-06-08T00:00:00'],
      added: ['2026-06-03T00:00:00'],
      overrides: [
        { original: '2026-06-15T00:00:00', start: '2026-06-16T00:00:00' },
        { original: '2026-06-22T00:00:00', title: 'With guests' },
      ],
    });
    expect(days.overrides[0]).not.toHaveProperty('duration');
  });

  it('gets the series’ time of day for days that were put elsewhere when it has hours again', () => {
    const days = changed(series, { all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' });
    const times = { start_time: '2026-06-01T09:00:00', end_time: '2026-06-01T10:00:00' };
    expect(changed(days, { all_day: false, ...times })).toMatchObject({
      excluded: ['2026-06-08T09:00:00'],
      added: ['2026-06-03T09:00:00'],
      overrides: [
        { original: '2026-06-15T09:00:00', start: '2026-06-16T09:00:00' },
        { original: '2026-06-22T09:00:00', title: 'With guests' },
      ],
    });
  });

  it('stays on its dates in another zone when it is whole days', () => {
    const days = changed(series, { all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' });
    const { timeZone, localStart, excluded, overrides } = changed(days, { time_zone: 'Pacific/Apia' });
    expect({ timeZone, localStart }).toEqual({ timeZone: 'Pacific/Apia', localStart: '2026-06-01T00:00:00' });
    expect({ excluded, overrides }).toEqual({ excluded: days.excluded, overrides: days.overrides });
  });
});

import { describe, expect, it } from 'vitest';
import { contentOf } from '../../test/support/contents.js';
import type { EventContent } from './event-content.js';
import type { StoredOverride } from './fields.js';
import { overrideContent, seriesOf, applySeries } from './series.js';

const OVERRIDES: StoredOverride[] = [
  { original: '2026-06-08T10:00:00', start: '2026-12-24T18:00:00', duration: { days: 0, seconds: 7_200 } },
  { original: '2026-06-15T10:00:00', title: 'With guests', description: null, location: 'Room 4', showAs: 'free' },
];

const SERIES: [string, EventContent][] = [
  ['a rule', contentOf({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9' }, 'Europe/Paris')],
  [
    'a rule with exclusions and additions',
    contentOf({ recurrence_pattern: 'FREQ=DAILY', excluded: ['2026-06-02T10:00:00'], added: ['2026-06-02T15:00:00'] }),
  ],
  ['only added dates', contentOf({ added: ['2026-07-01T10:00:00'] }, 'America/New_York')],
  [
    'whole days',
    contentOf(
      { all_day: true, start_time: '2026-06-01', end_time: '2026-06-03', recurrence_pattern: 'FREQ=MONTHLY' },
      'Pacific/Apia',
    ),
  ],
  [
    'whole days, the last of which never was',
    contentOf(
      { all_day: true, start_time: '2011-12-29', end_time: '2011-12-30', recurrence_pattern: 'FREQ=DAILY' },
      'Pacific/Apia',
    ),
  ],
  ['overrides', { ...contentOf({ recurrence_pattern: 'FREQ=WEEKLY' }, 'Europe/Paris'), overrides: OVERRIDES }],
  [
    'a start in a gap',
    contentOf(
      { start_time: '2026-03-29T02:30:00', end_time: '2026-03-29T04:00:00', recurrence_pattern: 'FREQ=DAILY' },
      'Europe/Paris',
    ),
  ],
  [
    'a night over a change of the clocks',
    contentOf(
      { start_time: '2026-10-24T22:00:00', end_time: '2026-10-25T06:00:00', recurrence_pattern: 'FREQ=WEEKLY' },
      'Europe/Paris',
    ),
  ],
];

describe('seriesOf and withSeries', () => {
  it.each(SERIES)('are each other’s inverse for %s', (_name, content) => {
    expect(applySeries(content, seriesOf(content))).toEqual(content);
    expect(seriesOf(applySeries(content, seriesOf(content)))).toEqual(seriesOf(content));
  });

  it('derive the instants from the wall times', () => {
    const content = contentOf({ recurrence_pattern: 'FREQ=WEEKLY' }, 'Europe/Paris');
    const winter = applySeries(content, { ...seriesOf(content), start: { day: 20_820, second: 36_000 } });
    expect(winter).toMatchObject({
      startTime: new Date('2027-01-02T09:00:00Z'),
      endTime: new Date('2027-01-02T10:00:00Z'),
      localStart: '2027-01-02T10:00:00',
      localEnd: '2027-01-02T11:00:00',
    });
  });

  it('pass what an override carries besides times through the engine', () => {
    const [, content] = SERIES.find(([name]) => name === 'overrides')!;
    const [moved, renamed] = seriesOf(content).overrides;
    expect(overrideContent(moved)).toEqual({});
    expect(overrideContent(renamed)).toEqual({
      title: 'With guests',
      description: null,
      location: 'Room 4',
      showAs: 'free',
    });
    expect(overrideContent(undefined)).toEqual({});
  });
});

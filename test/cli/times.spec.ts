import { describe, expect, it } from 'vitest';
import { readDuration } from '../../sdk/cli/duration.js';
import { freeDays } from '../../sdk/cli/free-days.js';
import { readRule } from '../../sdk/cli/repeat.js';
import { eventTimes, readPast, readSpan } from '../../sdk/cli/when.js';
import { readWindow, windowOf } from '../../sdk/cli/window.js';
import { otherClocks, readZone, spanText, wallOf } from '../../sdk/cli/zones.js';

const PARIS = 'Europe/Paris';
const NEW_YORK = 'America/New_York';
/** A Wednesday, 10:00 in Paris. */
const NOW = new Date('2026-12-02T09:00:00Z');

const timesOf = (text: string, zone = PARIS, now = NOW): unknown[] => {
  const { times, notes } = eventTimes(readSpan(text, zone, { now }), zone);
  return [times.start_time, times.end_time, times.all_day, ...notes];
};
const refusal = (work: () => unknown): string => {
  try {
    return JSON.stringify(work());
  } catch (error) {
    return (error as Error).message;
  }
};

describe('times as people write them', () => {
  it.each([
    ['tomorrow 10am for 45 min', '2026-12-03T10:00:00', '2026-12-03T10:45:00'],
    ['next friday 14:00', '2026-12-11T14:00:00', '2026-12-11T15:00:00'],
    ['friday 14:00-15:30', '2026-12-04T14:00:00', '2026-12-04T15:30:00'],
    ['tomorrow from 10 to 11', '2026-12-03T10:00:00', '2026-12-03T11:00:00'],
    ['10:00-11:30 tomorrow', '2026-12-03T10:00:00', '2026-12-03T11:30:00'],
    ['on monday at noon for 1h30', '2026-12-07T12:00:00', '2026-12-07T13:30:00'],
    ['2026-12-05 10:00', '2026-12-05T10:00:00', '2026-12-05T11:00:00'],
    ['2026-12-05T10:00 for 2 hours', '2026-12-05T10:00:00', '2026-12-05T12:00:00'],
    ['5 december 9:30 for half an hour', '2026-12-05T09:30:00', '2026-12-05T10:00:00'],
    ['2026-12-05 10:00 to 2026-12-06 12:00', '2026-12-05T10:00:00', '2026-12-06T12:00:00'],
    ['2026-12-05 10:00 to 11:15', '2026-12-05T10:00:00', '2026-12-05T11:15:00'],
    ['friday 22:00-01:00', '2026-12-04T22:00:00', '2026-12-05T01:00:00'],
    ['20:00-8:00', '2026-12-02T20:00:00', '2026-12-03T08:00:00'],
    ['2-3 pm', '2026-12-02T14:00:00', '2026-12-02T15:00:00'],
    ['monday 7 december 22:00-01:00', '2026-12-07T22:00:00', '2026-12-08T01:00:00'],
    ['22:00 to 10:00', '2026-12-02T22:00:00', '2026-12-03T10:00:00'],
    ['today 10:00 to tomorrow 9:00', '2026-12-02T10:00:00', '2026-12-03T09:00:00'],
    ['friday 10:00 to saturday 9:00', '2026-12-04T10:00:00', '2026-12-05T09:00:00'],
    ['today 10:00 to 2026-12-03 9:00', '2026-12-02T10:00:00', '2026-12-03T09:00:00'],
    ['dec 5 10:00 to 2026-12-06 9:00', '2026-12-05T10:00:00', '2026-12-06T09:00:00'],
    ['dec 5 10:00 to dec 6 9:00', '2026-12-05T10:00:00', '2026-12-06T09:00:00'],
    ['5 Dec 2026 10:00 to 6 Dec 2026 09:00', '2026-12-05T10:00:00', '2026-12-06T09:00:00'],
    ['tomorrow half past nine to quarter to eleven', '2026-12-03T09:30:00', '2026-12-03T10:45:00'],
    ['day after tomorrow 10:00', '2026-12-04T10:00:00', '2026-12-04T11:00:00'],
    ['the day after tomorrow 10:00', '2026-12-04T10:00:00', '2026-12-04T11:00:00'],
    ['day before yesterday 9:00', '2026-11-30T09:00:00', '2026-11-30T10:00:00'],
    ['tomorrow at 17h', '2026-12-03T17:00:00', '2026-12-03T18:00:00'],
    ['friday 14h30-16h', '2026-12-04T14:30:00', '2026-12-04T16:00:00'],
    ['2026-12-05 9h for 1h30', '2026-12-05T09:00:00', '2026-12-05T10:30:00'],
    ['monday next week 9:00', '2026-12-07T09:00:00', '2026-12-07T10:00:00'],
    ['friday 10:00 for 2 days', '2026-12-04T10:00:00', '2026-12-06T10:00:00'],
    // It is 10:00: what is over today is meant for later.
    ['11:00', '2026-12-02T11:00:00', '2026-12-02T12:00:00'],
    ['9:00', '2026-12-03T09:00:00', '2026-12-03T10:00:00'],
    ['wednesday 9:00 for 15 min', '2026-12-09T09:00:00', '2026-12-09T09:15:00'],
    // What is in the past on purpose stays there.
    ['yesterday 9:00', '2026-12-01T09:00:00', '2026-12-01T10:00:00'],
    ['last monday 9:00', '2026-11-30T09:00:00', '2026-11-30T10:00:00'],
    ['2026-10-01 9:00', '2026-10-01T09:00:00', '2026-10-01T10:00:00'],
  ])('%s', (text, start, end) => expect(timesOf(text)).toEqual([start, end, false]));

  it.each([
    ['in 2 hours for 30 min', '2026-12-02T11:00:00Z', '2026-12-02T11:30:00Z'],
    ['2026-12-05T10:00:00-05:00', '2026-12-05T15:00:00Z', '2026-12-05T16:00:00Z'],
    ['2026-12-05T10:00:00Z', '2026-12-05T10:00:00Z', '2026-12-05T11:00:00Z'],
    ['in 2h for 30 min', '2026-12-02T11:00:00Z', '2026-12-02T11:30:00Z'],
  ])('%s is an instant', (text, start, end) => expect(timesOf(text)).toEqual([start, end, false]));

  it('what is counted from now is rounded to the minute; written seconds stay', () => {
    const at = (text: string, now: string): unknown => timesOf(text, PARIS, new Date(now))[0];
    for (const text of ['now', 'in 2 hours', 'in 90 minutes', '2 hours ago', '+1h']) {
      expect(at(text, '2026-12-02T09:14:13.400Z')).toMatch(/:(14|44):00Z$/);
    }
    expect(at('in 2 hours', '2026-12-02T09:14:58Z')).toBe('2026-12-02T11:15:00Z');
    expect(at('2026-12-05T10:00:05Z', '2026-12-02T09:14:58Z')).toBe('2026-12-05T10:00:05Z');
  });

  it.each([
    ['tomorrow', '2026-12-03', '2026-12-04'],
    ['in 3 days', '2026-12-05', '2026-12-06'],
    ['dec 24 to dec 26', '2026-12-24', '2026-12-27'],
    ['2026-12-24 to 2026-12-26', '2026-12-24', '2026-12-27'],
    ['friday for 2 days', '2026-12-04', '2026-12-06'],
  ])('%s lasts whole days', (text, start, end) => expect(timesOf(text)).toEqual([start, end, true]));

  it('a time is that of the zone, also when it is another day there', () => {
    // It is still Tuesday evening in New York.
    const now = new Date('2026-12-02T02:00:00Z');
    expect(timesOf('tomorrow 10:00', NEW_YORK, now)).toEqual(['2026-12-02T10:00:00', '2026-12-02T11:00:00', false]);
    expect(timesOf('tomorrow 10:00', PARIS, now)).toEqual(['2026-12-03T10:00:00', '2026-12-03T11:00:00', false]);
  });

  it.each([
    // A misspelt word must not be ignored: it would be today.
    ['tommorow 10am', '“tommorow” is not a time that can be understood.'],
    ['tomorrow 10:75', '“10:75” is not a time that can be understood.'],
    ['25:00', '“25:00” is not a time that can be understood.'],
    ['32 december', '“32” is not a time that can be understood.'],
    ['29 february 2027', 'is not a time that can be understood.'],
    ['whenever', '“whenever” is not a time that can be understood.'],
    ['', 'says no day and no time.'],
    ['for 45 min', 'says no day and no time.'],
    ['12/6 10:00', '“12/6” could be two different days. Write 12 June, or 6 December.'],
    ['6/12/2026', '“6/12/2026” could be two different days. Write 6 December 2026, or 12 June 2026.'],
    ['tomorrow morning', 'is vague. Add a time'],
    ['sunday 1 december 2026 10:00', '1 Dec 2026 is a Tuesday, not a Sunday.'],
    ['friday 10:00-11:00 for 45 min', 'has both an end and a duration.'],
    ['friday 10:00 for ages', '“ages” is not a duration.'],
    ['friday 10:00 for 0 min', '“0 min” is not a duration.'],
    ['friday for 45 min', 'lasts whole days'],
    ['2026-12-05 11:00 to 2026-12-05 10:00', 'The event would end before it starts.'],
    [
      'tomorrow 10:00 to 9:00',
      '09:00 is not after 10:00. For an end on the next day, write that day: 3 Dec 2026 10:00 to 4 Dec 2026 09:00.',
    ],
    ['10:00 to 9:00 tomorrow', '09:00 is not after 10:00.'],
    ['tomorrow from 10 to 9', '09:00 is not after 10:00.'],
    ['20:00-9:00', '09:00 is not after 20:00.'],
    ['friday 14:00-12:00', '12:00 is not after 14:00.'],
    ['friday 10:00-10:00', '10:00 is not after 10:00.'],
    ['2026-12-05 9-5', '05:00 is not after 09:00.'],
    ['monday 7 december 10:00 to 9:00', '09:00 is not after 10:00.'],
    ['next week', '“next week” is more than a day. Write which one, such as monday.'],
    ['next week 10:00', '“next week” is more than a day.'],
    ['this week', '“this week” is more than a day.'],
    ['this month', '“this month” is more than a day. Write which one, such as 6 december.'],
    ['next year', '“next year” is more than a day.'],
    ['next quarter', '“next quarter” is more than a day.'],
    ['this weekend', '“weekend” is more than a day.'],
    ['next weekend 10:00', '“weekend” is more than a day.'],
    ['next 3 days', '“next 3 days” is more than a day.'],
    ['last week for 1 day', '“last week” is more than a day.'],
    ['friday to next week', '“next week” is more than a day.'],
    ['friday 11:00 to whenever', '“whenever” is not a time that can be understood.'],
    ['2026-12-05 to 2026-12-06 10:00', 'has only one time of day.'],
  ])('“%s” is refused', (text, sentence) => {
    expect(refusal(() => timesOf(text))).toContain(sentence);
  });
  it.each([
    '2 days later',
    '2 days later 10:00',
    'one week earlier',
    'half an hour sooner',
    '2 days',
    '2 weeks 10:00',
    '2 days back',
    '10:00 +1h',
    '10:00 - 30 min',
    '2h',
    '17h30',
    '10:00 -30m',
  ])('without an event, “%s” is refused: it does not say from when', (text) => {
    expect(refusal(() => timesOf(text))).toContain('does not say from when. Write for example in 2 days');
  });
});

describe('a time in the past', () => {
  // It is Wednesday, 10:00.
  it.each([
    ['9:00', '2026-12-02T08:00:00Z'],
    ['10:00', '2026-12-02T09:00:00Z'],
    ['10:01', '2026-12-01T09:01:00Z'],
    ['22:00', '2026-12-01T21:00:00Z'],
    ['today 9:00', '2026-12-02T08:00:00Z'],
    ['yesterday', '2026-11-30T23:00:00Z'],
    ['wednesday', '2026-12-01T23:00:00Z'],
    ['wednesday 9:00', '2026-12-02T08:00:00Z'],
    ['wednesday 11:00', '2026-11-25T10:00:00Z'],
    ['friday', '2026-11-26T23:00:00Z'],
    ['thursday 9:00', '2026-11-26T08:00:00Z'],
    ['last friday 10:00', '2026-11-27T09:00:00Z'],
    ['10 march', '2026-03-09T23:00:00Z'],
    ['24 december 9:00', '2025-12-24T08:00:00Z'],
    ['2 hours ago', '2026-12-02T07:00:00Z'],
    ['now', '2026-12-02T09:00:00Z'],
    ['2026-12-01T10:00:00Z', '2026-12-01T10:00:00Z'],
  ])('“%s” is the last one', (text, instant) => expect(readPast(text, PARIS, NOW)).toBe(instant));

  it('“now” is not ahead of the clock', () => {
    expect(readPast('now', PARIS, new Date('2026-12-02T09:00:40.500Z'))).toBe('2026-12-02T09:00:40Z');
  });

  it.each(['tomorrow', 'today 11:00', '2027-01-01', 'in 2 hours', '2026-12-02T09:02:00Z'])(
    '“%s” has not come',
    (text) => {
      expect(refusal(() => readPast(text, PARIS, NOW))).toContain(`“${text}” has not come yet.`);
    },
  );

  it.each(['yesterday 10:00-11:00', 'yesterday 10:00 for 2h'])('“%s” is refused', (text) => {
    expect(refusal(() => readPast(text, PARIS, NOW))).toContain('is more than one moment');
  });
});

describe('the change of clocks', () => {
  it('says what becomes of a time that the clocks skip', () => {
    expect(timesOf('2027-03-28 02:30 for 45 min')).toEqual([
      '2027-03-28T02:30:00',
      '2027-03-28T03:15:00',
      false,
      'The clocks of Europe/Paris skip 02:30 on Sun 28 Mar 2027: it is 03:30 then.',
    ]);
  });

  it('takes the first of two equal times, says how to write the second, and lasts as long as it should', () => {
    expect(timesOf('2027-10-31 02:30 for 45 min')).toEqual([
      '2027-10-31T00:30:00Z',
      '2027-10-31T01:15:00Z',
      false,
      'The clocks of Europe/Paris show 02:30 twice on Sun 31 Oct 2027. This is the first; the second is 2027-10-31T01:30:00Z.',
    ]);
    expect(timesOf('2027-10-31T02:30+01:00 for 45 min')).toEqual([
      '2027-10-31T01:30:00Z',
      '2027-10-31T02:15:00Z',
      false,
    ]);
  });

  it('counts hours with a stopwatch and days with a calendar', () => {
    expect(timesOf('2027-03-28 01:00 for 3 hours')).toEqual(['2027-03-28T00:00:00Z', '2027-03-28T03:00:00Z', false]);
    expect(timesOf('2027-03-27 12:00 for 1 day')).toEqual(['2027-03-27T12:00:00', '2027-03-28T12:00:00', false]);
  });

  it('is shown', () => {
    const span = (start_time: string, end_time: string): string => spanText({ start_time, end_time }, PARIS);
    expect(span('2027-10-31T00:30:00Z', '2027-10-31T01:15:00Z')).toBe(
      'Sun 31 Oct 2027, 02:30–02:15 (UTC+02:00 to UTC+01:00: the clocks change)',
    );
    expect(span('2027-10-31T01:30:00Z', '2027-10-31T01:45:00Z')).toBe('Sun 31 Oct 2027, 02:30–02:45 (UTC+01:00)');
    expect(span('2026-12-07T09:00:00Z', '2026-12-07T10:00:00Z')).toBe('Mon 7 Dec 2026, 10:00–11:00');
    expect(span('2026-12-07T21:00:00Z', '2026-12-08T00:00:00Z')).toBe('Mon 7 Dec 2026, 22:00 – Tue 8 Dec 2026, 01:00');
    expect(spanText({ start_time: '2026-12-07', end_time: '2026-12-09' }, NEW_YORK)).toBe(
      'Mon 7 Dec 2026 – Tue 8 Dec 2026, all day',
    );
  });
});

describe('stretches of time', () => {
  it.each([
    ['today', '2026-12-01T23:00:00Z', '2026-12-02T23:00:00Z'],
    ['friday', '2026-12-03T23:00:00Z', '2026-12-04T23:00:00Z'],
    ['this week', '2026-11-29T23:00:00Z', '2026-12-06T23:00:00Z'],
    ['next week', '2026-12-06T23:00:00Z', '2026-12-13T23:00:00Z'],
    ['last month', '2026-10-31T23:00:00Z', '2026-11-30T23:00:00Z'],
    ['next month', '2026-12-31T23:00:00Z', '2027-01-31T23:00:00Z'],
    ['next year', '2026-12-31T23:00:00Z', '2027-12-31T23:00:00Z'],
    ['2027-03', '2027-02-28T23:00:00Z', '2027-03-31T22:00:00Z'],
    ['in june', '2027-05-31T22:00:00Z', '2027-06-30T22:00:00Z'],
    ['december', '2026-11-30T23:00:00Z', '2026-12-31T23:00:00Z'],
    ['may 2028', '2028-04-30T22:00:00Z', '2028-05-31T22:00:00Z'],
    ['friday to sunday', '2026-12-03T23:00:00Z', '2026-12-06T23:00:00Z'],
    ['friday 10:00-12:00', '2026-12-04T09:00:00Z', '2026-12-04T11:00:00Z'],
    ['2027-03-28', '2027-03-27T23:00:00Z', '2027-03-28T22:00:00Z'],
  ])('%s', (text, from, to) => expect(readWindow(text, PARIS, NOW)).toEqual({ from, to }));

  it('free hours of a day that are over are left out, unless all of it is', () => {
    const day = (date: string) => readWindow(date, PARIS, NOW);
    const free = (date: string, now: string, busy: [string, string][] = []): unknown =>
      freeDays(
        busy.map(([start, end]) => [Date.parse(start), Date.parse(end)]),
        day(date),
        { start: '08:00', end: '18:00' },
        PARIS,
        new Date(now),
      ).map((one) => [one.day, ...one.spans]);
    const call: [string, string] = ['2026-12-02T10:30:00Z', '2026-12-02T12:00:00Z'];
    // It is 10:00 in Paris, and some seconds.
    expect(free('2026-12-02', '2026-12-02T09:00:20Z', [call])).toEqual([['2026-12-02', '10:01–11:30', '13:00–18:00']]);
    expect(free('2026-12-02', '2026-12-02T17:30:00Z')).toEqual([]);
    expect(free('2026-12-02', '2026-12-03T09:00:00Z', [call])).toEqual([['2026-12-02', '08:00–11:30', '13:00–18:00']]);
    expect(free('2026-12-03', '2026-12-02T09:00:00Z')).toEqual([['2026-12-03', '08:00–18:00']]);
    expect(free('2026-12-01 to 2026-12-03', '2026-12-02T09:00:00Z')).toEqual([
      ['2026-12-02', '10:00–18:00'],
      ['2026-12-03', '08:00–18:00'],
    ]);
  });

  it('--from, --to and --days', () => {
    const usual = { days: 7, minutes: 0 };
    const window = (flags: Parameters<typeof windowOf>[0]): unknown => windowOf(flags, PARIS, usual, { now: NOW });
    expect(window({})).toEqual({ from: '2026-12-01T23:00:00Z', to: '2026-12-08T23:00:00Z' });
    expect(window({ days: 1 })).toEqual({ from: '2026-12-01T23:00:00Z', to: '2026-12-02T23:00:00Z' });
    expect(window({ from: 'friday', to: 'sunday' })).toEqual({
      from: '2026-12-03T23:00:00Z',
      to: '2026-12-06T23:00:00Z',
    });
    expect(window({ to: 'friday 12:00' })).toEqual({ from: '2026-12-01T23:00:00Z', to: '2026-12-04T11:00:00Z' });
    expect(refusal(() => window({ to: 'friday', days: 2 }))).toBe('--to and --days exclude each other.');
    expect(refusal(() => window({ from: 'sunday', to: 'friday' }))).toBe('--to is not after --from.');
  });
});

describe('rules', () => {
  it.each([
    ['weekly', 'FREQ=WEEKLY'],
    ['every 2 weeks', 'FREQ=WEEKLY;INTERVAL=2'],
    ['Every  other week', 'FREQ=WEEKLY;INTERVAL=2'],
    ['fortnightly', 'FREQ=WEEKLY;INTERVAL=2'],
    ['biweekly', 'FREQ=WEEKLY;INTERVAL=2'],
    ['every day', 'FREQ=DAILY'],
    ['every 3rd month', 'FREQ=MONTHLY;INTERVAL=3'],
    ['every year', 'FREQ=YEARLY'],
    ['every weekday', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
    ['every monday', 'FREQ=WEEKLY;BYDAY=MO'],
    ['every mon, wed and friday', 'FREQ=WEEKLY;BYDAY=MO,WE,FR'],
    ['every other tuesday', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU'],
    ['RRULE:FREQ=DAILY;COUNT=2', 'FREQ=DAILY;COUNT=2'],
  ])('%s', (text, rule) => expect(readRule(text)).toBe(rule));

  it.each(['sometimes', 'every', 'every 0 weeks', 'every moon', 'every mo', 'every 2', 'constructor'])(
    '“%s” is none',
    (text) => {
      expect(refusal(() => readRule(text))).toMatch(/is not a rule\. Write daily, .*every 2 weeks/);
    },
  );
});

describe('durations and zones', () => {
  it.each([
    ['45 min', 0, 45],
    ['1h', 0, 60],
    ['1h30', 0, 90],
    ['1h 30m', 0, 90],
    ['1.5 hours', 0, 90],
    ['an hour', 0, 60],
    ['half an hour', 0, 30],
    ['2 hours and 5 minutes', 0, 125],
    ['2 days', 2, 0],
    ['1.5 days', 1, 720],
    ['a week', 7, 0],
    ['one week', 7, 0],
    ['an hour and a half', 0, 90],
    ['two and a half hours', 0, 150],
    ['a day and a half', 1, 720],
    ['twenty-five minutes', 0, 25],
    ['two hours and five minutes', 0, 125],
  ])('%s', (text, days, minutes) => expect(readDuration(text)).toEqual({ days, minutes }));

  it.each(['', '90', 'min', '1x', '-5 min', '0h', '1h 30x', '30 min 20'])('“%s” is not a duration', (text) => {
    expect(refusal(() => readDuration(text))).toMatch(/is not a duration/);
  });

  it('the clocks of others are shown where they differ, with the day where that differs', () => {
    const times = { start_time: '2026-12-07T20:00:00Z', end_time: '2026-12-07T21:00:00Z' };
    const people = Object.entries({ ana: PARIS, ben: 'Europe/Berlin', sam: NEW_YORK, priya: 'Asia/Kolkata' });
    const onClocks = (some = people): Parameters<typeof otherClocks>[0] => ({
      ...times,
      local_times: some.map(([username, theirs]) => ({
        user: { username },
        local_start: wallOf(times.start_time, theirs),
        local_end: wallOf(times.end_time, theirs),
      })),
    });
    expect(otherClocks(onClocks(), PARIS)).toBe('sam 15:00–16:00 · priya Tue 8 Dec 01:30–02:30');
    expect(otherClocks(onClocks(), 'Asia/Kolkata')).toBe('ana, ben Mon 7 Dec 21:00–22:00 · sam Mon 7 Dec 15:00–16:00');
    expect(otherClocks(onClocks(people.slice(0, 2)), PARIS)).toBe('');
  });

  it('zones are spelt officially, or refused', () => {
    expect(readZone('europe/paris')).toBe(PARIS);
    expect(refusal(() => readZone('Europ/Paris'))).toMatch(/^There is no time zone “Europ\/Paris”/);
  });
});

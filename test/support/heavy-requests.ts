import { gzipSync } from 'node:zlib';
import type { HostileRequest } from './hostile-requests.js';
import { differentText, EVERY_MINUTE } from './hostile-scene.js';

/** Valid requests on the heaviest data that its owner can make: answered or refused, but never slow for the others. */
const heavy = (name: string, method: HostileRequest['method'], path: string, body?: object): HostileRequest => ({
  ...{ name, path, method, anyAnswer: true },
  ...(body ? { body: JSON.stringify(body) } : {}),
});
const event = (name: string, fields: object): HostileRequest =>
  heavy(name, 'POST', '/api/events', {
    ...{
      title: 'Heavy',
      start_time: '2032-02-29T10:00:00',
      end_time: '2032-02-29T10:10:00',
      time_zone: 'Europe/Paris',
    },
    ...{ show_as: 'free', on_conflict: 'allow' },
    ...fields,
  });
const findTime = (name: string, fields: object): HostileRequest =>
  heavy(name, 'POST', '/api/find-time', {
    ...{ user_ids: ['{people}'], duration_minutes: 1_440, from: '2031-02-01', to: '2031-05-01', limit: 20 },
    ...fields,
  });

/** Rules that match seldom, or never, or that need many candidates for each date. */
const RULES = [
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;UNTIL=99991231T000000Z',
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;BYHOUR=10;BYMINUTE=0;BYSETPOS=1',
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31',
  'FREQ=WEEKLY;INTERVAL=1000;BYDAY=SU;BYMONTH=2',
  'FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=29',
  'FREQ=MONTHLY;INTERVAL=11;BYMONTHDAY=31;BYDAY=SU;BYMONTH=2',
  'FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTHDAY=1',
  'FREQ=YEARLY;BYYEARDAY=366;BYDAY=SU;BYSETPOS=-1',
  `FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=${Array.from({ length: 24 }, (_, n) => n).join(',')};BYMINUTE=0,10,20,30,40,50;BYSETPOS=-1,1,366,-366`,
  `FREQ=YEARLY;BYHOUR=0,10;BYYEARDAY=${Array.from({ length: 366 }, (_, n) => n + 1).join(',')};BYSETPOS=${Array.from({ length: 366 }, (_, n) => n + 1).join(',')}`,
];

const LONG = { from: '2031-01-01', to: '2041-01-01' };
const query = (fields: Record<string, string>): string => String(new URLSearchParams(fields));

export const HEAVY_REQUESTS: HostileRequest[] = [
  heavy('a diff of 20,000 characters without a common word', 'GET', '/api/events/{words}/diff/1/2'),
  heavy('a diff of 20,000 characters without a common line', 'GET', '/api/events/{lines}/diff/1/2'),
  heavy('the changelog of such texts', 'GET', '/api/events/{words}/changelog'),
  heavy('the changelog of such lines', 'GET', '/api/events/{lines}/changelog'),
  heavy('a merge of three long texts of one line', 'PUT', '/api/events/{words}', {
    ...{ version: 1, description: differentText('c', ' ') },
  }),
  heavy('a merge of three texts of 4,000 lines', 'PUT', '/api/events/{lines}', {
    ...{ version: 1, description: differentText('c', '\n') },
  }),
  heavy('a merge of every other line', 'PUT', '/api/events/{lines}', {
    version: 1,
    description: differentText('a', '\n').replaceAll(/(\n\w+)\n\w+/g, '$1\nx'),
  }),
  heavy('a merge of 10,000 equal lines', 'PUT', '/api/events/{lines}', {
    version: 1,
    description: 'a\n'.repeat(9_999),
  }),
  event('a description of 10,000 combining marks', { description: 'e\u0301'.repeat(10_000) }),
  event('a title of 10,000 combining marks', { title: `e${'\u0301'.repeat(10_000)}` }),
  event('a description of 6,000 families', { description: '👨‍👩‍👧‍👦'.repeat(1_800) }),
  event('a description of 20,000 right-to-left marks', { description: '\u202e'.repeat(20_000) }),
  ...RULES.map((rule) => event(`a rule that seldom matches: ${rule.slice(0, 60)}`, { recurrence_pattern: rule })),
  heavy('a conflict check of a dense series with a dense calendar', 'POST', '/api/events/check-conflicts', {
    ...{ title: 'x', start_time: '2031-02-01T10:00:00', end_time: '2031-02-01T10:01:00', time_zone: 'Europe/Paris' },
    recurrence_pattern: EVERY_MINUTE,
  }),
  heavy('a conflict check of a daily series with a dense calendar', 'POST', '/api/events/check-conflicts', {
    ...{ title: 'x', start_time: '2031-02-01T10:00:30', end_time: '2031-02-01T10:01:30', time_zone: 'Europe/Paris' },
    recurrence_pattern: 'FREQ=DAILY;COUNT=10000',
  }),
  event('a dense series in a dense calendar that must be free', {
    ...{ show_as: 'busy', on_conflict: 'reject', recurrence_pattern: EVERY_MINUTE },
    ...{ start_time: '2031-02-01T10:00:00', end_time: '2031-02-01T10:01:00' },
  }),
  event('a dense series in a dense calendar, allowed', {
    ...{ show_as: 'busy', on_conflict: 'allow', recurrence_pattern: EVERY_MINUTE },
    ...{ start_time: '2031-02-01T10:00:00', end_time: '2031-02-01T10:01:00' },
  }),
  event('999 excluded dates that are none of the series', {
    ...{ start_time: '2031-02-01T10:00:00', end_time: '2031-02-01T10:01:00' },
    recurrence_pattern: 'FREQ=DAILY;COUNT=10000',
    excluded: Array.from({ length: 999 }, (_, n) => new Date(Date.UTC(2031, 1, 2 + n, 17)).toISOString()),
  }),
  heavy('a batch of 500 series', 'POST', '/api/events/batch', {
    events: Array.from({ length: 500 }, (_, n) => ({
      ...{ title: `Series ${n}`, time_zone: 'Europe/Paris', show_as: 'free' },
      ...{ start_time: '2033-02-01T10:00:00', end_time: '2033-02-01T10:10:00' },
      recurrence_pattern: 'FREQ=DAILY;COUNT=10000',
    })),
  }),
  heavy(
    'a month of a dense calendar',
    'GET',
    `/api/events?${query({ expand: 'true', from: '2031-02-01', to: '2031-03-01', limit: '200' })}`,
  ),
  heavy('ten years, expanded', 'GET', `/api/events?${query({ expand: 'true', ...LONG, limit: '200' })}`),
  heavy(
    'the last page of ten years',
    'GET',
    `/api/events?${query({ expand: 'true', ...LONG, page: '5000', page_size: '200' })}`,
  ),
  heavy(
    'the occurrences of a dense series, a million pages on',
    'GET',
    `/api/events/{dense}/occurrences?page=1000000&page_size=200`,
  ),
  heavy(
    'the occurrences of a dense series in the year 9000',
    'GET',
    `/api/events/{dense}/occurrences?from=9000-01-01&to=9001-01-01&limit=200`,
  ),
  heavy('a series with many changed occurrences', 'GET', '/api/events/{changed}'),
  heavy(
    'the occurrences of such a series',
    'GET',
    '/api/events/{changed}/occurrences?from=2031-02-01&to=2033-01-01&limit=200',
  ),
  heavy('a move of such a series', 'PATCH', '/api/events/{changed}', {
    start_time: '2031-02-01T11:00:00',
    end_time: '2031-02-01T11:05:00',
  }),
  heavy(
    'a split of such a series',
    'PATCH',
    '/api/events/{changed}?occurrence=2031-02-20T10:00:00Z&scope=following&dry_run=true',
    { title: 'x' },
  ),
  heavy('the changelog of such a series', 'GET', '/api/events/{changed}/changelog?limit=200'),
  heavy('the history of such a series', 'GET', '/api/events/{changed}/history?limit=200'),
  heavy('a rollback of such a series', 'POST', '/api/events/{changed}/rollback/1?dry_run=true', {}),
  findTime('a time for people with full calendars', {}),
  findTime('a minute for people with full calendars', { duration_minutes: 1, buffer_minutes: 240 }),
  findTime('a series for people with full calendars', {
    recurrence_pattern: 'FREQ=DAILY;COUNT=10000',
    duration_minutes: 1,
  }),
  findTime('a time in ten years', { to: '2041-01-01', working_hours: { start: '00:00', end: '24:00' } }),
  heavy(
    'who is busy for a month, all calendars full',
    'GET',
    '/api/free-busy?user_ids={people}&from=2031-02-01&to=2031-03-01',
  ),
  heavy(
    'who is busy for a year, all calendars full',
    'GET',
    '/api/free-busy?user_ids={people}&from=2031-02-01&to=2032-02-01',
  ),
  heavy('a search for wildcards', 'GET', `/api/events?${query({ q: '%'.repeat(255) })}`),
  heavy('a search for one letter', 'GET', `/api/events?${query({ q: 'a', deleted: 'false', limit: '200' })}`),
  heavy('a search for backslashes', 'GET', `/api/events?${query({ q: '\\'.repeat(255), location: '_'.repeat(255) })}`),
  heavy('a search for 100 words', 'GET', `/api/events?${query({ q: 'a b '.repeat(60) })}`),
  {
    ...heavy('a deep merge patch', 'PATCH', '/api/events/{words}'),
    ...{ type: 'application/merge-patch+json', body: `${'{"overrides":'.repeat(60)}1${'}'.repeat(60)}` },
  },
  {
    ...heavy('a gigabyte in a megabyte of gzip', 'POST', '/api/events'),
    ...{ encoding: 'gzip', body: gzipSync(Buffer.alloc(256 * 1_048_576, ' '), { level: 9 }) },
  },
];

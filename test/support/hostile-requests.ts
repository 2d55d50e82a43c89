import { packMessage } from '../../src/platform/http/message-pack.js';

/**
 * A request that costs its sender little. All of it is refused, unless it says otherwise. `{name}` in the address and the
 * body stands for an id of the scene.
 */
export interface HostileRequest {
  name: string;
  path: string;
  method?: 'POST' | 'PUT' | 'PATCH' | 'GET';
  type?: string;
  encoding?: string;
  body?: string | Buffer;
  /** Without a token. */
  anonymous?: boolean;
  /** Valid, however unusual. */
  accepted?: boolean;
  /** Accepted or refused: either is right. */
  anyAnswer?: boolean;
}

const TIMES = { start_time: '2031-02-01T10:00:00Z', end_time: '2031-02-01T10:10:00Z', show_as: 'free' };
const EVENT = { title: 'Hostile', ...TIMES };
const MSGPACK = 'application/msgpack';

const unknownFields = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]));
const hours = (count: number, from: string): string[] =>
  Array.from({ length: count }, (_, n) => new Date(Date.parse(from) + n * 3_600_000).toISOString());
const repeat = (text: string, count: number): string => text.repeat(count);
const post = (
  name: string,
  path: string,
  body: object | string,
  more: Partial<HostileRequest> = {},
): HostileRequest => ({
  ...{ name, path, body: typeof body === 'string' ? body : JSON.stringify(body) },
  ...more,
});
const packed = (name: string, path: string, body: Buffer, more: Partial<HostileRequest> = {}): HostileRequest => ({
  ...{ name, path, body, type: MSGPACK },
  ...more,
});
const event = (name: string, fields: object, more: Partial<HostileRequest> = {}): HostileRequest =>
  post(name, '/api/events', { ...EVENT, ...fields }, more);

/** Each of them stopped a server for seconds once, or is of the family of one that did. */
export const HOSTILE_REQUESTS: HostileRequest[] = [
  post(
    'a login with 90,000 unknown fields',
    '/api/auth/login',
    { username: 'x', password: 'x', ...unknownFields(90_000) },
    { anonymous: true },
  ),
  {
    name: 'a login form with 90,000 unknown fields',
    path: '/api/auth/login',
    type: 'application/x-www-form-urlencoded',
    body: Object.keys(unknownFields(90_000)).join('=1&'),
    anonymous: true,
  },
  post('a registration with 900 unknown fields', '/api/auth/register', unknownFields(900), { anonymous: true }),
  post('an event with 90,000 unknown fields', '/api/events', unknownFields(90_000)),
  post('an event with 100 unknown fields', '/api/events', unknownFields(100)),
  post('a batch of 500 events of 300 unknown fields', '/api/events/batch', {
    events: Array.from({ length: 500 }, () => unknownFields(300)),
  }),
  post('a batch of 500 events of 90 unknown fields', '/api/events/batch', {
    events: Array.from({ length: 500 }, () => unknownFields(90)),
  }),
  post('a batch of 45,000 empty events', '/api/events/batch', { events: Array.from({ length: 45_000 }, () => ({})) }),
  post('a share with 9,000 people', '/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05/share', {
    users: Array.from({ length: 9_000 }, (_, n) => ({ username: `u${n}`, role: 'x' })),
  }),
  post('lists in lists, 100,000 deep', '/api/events', `{"title":${repeat('[', 100_000)}${repeat(']', 100_000)}}`),
  post('objects in objects, 100,000 deep', '/api/events', `${repeat('{"a":', 100_000)}1${repeat('}', 100_000)}`),
  post('a list that never ends', '/api/events', repeat('[', 900_000)),
  post('brackets that close nothing', '/api/events', repeat(']}', 450_000)),
  post('a number of 900,000 digits', '/api/events', `{"title":${repeat('9', 900_000)}}`),
  post('a text of 900,000 escapes', '/api/events', `{"title":"${repeat('\\u0041', 150_000)}"}`),
  post('a name of 900,000 characters', '/api/events', `{"${repeat('a', 900_000)}":1}`),
  post(
    'the same name 90,000 times',
    '/api/events',
    `{${Array.from({ length: 90_000 }, () => '"title":"x"')
      .join(',')
      .slice(0, 1_000_000)}}`.replace(/,"[^"]*"?(:"?[^"]*)?\}$/, '}'),
  ),
  event('10,000 excluded dates', {
    recurrence_pattern: 'FREQ=DAILY;COUNT=10000',
    excluded: hours(10_000, '2031-02-01T10:00:00Z'),
  }),
  event('10,000 added dates', { added: hours(10_000, '2031-02-02T10:00:00Z') }),
  event(
    '1,000 added and 999 excluded dates',
    {
      recurrence_pattern: 'FREQ=DAILY;COUNT=1000',
      excluded: hours(24 * 999, '2031-02-02T10:00:00Z').filter((_, n) => n % 24 === 0),
      added: hours(1_000, '2036-02-02T10:30:00Z'),
    },
    { accepted: true },
  ),
  event('a rule with 60,000 weekdays', { recurrence_pattern: `FREQ=YEARLY;BYDAY=${repeat('MO,', 60_000)}TU` }),
  event('a rule that never matches', { recurrence_pattern: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }),
  event(
    'a rule with 1,440 times a day',
    {
      recurrence_pattern: `FREQ=DAILY;BYHOUR=${Array.from({ length: 24 }, (_, n) => n).join(',')};BYMINUTE=${Array.from({ length: 60 }, (_, n) => n).join(',')}`,
    },
    { accepted: true },
  ),
  event('a description of a million characters', { description: repeat('a\n', 400_000) }),
  packed(
    'an extension of 4 MB without a token',
    '/api/events/batch',
    Buffer.concat([Buffer.from([0xc9, 0, 0x3d, 0, 0, 0x42]), Buffer.alloc(0x3d0000, 0x7f)]),
    { anonymous: true },
  ),
  packed(
    'a million empty maps',
    '/api/events/batch',
    Buffer.concat([Buffer.from([0xdd, 0, 0x0f, 0x42, 0x40]), Buffer.alloc(1_000_000, 0x80)]),
  ),
  packed('a map that claims 4 billion members', '/api/events', Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61])),
  packed('lists in lists of MessagePack', '/api/events', Buffer.alloc(1_000_000, 0x91)),
  packed('an event with 40,000 unknown fields in MessagePack', '/api/events', packMessage(unknownFields(40_000))),
  { name: 'a search of 7,000 characters', path: `/api/events?q=${repeat('a', 7_000)}`, method: 'GET' },
  {
    name: 'an expanded year',
    path: '/api/events?expand=true&from=2031-01-01&to=2032-01-01&limit=200',
    method: 'GET',
    accepted: true,
  },
];

import type { Chance } from './random.js';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  format?: string;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  maxLength?: number;
}

export type Resolve = (schema: Schema) => Schema;

const text = (unit: string, length: number): string => unit.repeat(length);

/** Texts that something once stumbled over: not one of them may be stored wrongly, leak, or be a 500. */
export const ODD_TEXTS = [
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\ufeff',
    '\u202etxt.exe',
    'ﷺ',
    '🧑‍🚀',
    'e\u0301',
    '\u200b',
    '\u2028',
  ],
  ...[
    'null',
    'undefined',
    'NaN',
    'true',
    '-0',
    '1e309',
    '0x10',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ],
  ...[
    "' OR 1=1 --",
    '"; DROP',
    '%',
    '_',
    '\\',
    '%%%',
    '${7*7}',
    '{{7*7}}',
    '../../etc/passwd',
    '<script>',
    '\r\nX-Odd: 1',
    '$1',
    '%s%n',
  ],
  ...[
    text('a', 300),
    text('😀', 260),
    text('\u0301', 1_200),
    text('x ', 11_000),
    text('9', 400),
    text('(', 300),
    text('a\n', 4_000),
  ],
];
const ODD_TIMES = [
  ...['2031-03-03T10:00:00Z', '2031-03-03T10:00:00', '2031-03-03', '2031-03-30T02:30:00', '2031-10-26T02:30:00+02:00'],
  ...[
    '0000-01-01T00:00:00Z',
    '0001-01-01',
    '9999-12-31T23:59:59Z',
    '10000-01-01',
    '-000001-01-01T00:00:00Z',
    '1582-10-10',
  ],
  ...[
    '2031-02-29',
    '2032-02-29',
    '2031-13-01',
    '2031-00-00',
    '2031-03-03T24:00:00Z',
    '2031-03-03T10:00:60Z',
    '2031-03-03T10:00:00+99:99',
  ],
  ...[
    '2031-03-03T10:00:00.123456789Z',
    '2031-03-03 10:00',
    '20310303T100000Z',
    '2031-W10-1',
    'now',
    'infinity',
    '-infinity',
    'epoch',
    '1900000000',
    '2031-03-03T10:00:00+14:00',
  ],
  ...[
    '0099-06-01T10:00:00Z',
    '1900-01-01T00:00:00Z',
    '2199-12-31',
    '3000-01-01T00:00:00Z',
    '9999-12-31',
    '2031-03-03T10:00:00−01:00',
  ],
];
const ODD_ZONES = [
  'UTC',
  'Europe/Paris',
  'america/new_york',
  'Etc/GMT+12',
  'Asia/Kathmandu',
  'EST',
  '+02:00',
  'Mars/Olympus',
  'Africa/Monrovia',
  'Pacific/Apia',
  'GMT',
  '',
];
const ODD_RULES = [
  ...[
    'FREQ=DAILY',
    'FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10',
    'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
  ],
  ...[
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MONTHLY;BYDAY=5FR,-5MO;BYSETPOS=-1',
    'FREQ=DAILY;UNTIL=99991231T235959Z',
    'FREQ=DAILY;UNTIL=2031',
  ],
  ...[
    'FREQ=SECONDLY',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;INTERVAL=999999999999',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=10000',
    'FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH',
    'FREQ=YEARLY;BYYEARDAY=-366',
  ],
  ...[
    'FREQ=DAILY;BYHOUR=25',
    'FREQ=DAILY;BYSETPOS=1',
    'FREQ=DAILY;FREQ=WEEKLY',
    'FREQ=',
    ';;;',
    'FREQ=DAILY;X-ODD=1',
    'RRULE:RRULE:FREQ=DAILY',
    'FREQ=DAILY\nEXDATE:20310303',
    'daily',
    'FREQ=DAILY;BYMINUTE=0,15,30,45;BYHOUR=8,9,10;BYSETPOS=-1,1',
  ],
];
const ODD_NUMBERS = [
  0,
  -0,
  -1,
  1,
  1.5,
  2,
  7,
  255,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  -1e308,
  5e-324,
  0.1,
];

const deep = (levels: number, value: unknown = 1): unknown =>
  levels === 0 ? value : deep(levels - 1, levels % 2 ? [value] : { a: value });

/** A value of the wrong kind, or of a size that nobody expects. */
export function oddValue(chance: Chance): unknown {
  const kinds: (() => unknown)[] = [
    () => null,
    () => chance.pick([true, false]),
    () => chance.pick(ODD_NUMBERS),
    () => chance.pick(ODD_TEXTS),
    () => chance.pick(ODD_TIMES),
    () => chance.pick(ODD_RULES),
    () => [],
    () => ({}),
    () => [null],
    () => [[]],
    () => Array.from({ length: chance.below(1_100) }, () => 1),
    () => Object.fromEntries(Array.from({ length: chance.below(120) }, (_, n) => [`k${n}`, n])),
    () => deep(1 + chance.below(60)),
    () => JSON.parse('{"__proto__":{"role":"owner"}}') as unknown,
    () => ({ constructor: { prototype: {} }, toString: 1, length: 1 }),
    () => JSON.parse('{"then":"a","toJSON":"b","valueOf":null}') as unknown,
  ];
  return chance.pick(kinds)();
}

/** What fits a member by its name, more often right than wrong. Undefined where the schema alone has to do. */
function byName(name: string, chance: Chance): unknown {
  if (
    /^(start_time|end_time|from|to|until|as_of|updated_since|occurrence|original_start|start_date|end_date)$/.test(name)
  ) {
    return chance.next() < 0.6 ? nearTime(chance) : chance.pick(ODD_TIMES);
  }
  if (name === 'time_zone') return chance.pick(ODD_ZONES);
  if (name === 'show_as' && chance.next() < 0.5) return 'free';
  return undefined;
}

/** A time in the weeks in which all events are, so that they meet; the same ones come up often. */
function nearTime(chance: Chance): string {
  const hour = new Date(Date.UTC(2031, 2, 3, 8) + chance.below(200) * 3_600_000).toISOString();
  return chance.pick([
    hour,
    hour.replace('.000Z', 'Z'),
    hour.slice(0, 19),
    hour.slice(0, 10),
    hour.replace('.000Z', '+02:00'),
  ]);
}

/** A value that the schema describes, filled with what the names of its members suggest. */
export function sample(schema: Schema, resolve: Resolve, chance: Chance, name = '', depth = 0): unknown {
  const known = resolve(schema);
  const options = known.oneOf ?? known.anyOf;
  if (name === 'recurrence_pattern' && chance.next() < 0.7) return chance.pick([...ODD_RULES, null]);
  if (options) return sample(chance.pick(options), resolve, chance, name, depth);
  if (known.allOf) return sample(known.allOf[0]!, resolve, chance, name, depth);
  if (known.enum) return chance.pick(known.enum);
  const named = byName(name, chance);
  if (named !== undefined) return named;
  const type = Array.isArray(known.type) ? chance.pick(known.type) : known.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(known.properties ?? {})
          .filter(([key]) => known.required?.includes(key) || chance.next() < (depth > 2 ? 0.1 : 0.3))
          .map(([key, value]) => [key, sample(value, resolve, chance, key, depth + 1)]),
      );
    case 'array': {
      const length = chance.next() < 0.02 ? Math.min(chance.below(600), known.maxItems ?? 600) : chance.below(4);
      return Array.from({ length }, () =>
        sample(known.items ?? {}, resolve, chance, /^(added|excluded)$/.test(name) ? 'start_time' : name, depth + 1),
      );
    }
    case 'integer':
    case 'number':
      return chance.next() < 0.8 ? (known.minimum ?? 0) + chance.below(6) : chance.pick(ODD_NUMBERS);
    case 'boolean':
      return chance.next() < 0.5;
    case 'null':
      return null;
    default:
      return sampleText(known, chance);
  }
}

function sampleText({ format, maxLength = 100 }: Schema, chance: Chance): string {
  if (format === 'uuid') return uuid(chance);
  if (format === 'idn-email')
    return chance.pick([
      'ana@example.com',
      'ä@bücher.example',
      'a@b',
      '"a b"@example.com',
      `${text('a', 64)}@example.com`,
    ]);
  if (format === 'uri')
    return chance.pick([
      'https://example.com/a?b=c#d',
      'http://[::1]/',
      'javascript:alert(1)',
      'https://exa mple',
      `https://example.com/${text('a', 1_900)}`,
    ]);
  if (chance.next() < 0.3) return chance.pick(ODD_TEXTS);
  const words = ['Plan', 'Weekly', 'sync', 'Köln', 'lunch\n', '日本', 'and', 'review'];
  return Array.from({ length: 1 + chance.below(12) }, () => chance.pick(words))
    .join(' ')
    .slice(0, maxLength);
}

export function uuid(chance: Chance): string {
  const hex = (length: number): string => Array.from({ length }, () => chance.below(16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-7${hex(3)}-a${hex(3)}-${hex(12)}`;
}

/** The body with one or a few of its parts removed, doubled or replaced. Changes what it gets. */
export function mutate(body: unknown, chance: Chance): unknown {
  for (let times = 1 + chance.below(3); times > 0; times -= 1) {
    const places: [object, string][] = [];
    const walk = (value: unknown): void => {
      if (value === null || typeof value !== 'object' || places.length > 500) return;
      for (const key of Object.keys(value)) {
        places.push([value, key]);
        walk((value as Record<string, unknown>)[key]);
      }
    };
    walk(body);
    if (places.length === 0 || chance.next() < 0.05) return oddValue(chance);
    const [holder, key] = chance.pick(places) as [Record<string, unknown>, string];
    const what = chance.next();
    if (what < 0.6) holder[key] = oddValue(chance);
    else if (what < 0.75) delete holder[key];
    else if (what < 0.9) holder[chance.pick(ODD_TEXTS).slice(0, 300)] = oddValue(chance);
    else holder[key] = [holder[key], structuredClone(holder[key])];
  }
  return body;
}

/** The bytes with some of them changed, missing or added. */
export function mutateBytes(bytes: Buffer, chance: Chance): Buffer {
  const at = chance.below(bytes.length + 1);
  const noise = Buffer.from(Array.from({ length: 1 + chance.below(8) }, () => chance.below(256)));
  const ways: (() => Buffer)[] = [
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]),
    () => Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(Math.min(bytes.length, at + noise.length))]),
    () => Buffer.concat([bytes, bytes]),
    () => Buffer.concat([Buffer.from('\ufeff'), bytes]),
    () => noise,
    () => Buffer.alloc(0),
  ];
  return chance.pick(ways)();
}

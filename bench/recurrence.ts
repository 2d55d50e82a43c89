/**
 * Prints what the recurrence engine costs, beside rrule-temporal doing the same work in the same run:
 *   npm run bench:recurrence
 * Exits with 1 if a limit is missed. The median of many runs counts, and for hostile rules the first runs as well.
 */
import { RRuleTemporal } from 'rrule-temporal';
import { expand } from '../src/recurrence/expand.js';
import { formatICalendarTime, parseLocalTime } from '../src/time/local-time.js';
import { readRule } from '../src/recurrence/pattern.js';
import { TimeError } from '../src/time/time-error.js';
import { parseRrule } from '../src/recurrence/rrule-text.js';
import type { Series } from '../src/recurrence/series.js';
import { toInstant } from '../src/time/time-zone.js';
import { validateSeries } from '../src/recurrence/validate.js';
import { zoneOffsets } from '../src/time/zone-offsets.js';

const ZONE = 'Europe/Paris';
/** A Monday. */
const START = parseLocalTime('2026-06-01T10:00');
let missed = 0;

const WINDOWS: { name: string; rrule: string; from: string; to: string; limit?: number }[] = [
  { name: '7 days, 30 years on, daily', rrule: 'FREQ=DAILY', from: '2056-06-01', to: '2056-06-08', limit: 50 },
  {
    name: '7 days, 27 years on, daily with COUNT',
    rrule: 'FREQ=DAILY;COUNT=10000',
    from: '2053-06-01',
    to: '2053-06-08',
    limit: 50,
  },
  {
    name: '7 days, 30 years on, weekdays with COUNT',
    rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=10000',
    from: '2056-06-01',
    to: '2056-06-08',
    limit: 50,
  },
  {
    name: '7 days, 30 years on, every third day with COUNT',
    rrule: 'FREQ=DAILY;INTERVAL=3;COUNT=10000',
    from: '2056-06-01',
    to: '2056-06-08',
    limit: 50,
  },
  {
    name: '7 days, 30 years on, first Monday',
    rrule: 'FREQ=MONTHLY;BYDAY=1MO',
    from: '2056-06-01',
    to: '2056-06-08',
    limit: 50,
  },
  {
    name: '10 years of MO,WE,FR',
    rrule: 'FREQ=WEEKLY;BYDAY=MO,WE,FR',
    from: '2026-06-01',
    to: '2036-06-01',
    limit: 300,
  },
  { name: '10 years of every day', rrule: 'FREQ=DAILY', from: '2026-06-01', to: '2036-06-01' },
];

const numbers = (count: number): string => Array.from({ length: count }, (_, index) => index).join();
const HOSTILE: [string, unknown][] = [
  ['30 February', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
  ['INTERVAL beyond its limit', 'FREQ=DAILY;INTERVAL=1001'],
  ['COUNT=1e9', 'FREQ=DAILY;COUNT=1000000000'],
  ['86,400 times a day', `FREQ=DAILY;BYHOUR=${numbers(24)};BYMINUTE=${numbers(60)};BYSECOND=${numbers(60)}`],
  ['until the year 9998', 'FREQ=DAILY;UNTIL=99981231T000000Z'],
  ['a weekday that never comes', 'FREQ=DAILY;INTERVAL=7;BYDAY=TU'],
  ['the second Monday of a day', 'FREQ=DAILY;BYDAY=MO;BYSETPOS=2'],
  ['week 53 in June', 'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6'],
  ['day 366 in March', 'FREQ=YEARLY;BYYEARDAY=366;BYMONTH=3'],
  ['31 February every 7 months', 'FREQ=MONTHLY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=31'],
  ['a megabyte of text', 'FREQ=DAILY;BYDAY='.padEnd(1_000_000, 'MO,')],
  ['100,000 weekdays', { frequency: 'weekly', by_day: Array(100_000).fill('MO') }],
];

function series(rrule: string): Series {
  return { ...meeting, rule: parseRrule(rrule) };
}

const meeting: Series = {
  start: START,
  zone: ZONE,
  allDay: false,
  duration: { days: 0, seconds: 3600 },
  rule: null,
  added: [],
  excluded: [],
  overrides: [],
};

function at(date: string): number {
  return toInstant(parseLocalTime(date), ZONE).epochSecond;
}

/** Microseconds: the first run, and the median of batches within half a second. */
function measure(run: () => unknown, budget = 500): { first: number; median: number } {
  const once = (): number => {
    const begin = performance.now();
    run();
    return (performance.now() - begin) * 1000;
  };
  // Of two cold runs the shorter: the other may have met a pause of the machine.
  const first = Math.min(once(), once());
  const size = Math.max(1, Math.min(100, Math.floor(5000 / first)));
  const batches: number[] = [];
  for (const end = performance.now() + budget; performance.now() < end;) {
    const start = performance.now();
    for (let index = 0; index < size; index += 1) run();
    batches.push(((performance.now() - start) * 1000) / size);
  }
  batches.sort((a, b) => a - b);
  return { first, median: batches[Math.floor(batches.length / 2)] ?? first };
}

function judge(value: number, limit: number | undefined): string {
  if (limit === undefined) return '';
  if (value < limit) return `under ${limit} µs`;
  missed += 1;
  return `MISSED ${limit} µs`;
}

console.log('Windows of a series in Europe/Paris, compiled from its rule each time');
for (const { name, rrule, from, to, limit } of WINDOWS) {
  const of = series(rrule);
  const window = { from: at(from), to: at(to) };
  const ours = measure(() => expand(of, window, 100_000));
  const rruleString = `DTSTART;TZID=${ZONE}:${formatICalendarTime(START)}\nRRULE:${rrule}`;
  const [after, before] = [new Date(window.from * 1000), new Date(window.to * 1000 - 1)];
  const theirs = measure(() => new RRuleTemporal({ rruleString }).between(after, before, true));
  const ratio = (theirs.median / ours.median).toFixed(1);
  console.log(
    `  ${name.padEnd(50)}${ours.median.toFixed(1).padStart(8)} µs   rrule-temporal ${theirs.median.toFixed(0).padStart(8)} µs` +
      `   ${ratio.padStart(7)} ×   ${judge(ours.median, limit)}`,
  );
}

console.log('Hostile rules, refused or answered (first run, then median)');
for (const [name, input] of HOSTILE) {
  let outcome = 'accepted';
  const time = measure(() => {
    try {
      validateSeries({ ...meeting, rule: readRule(input) });
    } catch (error) {
      if (!(error instanceof TimeError)) throw error;
      outcome = error.code;
    }
  }, 100);
  const times = `${time.first.toFixed(0).padStart(8)} µs ${time.median.toFixed(0).padStart(8)} µs`;
  console.log(`  ${name.padEnd(50)}${times}   ${judge(time.first, 10_000)}   ${outcome}`);
}

console.log('Zones');
const lookup = measure(() => {
  for (let day = 0; day < 1000; day += 1) toInstant({ day: 20_600 + day, second: 36_000 }, ZONE);
});
console.log(`  ${'a look-up of an instant'.padEnd(50)}${lookup.median.toFixed(0).padStart(8)} ns`);
const table = measure(() => {
  const offsets = zoneOffsets('America/New_York');
  for (let year = 0; year < 10; year += 1) offsets.at(1_780_000_000 + year * 31_556_952);
});
console.log(`  ${'learning ten years of a zone'.padEnd(50)}${table.median.toFixed(0).padStart(8)} µs`);

console.log(missed === 0 ? 'All limits are kept.' : `${missed} limits are missed.`);
process.exitCode = missed === 0 ? 0 : 1;

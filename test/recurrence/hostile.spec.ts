import { describe, expect, it } from 'vitest';
import { civilFromDay, DAYS_IN_CYCLE } from '../../src/time/calendar-day.js';
import { parseLocalTime, stampOf } from '../../src/time/local-time.js';
import { readRule } from '../../src/recurrence/pattern.js';
import { TimeError } from '../../src/time/time-error.js';
import { moveSeries } from '../../src/recurrence/move.js';
import { compileSeries } from '../../src/recurrence/series-times.js';
import { validateSeries } from '../../src/recurrence/validate.js';
import { randomFrom, randomRule, randomSeries, randomStart, type Random } from './random-rules.js';

const CASES = Number(process.env['RECURRENCE_FUZZ'] ?? 2000);

const WORDS =
  'FREQ INTERVAL COUNT UNTIL BYDAY BYMONTHDAY BYMONTH BYYEARDAY BYWEEKNO BYSETPOS BYHOUR WKST RSCALE DAILY WEEKLY MONTHLY ' +
  'YEARLY HOURLY MO -1FR 53SU 0 1 -1 31 366 1e9 99999999999999999999 1.5 20260230 20261231T000000Z = ; , ;; == RRULE: é \0';
const KEYS =
  'frequency interval count until by_day by_month_day by_month by_year_day by_week_number by_hour by_set_position week_start x';
const VALUES: unknown[] = [
  'daily',
  'yearly',
  'MO',
  '2026-12-31',
  '',
  0,
  1,
  -1,
  31,
  1e308,
  NaN,
  -0,
  1.5,
  null,
  undefined,
  true,
  {},
  [],
  [[]],
  [null],
  ['MO'],
  [1, 'x'],
  [31],
];

function randomText(random: Random): string {
  const words = WORDS.split(' ');
  const parts = Array.from({ length: 1 + random.integer(6) }, () =>
    random.chance(0.8) ? `${random.pick(words)}=${random.pick(words)}` : random.pick(words),
  );
  return (random.chance(0.7) ? ['FREQ=YEARLY', ...parts] : parts).join(';');
}

function randomJson(random: Random): unknown {
  if (random.chance(0.1)) return random.pick(VALUES);
  const keys = Array.from({ length: random.integer(5) }, () => random.pick(KEYS.split(' ')));
  const entries = keys.map((key): [string, unknown] => [key, random.pick(VALUES)]);
  return Object.fromEntries(random.chance(0.8) ? [['frequency', 'yearly'], ...entries] : entries);
}

function milliseconds(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** What takes as much longer as anything else when the machine has much to do: every date of the 400 years of the calendar. */
function walkCycle(): void {
  let days = 0;
  for (let day = 0; day < DAYS_IN_CYCLE; day += 1) days += civilFromDay(day).dayOfMonth;
  expect(days).toBeGreaterThan(DAYS_IN_CYCLE);
}

/** Expects that it takes less time than two walks over every date: some 15 ms of an idle machine. */
function expectInTime(run: () => void, input: unknown): void {
  if (milliseconds(run) < 10) return;
  // The machine may have done something else meanwhile.
  const isFast = (): boolean => milliseconds(run) < 2 * milliseconds(walkCycle);
  for (let attempt = 0; attempt < 20; attempt += 1) if (isFast()) return;
  expect.fail(`Takes too long: ${JSON.stringify(input)}`);
}

/** Runs what may be refused; anything but a TimeError is passed on. */
function attempt(run: () => void): 'done' | 'refused' {
  try {
    run();
    return 'done';
  } catch (error) {
    if (error instanceof TimeError) return 'refused';
    throw error;
  }
}

describe('whatever comes in', () => {
  const meeting = {
    start: parseLocalTime('2026-06-01T10:00'),
    zone: 'Europe/Paris',
    allDay: false,
    duration: { days: 0, seconds: 3600 },
    added: [],
    excluded: [],
    overrides: [],
  };

  it.each([
    ['texts', randomText],
    ['objects', randomJson],
  ])('%s are read or refused, in time', (_, randomInput) => {
    const outcomes = new Set<string>();
    for (let index = 0; index < CASES; index += 1) {
      const input = randomInput(randomFrom(index));
      expectInTime(() => outcomes.add(attempt(() => validateSeries({ ...meeting, rule: readRule(input) }))), input);
    }
    expect(outcomes).toContain('refused');
  });

  it('random rules are found satisfiable or not, in time', () => {
    for (let index = 0; index < CASES; index += 1) {
      const random = randomFrom(index);
      const start = randomStart(random);
      const series = { ...meeting, start, rule: randomRule(random, start) };
      expectInTime(() => attempt(() => validateSeries(series)), series);
    }
  });

  it('random moves keep the series valid, or are refused', () => {
    const outcomes = new Set<string>();
    for (let index = 0; index < CASES; index += 1) {
      const random = randomFrom(index);
      const series = { ...randomSeries(random), startAlwaysCounts: false };
      const newStart = { day: series.start.day + random.integer(60) - 30, second: random.integer(1440) * 60 };
      const outcome = attempt(() => {
        const moved = moveSeries(series, newStart);
        expect(compileSeries(moved).rule.has(stampOf(newStart))).toBe(true);
        for (const excluded of moved.excluded) expect(moved.excluded).toContain(excluded);
      });
      outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(['done', 'refused']);
  });
});

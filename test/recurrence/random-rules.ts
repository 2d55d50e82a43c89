import { civilFromDay, weekdayOf } from '../../src/time/calendar-day.js';
import { localOf, type LocalTime } from '../../src/time/local-time.js';
import type { RuleDraft } from '../../src/recurrence/rule-parts.js';
import type { Frequency, RecurrenceRule, RuleWeekday } from '../../src/recurrence/rule.js';
import type { Series } from '../../src/recurrence/series.js';

/** The same numbers for the same seed, everywhere: what failed once fails again. */
export type Random = {
  integer(below: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
};

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    integer,
    chance: (probability) => next() < probability,
    pick: (from) => from[integer(from.length)]!,
  };
}

const ZONES = [
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Africa/Casablanca',
  'UTC',
  null,
];

/** Between 1998 and 2030, on the minute. */
export function randomStart(random: Random): LocalTime {
  return { day: 10_227 + random.integer(11_688), second: random.integer(1440) * 60 };
}

/** Any rule that `validateRule` lets pass, about a third of them with an end. Its start may or may not be in it. */
export function randomRule(random: Random, start: LocalTime): RecurrenceRule {
  const frequency = random.pick<Frequency>(['daily', 'weekly', 'monthly', 'yearly']);
  const rule: RuleDraft = { frequency, interval: random.chance(0.5) ? 1 : 1 + random.integer(6) };
  if (random.chance(0.35)) rule.byMonth = several(random, 4, () => 1 + random.integer(12));
  if (frequency === 'yearly' && random.chance(0.2)) rule.byWeekNumber = several(random, 4, () => signed(random, 53));
  if (frequency === 'yearly' && random.chance(0.2)) rule.byYearDay = several(random, 6, () => signed(random, 366));
  if (frequency !== 'weekly' && random.chance(0.3)) {
    rule.byMonthDay = several(random, 6, () => signed(random, 31));
    if (frequency === 'yearly' && !rule.byYearDay && !rule.byWeekNumber)
      rule.byMonth ??= [civilFromDay(start.day).month];
  }
  if (random.chance(0.5)) rule.byDay = randomWeekdays(random, rule);
  if (random.chance(0.15)) rule.byHour = several(random, 3, () => random.integer(24));
  if (random.chance(0.1)) rule.byMinute = several(random, 3, () => random.integer(60));
  const picksFrom =
    rule.byDay ?? rule.byMonthDay ?? rule.byYearDay ?? rule.byWeekNumber ?? rule.byHour ?? rule.byMinute;
  if (picksFrom && random.chance(0.25)) rule.bySetPosition = several(random, 2, () => signed(random, 5));
  if (random.chance(0.25)) rule.weekStart = weekdayOf(random.integer(7));
  const end = random.integer(6);
  if (end === 0) rule.count = 1 + random.integer(30);
  if (end === 1)
    rule.until = { form: 'local', local: localOf((start.day + random.integer(3000)) * 86_400 + start.second) };
  return rule;
}

/** A start's rule with added and excluded dates; the zones are the difficult ones. */
export function randomSeries(random: Random): Series {
  const start = randomStart(random);
  const dates = (): LocalTime[] =>
    several(random, 4, () => start.day + random.integer(400))
      .sort((a, b) => a - b)
      .map((day) => ({ day, second: start.second }));
  return {
    start,
    zone: random.pick(ZONES),
    allDay: false,
    duration: { days: random.integer(2), seconds: random.integer(100) * 900 },
    rule: randomRule(random, start),
    added: random.chance(0.3) ? dates() : [],
    excluded: random.chance(0.3) ? dates() : [],
    overrides: [],
    startAlwaysCounts: random.chance(0.5),
  };
}

function randomWeekdays(random: Random, { frequency, byWeekNumber }: RuleDraft): RuleWeekday[] {
  const ordinals = (frequency === 'monthly' || frequency === 'yearly') && !byWeekNumber && random.chance(0.5);
  return several(random, 4, () => random.integer(7)).map((number) => {
    const weekday = weekdayOf(number);
    return ordinals && random.chance(0.8)
      ? { weekday, ordinal: signed(random, frequency === 'monthly' ? 5 : 20) }
      : { weekday };
  });
}

function several(random: Random, most: number, value: () => number): number[] {
  return [...new Set(Array.from({ length: 1 + random.integer(most) }, value))];
}

function signed(random: Random, largest: number): number {
  return (1 + random.integer(largest)) * (random.chance(0.3) ? -1 : 1);
}

import { describe, expect, it } from 'vitest';
import { expand } from '../../src/recurrence/expand.js';
import { stampOf, type LocalStamp, type LocalTime } from '../../src/time/local-time.js';
import { printRrule } from '../../src/recurrence/rrule-text.js';
import type { RecurrenceRule } from '../../src/recurrence/rule.js';
import { EXPLAINED } from './explained-differences.js';
import { ORACLES } from './oracles.js';
import { randomFrom, randomRule, randomStart } from './random-rules.js';
import { referenceTimes } from './reference.js';

/** RECURRENCE_FUZZ=10000 for the full run. */
const RULES = Number(process.env['RECURRENCE_FUZZ'] ?? 600);
const SECONDS_IN_DAY = 86_400;
const COMPARED = 6;

type Case = { rule: RecurrenceRule; start: LocalTime; times: LocalStamp[]; complete: boolean };

function randomCase(seed: number): Case {
  const random = randomFrom(seed);
  const start = randomStart(random);
  const rule = randomRule(random, start);
  const series = { start, zone: null, allDay: false, duration: { days: 0, seconds: 0 }, rule };
  const to = lastDay(rule, start) * SECONDS_IN_DAY + SECONDS_IN_DAY;
  const listed = expand({ ...series, added: [], excluded: [], overrides: [] }, { from: -Infinity, to }, 100_000);
  const times = listed.map(({ original }) => stampOf(original));
  const ended = rule.until?.form === 'local' && stampOf(rule.until.local) < to;
  return { rule, start, times, complete: ended || times.length === rule.count };
}

/** Far enough for some periods of any interval. */
function lastDay(rule: RecurrenceRule, start: LocalTime): number {
  return start.day + (rule.frequency === 'yearly' ? 14 : 3) * 366;
}

function outcome(run: () => LocalStamp[]): string {
  try {
    return run().join();
  } catch (error) {
    return `throws ${(error as Error).message}`;
  }
}

describe(`${RULES} random rules`, () => {
  const cases = Array.from({ length: RULES }, (_, index) => randomCase(20_261_120 + index));

  it('match what looking at every day finds', () => {
    for (const { rule, start, times } of cases) {
      const expected = referenceTimes(rule, start, lastDay(rule, start));
      if (expected.join() !== times.join())
        expect({ rule: printRrule(rule), start, times }).toEqual({ times: expected });
    }
  });

  it.each(Object.entries(ORACLES))('differ from %s in explained ways only', (name, oracle) => {
    const tally = new Map<string, number>([['agree', 0]]);
    const unexplained: string[] = [];
    for (const [index, { rule, start, times, complete }] of cases.entries()) {
      // No library is asked for more than exists: most search until the year 9999, or forever.
      if (times.length === 0) continue;
      const limit = complete && times.length < COMPARED ? times.length + 1 : Math.min(times.length, COMPARED);
      const explanation = EXPLAINED[name]!.find(({ applies }) => applies(rule));
      if (explanation?.slow && index % 10 > 0) continue;
      const agree = outcome(() => oracle(rule, start, limit)) === times.slice(0, limit).join();
      const verdict = agree ? 'agree' : (explanation?.name ?? 'unexplained');
      tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
      if (verdict === 'unexplained') unexplained.push(`${printRrule(rule)} from ${JSON.stringify(start)}`);
    }
    console.log(`recurrence: ${RULES} rules against ${name}:`, Object.fromEntries(tally));
    expect(unexplained).toEqual([]);
  });
});

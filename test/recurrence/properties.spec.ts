import { describe, expect, it, vi } from 'vitest';
import { DAYS_IN_CYCLE } from '../../src/time/calendar-day.js';
import { bounds, count, expand, next, occurrenceAt, previous, type Occurrence } from '../../src/recurrence/expand.js';
import { localOf, stampOf, type LocalTime } from '../../src/time/local-time.js';
import { patternFromRule, ruleFromPattern } from '../../src/recurrence/pattern.js';
import { parseRrule, printRrule, printRruleBesideStart } from '../../src/recurrence/rrule-text.js';
import type { RecurrenceRule } from '../../src/recurrence/rule.js';
import type { Override, Series } from '../../src/recurrence/series.js';
import { joinSeries, splitSeries } from '../../src/recurrence/split.js';
import { randomFrom, randomSeries, type Random } from './random-rules.js';

/** More with RECURRENCE_FUZZ=10000. */
const CASES = Number(process.env['RECURRENCE_FUZZ'] ?? 400);
const DAY = 86_400;
const EVERYTHING = { from: -Infinity, to: Infinity };

function forRandomSeries(seed: number, check: (series: Series, random: Random) => void): void {
  for (let index = 0; index < CASES; index += 1) {
    const random = randomFrom(seed * 1_000_003 + index);
    const series = randomSeries(random);
    try {
      check(series, random);
    } catch (error) {
      throw new Error(`seed ${seed}, case ${index}: ${printRrule(series.rule!)} ${JSON.stringify(series)}`, {
        cause: error,
      });
    }
  }
}

function starts(occurrences: Occurrence[]): string {
  return occurrences.map(({ start, original }) => `${start}@${stampOf(original)}`).join();
}

function firstOnes(series: Series, limit = 40): Occurrence[] {
  return expand(series, EVERYTHING, limit);
}

describe('properties of every series', () => {
  it('two windows side by side list what one window over both lists', () => {
    forRandomSeries(1, (series, random) => {
      const from = stampOf(series.start) + (random.integer(2000) - 200) * DAY;
      const middle = from + random.integer(400) * DAY + random.integer(DAY);
      const to = middle + random.integer(400) * DAY;
      const startingIn = (begin: number, end: number): Occurrence[] =>
        expand(series, { from: begin, to: end }, 100_000).filter(({ start }) => start >= begin);
      const apart = startingIn(from, middle).concat(startingIn(middle, to));
      expect(starts(apart)).toBe(starts(startingIn(from, to)));
    });
  });

  it('the first n of an open rule are those of COUNT=n', () => {
    forRandomSeries(2, (series, random) => {
      const { count: _count, until: _until, ...open } = series.rule!;
      const plain = { ...series, added: [], excluded: [] };
      const limit = 1 + random.integer(40);
      const first = firstOnes({ ...plain, rule: open }, limit);
      const counted = firstOnes({ ...plain, rule: { ...open, count: limit } }, 1000);
      // An occurrence moved out of a gap may be overtaken by the one after the last.
      if (!first.some(({ adjusted }) => adjusted)) expect(starts(counted)).toBe(starts(first));
    });
  });

  it('a shift by 400 years shifts every date by 400 years', () => {
    forRandomSeries(3, (series) => {
      const later = (time: LocalTime): LocalTime => ({ ...time, day: time.day + DAYS_IN_CYCLE });
      const moved: Series = {
        ...series,
        zone: null,
        start: later(series.start),
        rule: withUntil(series.rule!, later),
        added: series.added.map(later),
        excluded: series.excluded.map(later),
      };
      const expected = firstOnes({ ...series, zone: null }).map(({ original }) => ({ original: later(original) }));
      const found = firstOnes(moved).map(({ original }) => ({ original }));
      expect(found).toEqual(expected.filter(({ original }) => original.day <= 2_932_896));
    });
  });

  it('next and previous walk through what expand lists; count, bounds and occurrenceAt agree', () => {
    forRandomSeries(4, (series) => {
      const listed = firstOnes(series, 12);
      const distinct = listed.filter(({ start }, index) => index === 0 || start !== listed[index - 1]!.start);
      expect(next(series, -Infinity)?.start).toBe(distinct[0]?.start);
      for (const [index, { start }] of distinct.entries()) {
        expect(previous(series, start)?.start).toBe(distinct[index - 1]?.start);
        if (index + 1 < distinct.length) expect(next(series, start)?.start).toBe(distinct[index + 1]!.start);
      }
      for (const occurrence of listed) expect(occurrenceAt(series, occurrence.original)).toEqual(occurrence);
      const total = count(series);
      if (total === null) return;
      const all = expand(series, EVERYTHING, 100_000);
      expect(total).toBe(all.length);
      const last = all.reduce((latest, { end }) => Math.max(latest, end), -Infinity);
      expect(bounds(series)).toEqual(all.length === 0 ? null : { start: all[0]!.start, end: last });
      expect(previous(series, Infinity)?.start).toBe(all.at(-1)?.start);
    });
  });

  it('overrides are listed where they moved to, and nowhere else', () => {
    forRandomSeries(5, (series, random) => {
      const listed = firstOnes(series, 20).filter(() => random.chance(0.3));
      const overrides: Override[] = listed.map(({ original }) => ({
        original,
        start: localOf(stampOf(original) + (random.integer(400) - 200) * DAY + random.integer(DAY)),
      }));
      const overridden: Series = { ...series, overrides };
      const window = { from: stampOf(series.start), to: stampOf(series.start) + 300 * DAY };
      const names = new Set(overrides.map(({ original }) => stampOf(original)));
      const plain = expand(series, window, 100_000).filter(({ original }) => !names.has(stampOf(original)));
      const moved = overrides
        .map(({ original }) => occurrenceAt(overridden, original)!)
        .filter(({ start, end }) => start < window.to && (end > window.from || start >= window.from));
      const expected = plain
        .concat(moved)
        .sort((a, b) => a.start - b.start || stampOf(a.original) - stampOf(b.original));
      expect(starts(expand(overridden, window, 100_000))).toBe(starts(expected));
    });
  });

  it('the halves of a split have what the whole had, and join to an equal whole', () => {
    forRandomSeries(6, (series, random) => {
      const listed = firstOnes(series, 20);
      const at = listed[1 + random.integer(18)];
      if (!at) return;
      const sorted = listed.toSorted((a, b) => stampOf(a.original) - stampOf(b.original));
      if (stampOf(sorted[0]!.original) === stampOf(at.original)) return;
      const { head, tail } = splitSeries(series, at.original);
      const window = { from: -Infinity, to: listed.at(-1)!.start };
      const halves = expand(head, window, 1000)
        .concat(expand(tail, window, 1000))
        .sort((a, b) => a.start - b.start);
      expect(halves.map(({ start }) => start)).toEqual(expand(series, window, 1000).map(({ start }) => start));
      expect(expand(head, EVERYTHING, 1000).every(({ original }) => stampOf(original) < stampOf(at.original))).toBe(
        true,
      );
      // A start that the rule does not match, before added dates only, leaves no trace.
      const start = head.rule ? series.start : tail.start;
      expect(joinSeries(head, tail)).toEqual({ ...series, start });
    });
  });

  it('text and pattern read back to an equal rule, and UNTIL beside its start means the same', () => {
    forRandomSeries(7, (series) => {
      const rule = series.rule!;
      expect(parseRrule(printRrule(rule))).toEqual(rule);
      expect(ruleFromPattern(JSON.parse(JSON.stringify(patternFromRule(rule))))).toEqual(rule);
      const printed = parseRrule(printRruleBesideStart(rule, series));
      expect(starts(firstOnes({ ...series, rule: printed }))).toBe(starts(firstOnes(series)));
    });
  });

  it('the zone of the process changes nothing', async () => {
    const processZone = process.env['TZ'];
    const outputs = new Set<string>();
    const offsets = new Set<number>();
    try {
      for (const zone of ['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Australia/Lord_Howe']) {
        process.env['TZ'] = zone;
        offsets.add(new Date(0).getTimezoneOffset());
        // Loaded afresh, so that the tables of changes are learned under this zone.
        vi.resetModules();
        const engine = await import('../../src/recurrence/expand.js');
        const all = Array.from({ length: 100 }, (_, index) => randomSeries(randomFrom(index)));
        outputs.add(all.map((series) => starts(engine.expand(series, EVERYTHING, 60))).join('\n'));
      }
    } finally {
      if (processZone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = processZone;
    }
    expect(offsets.size).toBe(4);
    expect(outputs.size).toBe(1);
  });
});

function withUntil(rule: RecurrenceRule, later: (time: LocalTime) => LocalTime): RecurrenceRule {
  return rule.until?.form === 'local' ? { ...rule, until: { form: 'local', local: later(rule.until.local) } } : rule;
}

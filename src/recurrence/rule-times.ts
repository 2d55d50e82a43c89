import { LAST_DAY } from '../time/calendar-day.js';
import { SECONDS_IN_DAY, stampOf, type LocalStamp, type LocalTime } from '../time/local-time.js';
import { compilePeriodStamps } from './period-stamps.js';
import { compileCounting } from './rule-counting.js';
import type { RecurrenceRule } from './rule.js';
import { MARGIN, compileLimit } from './until-limit.js';
import type { Zone } from '../time/zone.js';

/** Visits one time. Returns whether to continue. */
export type Visit = (stamp: LocalStamp) => boolean;

/**
 * All local times of one rule from its start on, with COUNT and UNTIL applied. Works on wall-clock time; the zone is
 * used only for an UNTIL that is an instant.
 */
export type RuleTimes = {
  /** True without COUNT and UNTIL. */
  readonly endless: boolean;
  /** Visits the times from `from` on, in order, until `visit` returns false. */
  forward(from: LocalStamp, visit: Visit): void;
  /** Visits the times before `before`, the latest first, until `visit` returns false. */
  backward(before: LocalStamp, visit: Visit): void;
  has(stamp: LocalStamp): boolean;
  /** Counts all times. Returns null for a rule without an end. */
  count(): number | null;
};

export type RuleContext = {
  start: LocalTime;
  zone: Zone;
  allDay: boolean;
  /**
   * True if a start that the rule doesn't match, or that lies after UNTIL, is still the first time and counts for
   * COUNT.
   */
  startAlwaysCounts?: boolean;
  /** The last day of the search; defaults to `LAST_DAY`. */
  horizon?: number;
};

export function compileRuleTimes(rule: RecurrenceRule, context: RuleContext): RuleTimes {
  const stamps = compilePeriodStamps(rule, context.start, context.allDay);
  const { periods } = stamps;
  const horizon = context.horizon ?? LAST_DAY;
  const startStamp = stampOf(context.start);
  const limit = compileLimit(rule.until, context.zone);

  const firstPeriod = stamps.period(0);
  const skippedBeforeStart = stamps.positionFrom(firstPeriod, startStamp);
  const startMatches =
    skippedBeforeStart < firstPeriod.size && stamps.at(firstPeriod, skippedBeforeStart) === startStamp;
  const extraStart = context.startAlwaysCounts === true && !(startMatches && limit.includes(startStamp));
  const counted = rule.count === undefined ? Infinity : rule.count - (extraStart ? 1 : 0);
  const counting = compileCounting(stamps, startStamp, counted, horizon);
  let lastCounted: LocalStamp | undefined;
  const latest = (): LocalStamp => (lastCounted ??= counted === Infinity ? limit.latest : counting.last());

  /** Visits the times of the rule from `from` (not before the start) on, without regard to COUNT. */
  const visitPeriods = (from: LocalStamp, visit: Visit): void => {
    if (stamps.alwaysEmpty) return;
    let empty = 0;
    for (let index = periods.indexFrom(Math.floor(from / SECONDS_IN_DAY)); empty <= periods.cycle; index += 1) {
      const firstDay = periods.firstDay(index);
      if (firstDay > horizon || firstDay * SECONDS_IN_DAY > limit.latest) return;
      const period = stamps.period(index);
      empty = period.size === 0 ? empty + 1 : 0;
      for (let position = stamps.positionFrom(period, from); position < period.size; position += 1) {
        const stamp = stamps.at(period, position);
        if (stamp > limit.latest) return;
        if (limit.includes(stamp) && !visit(stamp)) return;
      }
    }
  };

  const forward = (from: LocalStamp, visit: Visit): void => {
    if (extraStart && from <= startStamp && !visit(startStamp)) return;
    const first = Math.max(from, startStamp);
    let left = counted === Infinity ? Infinity : counted - counting.below(first);
    if (left <= 0) return;
    visitPeriods(first, (stamp) => {
      left -= 1;
      return visit(stamp) && left > 0;
    });
  };

  return {
    endless: counted === Infinity && rule.until === undefined,
    forward,
    backward(before, visit) {
      const end = Math.min(before, latest() + 1, limit.latest + 1, (horizon + 1) * SECONDS_IN_DAY);
      let empty = 0;
      let index = periods.indexFrom(Math.floor((end - 1) / SECONDS_IN_DAY));
      for (; index >= 0 && empty <= periods.cycle && end > startStamp; index -= 1) {
        const period = stamps.period(index);
        empty = period.size === 0 ? empty + 1 : 0;
        for (let position = stamps.positionFrom(period, end) - 1; position >= 0; position -= 1) {
          const stamp = stamps.at(period, position);
          if (stamp < startStamp) break;
          if (limit.includes(stamp) && !visit(stamp)) return;
        }
      }
      if (extraStart && startStamp < before) visit(startStamp);
    },
    has(stamp) {
      if (stamp === startStamp && extraStart) return true;
      if (stamp < startStamp || !limit.includes(stamp)) return false;
      const period = stamps.period(periods.indexFrom(Math.floor(stamp / SECONDS_IN_DAY)));
      const position = stamps.positionFrom(period, stamp);
      return position < period.size && stamps.at(period, position) === stamp && stamp <= latest();
    },
    count() {
      if (counted === Infinity && rule.until === undefined) return null;
      const almost = Math.max(startStamp, Math.min(latest(), limit.latest, horizon * SECONDS_IN_DAY) - MARGIN);
      let count = counting.below(almost) + (extraStart && almost > startStamp ? 1 : 0);
      forward(almost, () => {
        count += 1;
        return true;
      });
      return count;
    },
  };
}

import { stampOf, type LocalStamp } from '../time/local-time.js';
import { compileRuleTimes, type RuleTimes } from './rule-times.js';
import type { Series } from './series.js';
import { getZone, type Zone } from '../time/zone.js';

/** A series compiled for look-ups: its original starts as local stamps. */
export type SeriesTimes = {
  readonly zone: Zone;
  /** The times of the rule; for a series without a rule, only its start. */
  readonly rule: RuleTimes;
  /** In order, each once. */
  readonly added: readonly LocalStamp[];
  readonly excluded: ReadonlySet<LocalStamp>;
  /** True if an occurrence has this original start: from the rule or an added date, and not excluded. */
  has(stamp: LocalStamp): boolean;
};

/** @throws TimeError `unknown_time_zone` */
export function compileSeries(series: Series): SeriesTimes {
  const zone = getZone(series.zone);
  const rule = series.rule ? compileRuleTimes(series.rule, { ...series, zone }) : onlyStart(stampOf(series.start));
  const added = [...new Set(series.added.map(stampOf))].sort((a, b) => a - b);
  const isAdded = new Set(added);
  const excluded = new Set(series.excluded.map(stampOf));
  return {
    zone,
    rule,
    added,
    excluded,
    has: (stamp) => !excluded.has(stamp) && (isAdded.has(stamp) || rule.has(stamp)),
  };
}

function onlyStart(start: LocalStamp): RuleTimes {
  return {
    endless: false,
    forward(from, visit) {
      if (from <= start) visit(start);
    },
    backward(before, visit) {
      if (start < before) visit(start);
    },
    has: (stamp) => stamp === start,
    count: () => 1,
  };
}

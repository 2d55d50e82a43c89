import type { Dice } from './dice.js';
import { EventPlans } from './event-plans.js';
import type { SimulatedPerson } from './people.js';
import { planSeries } from './plan-series.js';
import { planSingles } from './plan-singles.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SERIES_SHARE = 0.05;
/** Most events are created shortly before they take place; the others lie in the future today. */
const MEAN_LEAD_MS = 14 * DAY_MS;
const MEAN_AGE_MS = 120 * DAY_MS;
const MAX_AGE_MS = 5.5 * 365 * DAY_MS;

/**
 * Plans the events of all people over some ten years around now. No two exclusive events of a person overlap: series
 * take place in the morning, single events later.
 */
export function planEvents(dice: Dice, people: SimulatedPerson[], now: number): EventPlans {
  const today = Math.floor(now / DAY_MS);
  const plans = new EventPlans(
    people,
    people.reduce((sum, { events }) => sum + events, 0),
  );
  for (const [index, owner] of people.entries()) {
    const series = Math.round(owner.events * SERIES_SHARE + dice.next() - 0.5);
    const times = [...planSeries(dice, series, today), ...planSingles(dice, owner.events - series, today)];
    for (const planned of times) plans.add(index, planned, creationTime(dice, planned.day, now));
  }
  return plans;
}

function creationTime(dice: Dice, day: number, now: number): number {
  const latest = now - 6 * HOUR_MS;
  const ahead = day * DAY_MS - HOUR_MS - dice.exponential(MEAN_LEAD_MS);
  const chosen = ahead < latest ? ahead : latest - dice.exponential(MEAN_AGE_MS);
  return Math.round(Math.max(chosen, now - MAX_AGE_MS));
}

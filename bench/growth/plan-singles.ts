import { weekdayOf } from '../../src/time/calendar-day.js';
import type { Dice } from './dice.js';
import type { PlannedTimes } from './event-plan.js';

/** Days before and after today over which events are spread. */
const REACH = 1_825;
const FIRST_MINUTE = 12 * 60;
const LAST_MINUTE = 22 * 60;
/** From this share of the hours on, a person also has events at the half hour and at weekends. */
const FULL = 0.3;
const OVERLAPPING_SHARE = 0.02;
const ALL_DAY_SHARE = 0.04;

/**
 * Plans single events of one person, each in an hour of its own after noon. A few are planned at any time of the morning,
 * where they may overlap a series, and a few are all-day.
 * @param today calendar day
 */
export function planSingles(dice: Dice, count: number, today: number): PlannedTimes[] {
  const workingDays = Math.floor((2 * REACH * 5) / 7);
  const isFull = count > FULL * workingDays * ((LAST_MINUTE - FIRST_MINUTE) / 60);
  const step = isFull ? 30 : 60;
  const slots = (LAST_MINUTE - FIRST_MINUTE) / step;
  const taken = new Set<number>();
  const plans: PlannedTimes[] = [];
  while (plans.length < count) {
    const day = today - REACH + dice.below(2 * REACH);
    if (!isFull && weekdayOf(day) > 4) continue;
    const kind = dice.next();
    if (kind < ALL_DAY_SHARE) {
      const days = dice.happens(0.3) ? 2 + dice.below(9) : 1;
      plans.push({ day, minute: 0, duration: days * 1_440, allDay: true, rrule: null, exclusive: false });
      continue;
    }
    if (kind < ALL_DAY_SHARE + OVERLAPPING_SHARE) {
      const minute = 7 * 60 + 15 * dice.below(18);
      plans.push({ day, minute, duration: 45, allDay: false, rrule: null, exclusive: false });
      continue;
    }
    const slot = dice.below(slots);
    if (taken.has(day * slots + slot)) continue;
    taken.add(day * slots + slot);
    const duration = isFull ? 30 : dice.pick([30, 30, 45, 60, 60]);
    plans.push({ day, minute: FIRST_MINUTE + slot * step, duration, allDay: false, rrule: null, exclusive: true });
  }
  return plans;
}

import type { ContentInput } from '../../src/content/draft.js';
import { formatLocalDate, formatLocalTime, localOf, SECONDS_IN_DAY } from '../../src/time/local-time.js';
import type { Dice } from './dice.js';
import type { EventPlan } from './event-plan.js';
import { description, location, title, url } from './texts.js';

type PlannedTimes = Pick<EventPlan, 'day' | 'minute' | 'duration' | 'allDay'>;

/**
 * Returns the body with which a planned event is created.
 * @param movesLater true for an event that gets its planned day by a later edit
 */
export function firstInput(dice: Dice, plan: EventPlan, movesLater: boolean): ContentInput {
  return {
    title: title(dice),
    description: description(dice),
    location: location(dice),
    url: dice.happens(0.3) ? url(dice) : null,
    show_as: plan.allDay || dice.happens(0.08) ? 'free' : 'busy',
    status: dice.happens(0.05) ? 'tentative' : 'confirmed',
    all_day: plan.allDay,
    ...timesOf(plan, movesLater ? dayNearby(dice) : 0),
    ...(plan.rrule === null ? {} : { recurrence_pattern: plan.rrule }),
  };
}

/** Returns the planned times, some days later, as wall time or as dates. */
export function timesOf(plan: PlannedTimes, days: number): Pick<ContentInput, 'start_time' | 'end_time'> {
  const start = (plan.day + days) * SECONDS_IN_DAY + plan.minute * 60;
  const format = plan.allDay ? formatLocalDate : formatLocalTime;
  return { start_time: format(localOf(start)), end_time: format(localOf(start + plan.duration * 60)) };
}

/** Returns up to two weeks later or earlier, in days; never 0. */
export const dayNearby = (dice: Dice): number => (1 + dice.below(14)) * (dice.happens(0.5) ? 1 : -1);

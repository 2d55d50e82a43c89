import TinyQueue from 'tinyqueue';
import type { Change } from '../../src/history/change.js';
import type { Dice } from './dice.js';
import type { EventPlan } from './event-plan.js';
import { SimulatedEvent } from './simulated-event.js';

/** One change of an event, and whether it is the last one. */
export interface Happened {
  event: SimulatedEvent;
  change: Change | null;
  isLast: boolean;
}

/**
 * Yields every change of all planned events in the order of time, as a server would have written them. Holds only the
 * events that still change: those of a few weeks.
 * @param plans in the order of their creation
 * @param now milliseconds; the end of the simulation
 */
export function* simulate(dice: Dice, plans: Iterable<EventPlan>, now: number): Generator<Happened> {
  const open = new TinyQueue<SimulatedEvent>([], (a, b) => a.nextAt - b.nextAt);
  const advance = (event: SimulatedEvent): Happened => {
    const change = event.advance();
    const isLast = event.nextAt === Infinity;
    if (!isLast) open.push(event);
    return { event, change, isLast };
  };
  for (const plan of plans) {
    for (let next = open.peek(); next && next.nextAt < plan.createdAt; next = open.peek()) yield advance(open.pop()!);
    yield advance(new SimulatedEvent(dice, plan, now));
  }
  for (let next = open.pop(); next; next = open.pop()) yield advance(next);
}

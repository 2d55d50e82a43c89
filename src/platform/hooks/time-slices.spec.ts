import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { TimeSlices } from './time-slices.js';

const SLICE_MS = 15;

/** Holds the event loop, as a long step does. */
function work(milliseconds: number): void {
  for (const since = performance.now(); performance.now() - since < milliseconds;);
}

it('lets others run once the slice of a turn is over', async () => {
  await nextTurn();
  const slices = new TimeSlices();
  const order: string[] = [];
  setImmediate(() => order.push('others'));
  await slices.pause();
  order.push('first step');
  work(SLICE_MS + 1);
  await slices.pause();
  order.push('second step');
  expect(order).toEqual(['first step', 'others', 'second step']);
});

it('shares the slice of a turn with the work before it', async () => {
  await nextTurn();
  let isLater = false;
  setImmediate(() => (isLater = true));
  await new TimeSlices().pause();
  work(SLICE_MS + 1);
  // What follows in the same turn begins with a slice that is used up.
  const following = new TimeSlices();
  await following.pause();
  expect(isLater).toBe(false);
  work(3);
  await following.pause();
  expect(isLater).toBe(true);
});

import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Bus } from './bus.js';
import { readSignal } from './signal-text.js';
import { Signals } from './signals.js';

it('sends the first signal at once, and what a busy server adds until the pause is over as one batch', async () => {
  const batches: string[][] = [];
  const ids = Array.from({ length: 50 }, () => randomUUID());
  const [first, last] = [randomUUID(), randomUUID()];
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const bus: Bus = {
    connect: () =>
      Promise.resolve({
        send: async (texts) => {
          batches.push(texts.flatMap((text) => readSignal(text)!.ids));
          if (batches.length === 1) void addOthers();
          if (batches.flat().includes(last)) end();
        },
        ping: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
  };
  const signals = new Signals(bus);
  // In one turn of the event loop, so that no pause ends in between, however busy the machine is.
  const addOthers = async (): Promise<void> => {
    for (const id of [...ids, last]) {
      signals.send('changed', [id]);
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
  };
  await signals.onApplicationBootstrap();
  signals.send('changed', [first]);
  await ended;
  expect(batches).toEqual([[first], [...ids, last]]);
  await signals.onApplicationShutdown();
});

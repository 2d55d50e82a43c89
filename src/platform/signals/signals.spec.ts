import { expect, it } from 'vitest';
import type { Bus } from './bus.js';
import { readSignal } from './signal-text.js';
import { Signals } from './signals.js';

it('sends the first signal at once, and what a busy server adds until the pause is over as one batch', async () => {
  const batches: string[][] = [];
  let allSent: () => void;
  const sent = new Promise<void>((resolve) => (allSent = resolve));
  const bus: Bus = {
    connect: () =>
      Promise.resolve({
        send: (texts) => {
          batches.push(texts.flatMap((text) => readSignal(text)!.ids));
          if (batches.flat().includes('last')) allSent();
          return Promise.resolve();
        },
        ping: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
  };
  const signals = new Signals(bus);
  await signals.onApplicationBootstrap();
  signals.send('changed', ['first']);
  // In the same turn of the event loop, so that no pause can end in between, however busy the machine is.
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  expect(batches).toEqual([['first']]);
  const ids = Array.from({ length: 50 }, (_, index) => `id-${index}`);
  for (const id of [...ids, 'last']) {
    signals.send('changed', [id]);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
  await sent;
  expect(batches).toEqual([['first'], [...ids, 'last']]);
  await signals.onApplicationShutdown();
});

import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyedQueue, QueueFull } from './keyed-queue.js';

const queueOf = (limits: object = {}): KeyedQueue =>
  new KeyedQueue({ atOnce: 2, waiting: 3, longestWait: 1_000, ...limits });

/** Notes when each of them gets its place. */
function enter(queue: KeyedQueue, key: string, names: string[], gone?: EventEmitter) {
  const log: string[] = [];
  const places = new Map<string, () => void>();
  const entering = names.map(async (name) => {
    try {
      places.set(name, await queue.enter(key, gone));
      log.push(name);
    } catch (error) {
      log.push(`${name} refused: ${error instanceof QueueFull}`);
    }
  });
  return { log, places, all: Promise.all(entering) };
}
const settled = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

describe('KeyedQueue', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lets as many run as there are places, and the others in their order', async () => {
    const { log, places } = enter(queueOf(), 'ana', ['a', 'b', 'c', 'd']);
    await settled();
    expect(log).toEqual(['a', 'b']);
    places.get('b')!();
    await settled();
    expect(log).toEqual(['a', 'b', 'c']);
    places.get('a')!();
    await settled();
    expect(log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('counts a place that is given back twice once', async () => {
    const { log, places } = enter(queueOf(), 'ana', ['a', 'b', 'c', 'd']);
    await settled();
    places.get('a')!();
    places.get('a')!();
    await settled();
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('keeps keys apart', async () => {
    const queue = queueOf();
    enter(queue, 'ana', ['a', 'b', 'c']);
    const { log } = enter(queue, 'ben', ['d']);
    await settled();
    expect(log).toEqual(['d']);
  });

  it('refuses at once when too many wait, and after the longest wait', async () => {
    const queue = queueOf();
    const { log } = enter(queue, 'ana', ['a', 'b', 'c', 'd', 'e', 'f']);
    await settled();
    expect(log).toEqual(['a', 'b', 'f refused: true']);
    expect(queue.waiting).toBe(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log.slice(3)).toEqual(['c refused: true', 'd refused: true', 'e refused: true']);
    expect(queue.waiting).toBe(0);
  });

  it('does not keep a place for someone who is gone', async () => {
    const queue = queueOf({ atOnce: 1 });
    const { places } = enter(queue, 'ana', ['a']);
    const gone = new EventEmitter();
    const left = enter(queue, 'ana', ['b'], gone);
    const { log } = enter(queue, 'ana', ['c']);
    await settled();
    gone.emit('close');
    places.get('a')!();
    await settled();
    expect(left.log).toEqual(['b refused: true']);
    expect(log).toEqual(['c']);
    expect(gone.listenerCount('close')).toBe(0);
  });

  it('forgets a key that nobody uses', async () => {
    const queue = queueOf();
    const { places } = enter(queue, 'ana', ['a', 'b', 'c']);
    await settled();
    for (const name of ['a', 'b']) places.get(name)!();
    await settled();
    places.get('c')!();
    expect((queue as unknown as { lines: Map<string, unknown> }).lines.size).toBe(0);
  });
});

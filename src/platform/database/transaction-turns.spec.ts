import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../config/config.js';
import { NoFreeConnection } from './database-errors.js';
import { TransactionTurns } from './transaction-turns.js';

const turnsOf = (settings: Record<string, string> = {}): TransactionTurns =>
  new TransactionTurns(
    readConfig({
      JWT_SECRET: 'x'.repeat(32),
      DATABASE_TRANSACTIONS_AT_ONCE: '2',
      DATABASE_POOL_SIZE: '2',
      ...settings,
    }),
  );

/** Notes which transactions begin, and which are refused. Each goes on until `end` is called with its name. */
function begin(turns: TransactionTurns, names: string[]) {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const run = async (name: string): Promise<void> => {
    try {
      await turns.run(() => {
        log.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      });
    } catch (error) {
      log.push(`${name} refused: ${error instanceof NoFreeConnection}`);
    }
  };
  for (const name of names) void run(name);
  return { log, end: (name: string) => ends.get(name)!() };
}
const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

describe('turns of transactions', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are taken by as many as are set, and passed on in order', async () => {
    const turns = turnsOf();
    const { log, end } = begin(turns, ['a', 'b', 'c', 'd']);
    await pass(0);
    expect(log).toEqual(['a', 'b']);
    expect(turns.waiting).toBe(2);
    end('b');
    await pass(0);
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('of long transactions keep nobody waiting, and end only once', async () => {
    const { log, end } = begin(turnsOf(), ['a', 'b', 'c', 'd', 'e']);
    await pass(19);
    expect(log).toEqual(['a', 'b']);
    await pass(1);
    expect(log).toEqual(['a', 'b', 'c', 'd']);
    end('a');
    end('b');
    await pass(0);
    expect(log).toEqual(['a', 'b', 'c', 'd']);
    end('c');
    await pass(0);
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('come to everybody who waits within the longest wait, also when no transaction ends', async () => {
    const names = Array.from({ length: 102 }, (_, index) => `t${index}`);
    const { log } = begin(turnsOf({ DATABASE_WAIT_SECONDS: '1' }), names);
    await pass(980);
    expect(log).toEqual(names.slice(0, 100));
    await pass(20);
    expect(log).toEqual(names);
  });

  it('are not taken by more than have a connection', async () => {
    const { log } = begin(turnsOf({ DATABASE_TRANSACTIONS_AT_ONCE: '50' }), ['a', 'b', 'c']);
    await pass(0);
    expect(log).toEqual(['a', 'b']);
  });

  it('end with a transaction that fails, whose error is thrown', async () => {
    const turns = turnsOf({ DATABASE_TRANSACTIONS_AT_ONCE: '1' });
    const failing = turns.run(() => Promise.reject(new Error('no')));
    const { log } = begin(turns, ['a']);
    await expect(failing).rejects.toThrow('no');
    await pass(0);
    expect(log).toEqual(['a']);
  });

  it('are refused at once when too many wait', async () => {
    const names = Array.from({ length: 103 }, (_, index) => `t${index}`);
    const { log } = begin(turnsOf({ DATABASE_WAIT_SECONDS: '1' }), names);
    await pass(0);
    expect(log).toEqual(['t0', 't1', 't102 refused: true']);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryLock, withLock } from './process-lock.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'process-lock-'));
});
afterAll(() => rm(dir, { recursive: true }));

describe('a process lock', () => {
  it('has one holder at a time, and names do not interfere', async () => {
    const lock = await tryLock(dir, 'a');
    expect(await tryLock(dir, 'a')).toBeUndefined();
    const other = await tryLock(dir, 'b');
    expect(other).toBeDefined();
    await lock?.release();
    const again = await tryLock(dir, 'a');
    expect(again).toBeDefined();
    await again?.release();
    await other?.release();
  });

  it('runs work one after the other, and is free after a failure', async () => {
    let inside = 0;
    const work = () =>
      withLock(dir, 'c', 5000, async () => {
        expect(++inside).toBe(1);
        await sleep(5);
        inside--;
        throw new Error('failed');
      });
    const results = await Promise.allSettled([work(), work(), work()]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await withLock(dir, 'c', 5000, async () => 'free')).toBe('free');
  });

  it('gives up after the time allowed', async () => {
    const lock = await tryLock(dir, 'd');
    await expect(withLock(dir, 'd', 50, async () => undefined)).rejects.toThrow(
      'Another process has been starting or stopping',
    );
    await lock?.release();
  });
});

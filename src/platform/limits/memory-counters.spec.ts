import { describe, expect, it } from 'vitest';
import type { Budget } from './counter-store.js';
import { MemoryCounters } from './memory-counters.js';

const BUDGET: Budget = { name: 'writes', limit: 3, windowMs: 60_000 };

function countersAt(maxSubjects?: number): { counters: MemoryCounters; pass: (ms: number) => void } {
  let time = 1_000_000;
  const counters = new MemoryCounters({ now: () => time }, maxSubjects);
  return { counters, pass: (ms) => void (time += ms) };
}

const counts = (counters: MemoryCounters, subject: string, times: number): number[] =>
  Array.from({ length: times }, () => counters.add(BUDGET, subject, 1).count);

describe('MemoryCounters', () => {
  it('counts each subject and each budget by itself', () => {
    const { counters } = countersAt();
    expect(counts(counters, 'ana', 2)).toEqual([1, 2]);
    expect(counts(counters, 'ben', 1)).toEqual([1]);
    expect(counters.add({ ...BUDGET, name: 'reads' }, 'ana', 1).count).toBe(1);
    expect(counters.add(BUDGET, 'ana', 5)).toEqual({ count: 7, resetMs: 60_000 });
  });

  it('begins the window of a subject when it is first counted, and ends it whatever happens in it', () => {
    const { counters, pass } = countersAt();
    counters.add(BUDGET, 'ana', 3);
    pass(59_999);
    expect(counters.add(BUDGET, 'ana', 1)).toEqual({ count: 4, resetMs: 1 });
    pass(1);
    expect(counters.add(BUDGET, 'ana', 1)).toEqual({ count: 1, resetMs: 60_000 });
  });

  it('takes back what was counted, but not from a later window and not below 0', () => {
    const { counters, pass } = countersAt();
    counters.add(BUDGET, 'ana', 4);
    counters.refund(BUDGET, 'ana', 1);
    expect(counters.add(BUDGET, 'ana', 1).count).toBe(4);
    pass(60_000);
    counters.refund(BUDGET, 'ana', 1);
    counters.refund(BUDGET, 'nobody', 1);
    expect(counts(counters, 'ana', 1)).toEqual([1]);
    counters.refund(BUDGET, 'ana', 9);
    expect(counts(counters, 'ana', 1)).toEqual([1]);
  });

  it('forgets ended windows, whether or not others are counted', () => {
    const { counters, pass } = countersAt();
    for (let n = 0; n < 1_000; n += 1) counters.add(BUDGET, `early ${n}`, n % 5);
    expect(counters.size()).toBe(1_000);
    pass(60_000);
    for (let n = 0; n < 600; n += 1) counters.add(BUDGET, `late ${n}`, 1);
    pass(60_000);
    expect(counters.size()).toBe(600);
    pass(120_000);
    expect(counters.size()).toBe(0);
  });

  it('keeps counting a subject in its window from one generation to the next', () => {
    const { counters, pass } = countersAt();
    counters.add(BUDGET, 'other', 1);
    pass(50_000);
    for (const budget of [1, 2, 3]) expect(counters.add(BUDGET, 'ana', 1).count).toBe(budget);
    pass(59_000);
    expect(counters.add(BUDGET, 'ana', 1)).toEqual({ count: 4, resetMs: 1_000 });
  });

  it('holds no more than its bound of 200,000 subjects, and forgets the oldest', () => {
    const { counters } = countersAt(1_000);
    counters.add(BUDGET, 'first', 2);
    for (let n = 0; n < 200_000; n += 1) counters.add(BUDGET, `hostile ${n}`, 1);
    expect(counters.size()).toBeLessThanOrEqual(2_000);
    expect(counts(counters, 'hostile 199999', 1)).toEqual([2]);
    expect(counts(counters, 'first', 1)).toEqual([1]);
  });

  it('does not forget a subject that has used up its budget for 200,000 that have not', () => {
    const { counters } = countersAt(1_000);
    counters.add(BUDGET, 'used up', 3);
    for (let n = 0; n < 200_000; n += 1) counters.add(BUDGET, `hostile ${n}`, 1);
    expect(counts(counters, 'used up', 1)).toEqual([4]);
  });

  it('costs the same however much was counted', () => {
    const { counters } = countersAt();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 1_000_000; n += 1) counters.add(BUDGET, 'ana', 1);
    expect(counters.size()).toBe(1);
    expect(counters.add(BUDGET, 'ana', 1).count).toBe(1_000_001);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 2 ** 20);
  });

  it('takes over a count from elsewhere', () => {
    const { counters, pass } = countersAt();
    counters.set(BUDGET, 'ana', { count: 7, resetMs: 5_000 });
    expect(counters.add(BUDGET, 'ana', 1)).toEqual({ count: 8, resetMs: 5_000 });
    counters.set(BUDGET, 'ana', { count: 1, resetMs: 60_000 });
    expect(counters.size()).toBe(1);
    pass(5_000);
    expect(counters.add(BUDGET, 'ana', 1)).toEqual({ count: 2, resetMs: 55_000 });
  });
});

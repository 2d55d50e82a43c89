import type { MonotonicClock } from './clock.js';
import type { Budget, Count, CounterStore } from './counter-store.js';
import { CounterTable } from './counter-table.js';

/** Subjects per generation of a table. A budget with all four full takes some 6 MB. */
const MAX_SUBJECTS = 10_000;

/**
 * Counts in the memory of this server, with a bound. To be forgotten before its window ends, a subject that has used up
 * its budget needs 10,000 others that use up theirs; one that has not needs 10,000 others, each with a budget of its own.
 */
export class MemoryCounters implements CounterStore {
  private readonly tables = new Map<string, CounterTable>();

  constructor(
    private readonly clock: MonotonicClock,
    private readonly maxSubjects = MAX_SUBJECTS,
  ) {}

  add(budget: Budget, subject: string, cost: number): Count {
    const now = this.clock.now();
    const table = this.tableOf(budget, now);
    const counter = table.find(subject, now) ?? { count: 0, endsAt: now + budget.windowMs };
    counter.count += cost;
    table.set(subject, counter, budget.limit);
    return { count: counter.count, resetMs: counter.endsAt - now };
  }

  /** Takes over what was counted elsewhere. */
  set(budget: Budget, subject: string, { count, resetMs }: Count): void {
    const now = this.clock.now();
    this.tableOf(budget, now).set(subject, { count, endsAt: now + resetMs }, budget.limit);
  }

  refund(budget: Budget, subject: string, cost: number): void {
    const now = this.clock.now();
    const table = this.tableOf(budget, now);
    const counter = table.find(subject, now);
    if (!counter) return;
    counter.count = Math.max(0, counter.count - cost);
    table.set(subject, counter, budget.limit);
  }

  size(): number {
    const now = this.clock.now();
    let size = 0;
    for (const table of this.tables.values()) {
      table.renew(now);
      size += table.size;
    }
    return size;
  }

  close(): void {
    this.tables.clear();
  }

  private tableOf({ name, windowMs }: Budget, now: number): CounterTable {
    let table = this.tables.get(name);
    if (!table) this.tables.set(name, (table = new CounterTable(this.maxSubjects)));
    table.renew(now, windowMs);
    return table;
  }
}

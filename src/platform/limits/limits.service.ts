import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import type { Problem } from '../../problems/problem.js';
import { Config } from '../config/config.js';
import { Metrics } from '../metrics/metrics.js';
import { BUDGET_NAMES, type BudgetName, configuredBudgets } from './budgets.js';
import type { Budget, CounterStore } from './counter-store.js';
import { isExceeded, type Standing } from './rate-limit-headers.js';
import { rateLimited } from './rate-limited.js';

export const COUNTER_STORE = 'convene:counter-store';

/** Counts what somebody does and refuses what is too much. Off with `RATE_LIMITS=off`: then nothing is counted. */
@Injectable()
export class Limits implements OnApplicationShutdown {
  readonly isOn: boolean;
  private readonly budgets: Record<BudgetName, Budget>;
  private readonly refused: Counter<'budget'>;

  constructor(
    config: Config,
    @Inject(COUNTER_STORE) private readonly store: CounterStore,
    { registry }: Metrics,
  ) {
    this.isOn = config.values.rateLimits;
    this.budgets = configuredBudgets(config);
    const registers = [registry];
    this.refused = new Counter({
      name: 'convene_rate_limited_total',
      help: 'Requests that were refused because a budget was used up, by budget.',
      labelNames: ['budget'],
      registers,
    });
    for (const budget of BUDGET_NAMES) this.refused.inc({ budget }, 0);
    new Gauge({
      name: 'convene_rate_limit_keys',
      help: 'Users, sessions, accounts and addresses that are counted in the memory of this server, per budget.',
      registers,
      collect() {
        this.set(store.size());
      },
    });
  }

  budget(name: BudgetName): Budget {
    return this.budgets[name];
  }

  /** Counts `cost` more for the subject, even beyond the limit. Returns a promise only with Redis; it never rejects. */
  count(budget: Budget, subject: string, cost = 1): Standing | Promise<Standing> {
    const counted = this.store.add(budget, subject, cost);
    return counted instanceof Promise ? counted.then((count) => ({ budget, ...count })) : { budget, ...counted };
  }

  /** Takes back what was counted for something that turned out not to count. */
  refund(budget: Budget, subject: string, cost = 1): void {
    this.store.refund(budget, subject, cost);
  }

  /** Returns the refusal if the budget is used up, and counts it. */
  refusalOf(standing: Standing): Problem | null {
    if (!isExceeded(standing)) return null;
    this.refused.inc({ budget: standing.budget.name });
    return rateLimited(standing);
  }

  /**
   * Counts `cost` more for the subject, or all that the budget allows if that is less.
   * @throws Problem rate_limited if the budget is used up
   */
  async spend(name: BudgetName, subject: string, cost = 1): Promise<void> {
    if (!this.isOn || cost === 0) return;
    const budget = this.budgets[name];
    const refusal = this.refusalOf(await this.count(budget, subject, Math.min(cost, budget.limit)));
    if (refusal) throw refusal;
  }

  onApplicationShutdown(): void {
    this.store.close();
  }
}

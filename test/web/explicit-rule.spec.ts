import { describe, expect, it } from 'vitest';
import { explicitRule } from '../../web/event/explicit-rule.js';

type Rule = Parameters<typeof explicitRule>[0];

// A Thursday.
const explicit = (rule: Rule): Rule => explicitRule(rule, '2026-11-26');

describe('a rule that leaves its days to the start', () => {
  it.each<[Rule, object]>([
    [{ frequency: 'weekly', interval: 2 }, { by_day: ['TH'] }],
    [{ frequency: 'monthly', count: 3 }, { by_month_day: [26] }],
    [{ frequency: 'yearly' }, { by_month: [11], by_month_day: [26] }],
    [{ frequency: 'yearly', by_month: [3, 9] }, { by_month_day: [26] }],
    [{ frequency: 'daily' }, {}],
  ])('has them by name: %j', (rule, days) => {
    expect(explicit(rule)).toEqual({ ...rule, ...days });
  });

  it.each<Rule>([
    { frequency: 'weekly', by_day: ['MO'] },
    { frequency: 'monthly', by_day: ['-1FR'] },
    { frequency: 'yearly', by_week_number: [20] },
    { frequency: 'yearly', by_year_day: [100] },
  ])('stays as it is when it names them itself: %j', (rule) => {
    expect(explicit(rule)).toEqual(rule);
  });
});

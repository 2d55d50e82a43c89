import type { Pattern } from '../state/form.js';
import { weekday } from '../time/zoned.js';

export const CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** The rule with the days that it leaves to the start of the series (RFC 5545 §3.3.10). */
export function explicitRule(pattern: Pattern, day: string): Pattern {
  const { frequency, by_day, by_month_day, by_month, by_year_day, by_week_number } = pattern;
  if (by_day?.length || by_month_day?.length || by_year_day?.length || by_week_number?.length) return pattern;
  if (frequency === 'weekly') return { ...pattern, by_day: [CODES[weekday(day)]!] };
  const date = { by_month_day: [Number(day.slice(8, 10))] };
  if (frequency === 'monthly') return { ...pattern, ...date };
  if (frequency === 'yearly') return { ...pattern, by_month: by_month ?? [Number(day.slice(5, 7))], ...date };
  return pattern;
}

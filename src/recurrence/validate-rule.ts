import { TimeError } from '../time/time-error.js';
import {
  LARGEST_COUNT,
  LARGEST_INTERVAL,
  LARGEST_ORDINAL,
  MAX_BY_DAY,
  NUMBER_LISTS,
  longestList,
  type NumberList,
} from './rule-parts.js';
import type { RecurrenceRule } from './rule.js';

/**
 * Refuses a rule that RFC 5545 §3.3.10 forbids or that lies beyond this engine's limits. Whether it ever matches
 * anything, and suits its start, is asked by `validateSeries`.
 * @throws TimeError with a pointer into the JSON pattern, such as `/by_day/1`
 */
export function validateRule(rule: RecurrenceRule): void {
  requireWhole(rule.interval, 1, LARGEST_INTERVAL, 'interval_out_of_range', '/interval');
  if (rule.count !== undefined) requireWhole(rule.count, 1, LARGEST_COUNT, 'count_out_of_range', '/count');
  if (rule.count !== undefined && rule.until !== undefined) {
    throw new TimeError('count_with_until', '/until', 'A rule ends by count or by until, not by both.');
  }
  for (const list of NUMBER_LISTS) validateNumbers(rule[list.key], list);
  validateWeekdays(rule);
  validateCombinations(rule);
}

function requireWhole(
  value: number,
  smallest: number,
  largest: number,
  code: 'interval_out_of_range' | 'count_out_of_range' | 'value_out_of_range',
  pointer: string,
): void {
  if (Number.isInteger(value) && value >= smallest && value <= largest) return;
  throw new TimeError(code, pointer, `This must be a whole number from ${smallest} to ${largest}.`);
}

function requireLength(length: number, longest: number, pointer: string): void {
  if (length > 0 && length <= longest) return;
  throw new TimeError('value_out_of_range', pointer, `This list must have 1 to ${longest} entries.`);
}

function validateNumbers(numbers: readonly number[] | undefined, list: NumberList): void {
  if (numbers === undefined) return;
  requireLength(numbers.length, longestList(list), `/${list.wire}`);
  numbers.forEach((number, index) => {
    const size = list.fromEnd ? Math.abs(number) : number;
    if (Number.isInteger(number) && size >= list.smallest && size <= list.largest) return;
    const orNegative = list.fromEnd ? `, or -${list.largest} to -${list.smallest} from the end` : '';
    throw new TimeError(
      'value_out_of_range',
      `/${list.wire}/${index}`,
      `${list.text} takes whole numbers from ${list.smallest} to ${list.largest}${orNegative}.`,
    );
  });
}

function validateWeekdays(rule: RecurrenceRule): void {
  if (rule.byDay === undefined) return;
  requireLength(rule.byDay.length, MAX_BY_DAY, '/by_day');
  const ordinalsAllowed =
    (rule.frequency === 'monthly' || rule.frequency === 'yearly') && rule.byWeekNumber === undefined;
  rule.byDay.forEach(({ ordinal }, index) => {
    if (ordinal === undefined) return;
    const pointer = `/by_day/${index}`;
    requireWhole(Math.abs(ordinal), 1, LARGEST_ORDINAL, 'value_out_of_range', pointer);
    if (!ordinalsAllowed) {
      const where = 'in a monthly or yearly rule without week numbers';
      throw new TimeError('part_not_allowed', pointer, `A numbered weekday such as 1MO has a meaning only ${where}.`);
    }
  });
}

function validateCombinations(rule: RecurrenceRule): void {
  const { frequency } = rule;
  if (rule.byWeekNumber && frequency !== 'yearly') throw notAllowed('BYWEEKNO', 'by_week_number', frequency);
  if (rule.byYearDay && frequency !== 'yearly') throw notAllowed('BYYEARDAY', 'by_year_day', frequency);
  if (rule.byMonthDay && frequency === 'weekly') throw notAllowed('BYMONTHDAY', 'by_month_day', frequency);
  const others = NUMBER_LISTS.some(({ key }) => key !== 'bySetPosition' && rule[key] !== undefined);
  if (rule.bySetPosition && !rule.byDay && !others) {
    throw new TimeError('part_not_allowed', '/by_set_position', 'BYSETPOS needs another BY… part to pick from.');
  }
}

function notAllowed(part: string, wire: string, frequency: string): TimeError {
  return new TimeError('part_not_allowed', `/${wire}`, `${part} cannot be used in a ${frequency} rule.`);
}

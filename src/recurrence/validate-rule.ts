import { TimeError } from '../time/time-error.js';
import {
  MAX_COUNT,
  MAX_INTERVAL,
  MAX_ORDINAL,
  MAX_BY_DAY,
  NUMBER_LISTS,
  maxListLength,
  type NumberList,
} from './rule-parts.js';
import type { RecurrenceRule } from './rule.js';

/**
 * Rejects a rule that RFC 5545 §3.3.10 forbids or that exceeds the limits of this engine. `validateSeries` checks
 * whether the rule has occurrences and matches its start.
 * @throws TimeError with a pointer into the JSON pattern, such as `/by_day/1`
 */
export function validateRule(rule: RecurrenceRule): void {
  requireWhole(rule.interval, 1, MAX_INTERVAL, 'interval_out_of_range', '/interval');
  if (rule.count !== undefined) requireWhole(rule.count, 1, MAX_COUNT, 'count_out_of_range', '/count');
  if (rule.count !== undefined && rule.until !== undefined) {
    throw new TimeError('count_with_until', '/until', 'Send count or until, not both.');
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

function requireLength(length: number, maxLength: number, pointer: string): void {
  if (length > 0 && length <= maxLength) return;
  throw new TimeError('value_out_of_range', pointer, `This list must have 1 to ${maxLength} entries.`);
}

function validateNumbers(numbers: readonly number[] | undefined, list: NumberList): void {
  if (numbers === undefined) return;
  requireLength(numbers.length, maxListLength(list), `/${list.wire}`);
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
    requireWhole(Math.abs(ordinal), 1, MAX_ORDINAL, 'value_out_of_range', pointer);
    if (!ordinalsAllowed) {
      const where = 'in a monthly or yearly rule without week numbers';
      throw new TimeError(
        'part_not_allowed',
        pointer,
        `A weekday with an ordinal, such as 1MO, is allowed only ${where}.`,
      );
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
    throw new TimeError(
      'part_not_allowed',
      '/by_set_position',
      'BYSETPOS needs another BY… part to pick from. Add one.',
    );
  }
}

function notAllowed(part: string, wire: string, frequency: string): TimeError {
  return new TimeError('part_not_allowed', `/${wire}`, `${part} cannot be used in a ${frequency} rule.`);
}

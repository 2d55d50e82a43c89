import type { Weekday } from '../time/calendar-day.js';
import { TimeError } from '../time/time-error.js';
import { WEEKDAY_CODES, type Frequency, type RuleWeekday } from './rule.js';

const FREQUENCIES: readonly string[] = ['daily', 'weekly', 'monthly', 'yearly'] satisfies Frequency[];
const TOO_FREQUENT: readonly string[] = ['hourly', 'minutely', 'secondly'];

/** Reads `MO` or `-1FR`, in any case. @throws TimeError `invalid_rule` */
export function parseWeekday(text: string): RuleWeekday {
  const match = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text.toUpperCase());
  if (!match) throw invalid(`"${text.slice(0, 40)}" is not a weekday such as MO or -1FR.`);
  const weekday = weekdayOfCode(match[2]!);
  return match[1] === undefined ? { weekday } : { weekday, ordinal: Number(match[1]) };
}

export function printWeekday({ weekday, ordinal }: RuleWeekday): string {
  return `${ordinal ?? ''}${WEEKDAY_CODES[weekday]}`;
}

/** Reads the name of a frequency, in any case. @throws TimeError `unsupported_frequency`, `invalid_rule` */
export function parseFrequency(name: string | undefined): Frequency {
  const frequency = name?.toLowerCase() ?? '';
  if (FREQUENCIES.includes(frequency)) return frequency as Frequency;
  if (TOO_FREQUENT.includes(frequency)) {
    const message = `${frequency} rules are not supported. Use daily, weekly, monthly or yearly.`;
    throw new TimeError('unsupported_frequency', '', message);
  }
  throw invalid('A rule needs a frequency: daily, weekly, monthly or yearly.');
}

/** Reads `MO` … `SU`, in any case. @throws TimeError `invalid_rule` */
export function parseWeekStart(text: string): Weekday {
  const { weekday, ordinal } = parseWeekday(text);
  if (ordinal !== undefined) throw invalid('A week starts on a weekday without an ordinal, such as MO.');
  return weekday;
}

function weekdayOfCode(code: string): Weekday {
  return WEEKDAY_CODES.indexOf(code as (typeof WEEKDAY_CODES)[number]) as Weekday;
}

function invalid(message: string): TimeError {
  return new TimeError('invalid_rule', '', message);
}

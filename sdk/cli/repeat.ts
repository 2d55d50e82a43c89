import { UsageError } from './cli-error.js';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const WORKDAYS = 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR';
const RULES: Record<string, string> = {
  daily: 'FREQ=DAILY',
  weekdays: WORKDAYS,
  weekly: 'FREQ=WEEKLY',
  fortnightly: 'FREQ=WEEKLY;INTERVAL=2',
  monthly: 'FREQ=MONTHLY',
  yearly: 'FREQ=YEARLY',
};
const OTHER_NAMES: Record<string, string> = {
  biweekly: 'fortnightly',
  annually: 'yearly',
  'every weekday': 'weekdays',
};
const UNITS: Record<string, string> = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' };
const NUMBERS: Record<string, number> = { other: 2, second: 2, third: 3, fourth: 4, two: 2, three: 3, four: 4, six: 6 };

/** How a rule may be written, for people. */
export const RULE_EXAMPLES = `${Object.keys(RULES).join(', ')}, every 2 weeks, every monday and friday`;

/**
 * Reads `weekly`, `every 2 weeks`, `every other friday`, `every monday and friday`, or an RRULE, which is returned as it is.
 *
 * @throws UsageError
 */
export function readRule(text: string): string {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const rule = RULES[OTHER_NAMES[words] ?? words] ?? readEvery(words) ?? text.trim().replace(/^RRULE:/i, '');
  if (/^[A-Z]+=/i.test(rule)) return rule;
  throw new UsageError(`“${text}” is not a rule. Write ${RULE_EXAMPLES}, or an RRULE.`);
}

function readEvery(words: string): string | null {
  const [, number, what] = /^every (?:(other|second|third|fourth|two|three|four|six|[1-9]\d?)(?:nd|rd|th)? )?(.+)$/.exec(words) ?? []; // prettier-ignore
  if (what === undefined) return null;
  const interval = number === undefined ? 1 : (NUMBERS[number] ?? Number(number));
  const every = interval === 1 ? '' : `;INTERVAL=${interval}`;
  const unit = UNITS[what.replace(/s$/, '')];
  if (unit !== undefined) return `FREQ=${unit}${every}`;
  const days = what.split(/(?:, ?| and |, and )/).map((name) => {
    const short = name.replace(/s$/, '');
    return short.length < 3 ? undefined : DAYS.find((day) => day.startsWith(short));
  });
  if (days.includes(undefined)) return null;
  return `FREQ=WEEKLY${every};BYDAY=${days.map((day) => day!.slice(0, 2).toUpperCase()).join(',')}`;
}

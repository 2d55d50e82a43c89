import { plainAmounts } from './amounts.js';
import { UsageError } from './cli-error.js';

/** Days of the calendar, and minutes. */
export interface Duration {
  days: number;
  minutes: number;
}

const UNITS: [RegExp, Duration][] = [
  [/^(?:w|weeks?)$/, { days: 7, minutes: 0 }],
  [/^(?:d|days?)$/, { days: 1, minutes: 0 }],
  [/^(?:h|hrs?|hours?)$/, { days: 0, minutes: 60 }],
  [/^(?:m|min|mins|minutes?)$/, { days: 0, minutes: 1 }],
];
const PART = /^(\d+(?:[.,]\d+)?|an?|half an?)\s*([a-z]+)?[\s,]*(?:and\s+)?/i;

/** Reads `45 min`, `1h30`, `1.5 hours`, `an hour and a half`, `two days`. @throws UsageError */
export function readDuration(text: string): Duration {
  const refuse = (): UsageError =>
    new UsageError(`“${text}” is not a duration. Write for example 45 min, 1h30, 1.5 hours or 2 days.`);
  const total = { days: 0, minutes: 0 };
  let rest = plainAmounts(text.trim());
  let smaller: string | null = null;
  while (rest !== '') {
    const [whole, amount, named]: (string | undefined)[] = PART.exec(rest) ?? [];
    const unit: string = named?.toLowerCase() ?? smaller ?? '';
    const found = UNITS.find(([name]) => name.test(unit));
    if (!whole || !amount || !found) throw refuse();
    const number = /^half/i.test(amount) ? 0.5 : /^an?$/i.test(amount) ? 1 : Number(amount.replace(',', '.'));
    total.days += number * found[1].days;
    total.minutes += number * found[1].minutes;
    // “1h30”
    smaller = found[1].minutes === 60 ? 'min' : null;
    rest = rest.slice(whole.length);
  }
  const days = Math.floor(total.days);
  const minutes = Math.round(total.minutes + (total.days - days) * 1_440);
  if (days === 0 && minutes === 0) throw refuse();
  return { days, minutes };
}

/** Takes “for 45 min” off the end of a text. */
export function takeDuration(text: string): { rest: string; duration: Duration | null } {
  const [, rest, duration] = /^(.*?)(?:^|\s)for\s+(.+)$/is.exec(text) ?? [];
  return duration === undefined
    ? { rest: text, duration: null }
    : { rest: rest!.trim(), duration: readDuration(duration) };
}

export const inMinutes = ({ days, minutes }: Duration): number => days * 1_440 + minutes;

export function isDuration(text: string): boolean {
  try {
    return inMinutes(readDuration(text)) > 0;
  } catch {
    return false;
  }
}

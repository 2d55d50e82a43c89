import { dayOfYear, weekdayName } from '../time/format.js';
import { addDays, addMonths, startOfMonth, weekday } from '../time/zoned.js';
import { eventWords as words } from '../words/event.js';
import type { Pattern } from '../state/form.js';
import { CODES } from './explicit-rule.js';

/** Which of its weekday in the month a day is, 1 to 5, and whether it is the last. */
export function ordinalOf(day: string): { ordinal: number; isLast: boolean } {
  const ordinal = Math.ceil(Number(day.slice(8, 10)) / 7);
  const isLast = addDays(day, 7) >= addMonths(startOfMonth(day), 1);
  return { ordinal, isLast };
}

export const ordinalWord = (ordinal: number): string => words.ordinals[ordinal === -1 ? 4 : ordinal - 1]!;

/** The rule with which one’s own begins. */
export const weeklyOn = (day: string): Pattern => ({
  frequency: 'weekly',
  interval: 1,
  by_day: [CODES[weekday(day)]!],
});

/** The rules that most series have, by the day on which they start. */
export function presetsFor(day: string): { label: string; pattern: Pattern }[] {
  const code = CODES[weekday(day)]!;
  const name = weekdayName(day);
  const { ordinal, isLast } = ordinalOf(day);
  const nth = isLast ? -1 : ordinal;
  const presets: { label: string; pattern: Pattern }[] = [
    { label: words.presets.daily, pattern: { frequency: 'daily', interval: 1 } },
    { label: words.presets.weekly(name), pattern: weeklyOn(day) },
    { label: words.presets.biweekly(name), pattern: { frequency: 'weekly', interval: 2, by_day: [code] } },
    {
      label: words.presets.monthlyDay(ordinalWord(nth), name),
      pattern: { frequency: 'monthly', interval: 1, by_day: [`${nth}${code}`] },
    },
    {
      label: words.presets.monthlyDate(Number(day.slice(8, 10))),
      pattern: { frequency: 'monthly', interval: 1, by_month_day: [Number(day.slice(8, 10))] },
    },
    {
      label: words.presets.yearly(dayOfYear(day)),
      pattern: {
        frequency: 'yearly',
        interval: 1,
        by_month: [Number(day.slice(5, 7))],
        by_month_day: [Number(day.slice(8, 10))],
      },
    },
  ];
  if (weekday(day) < 5) {
    const weekdays: Pattern = { frequency: 'weekly', interval: 1, by_day: CODES.slice(0, 5) };
    presets.splice(1, 0, { label: words.presets.weekdays, pattern: weekdays });
  }
  return presets;
}

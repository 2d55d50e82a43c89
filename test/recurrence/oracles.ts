import { createRequire } from 'node:module';
import { RRuleTemporal } from 'rrule-temporal';
import { formatICalendarTime, stampOf, type LocalStamp, type LocalTime } from '../../src/time/local-time.js';
import { printRruleBesideStart } from '../../src/recurrence/rrule-text.js';
import type { RecurrenceRule } from '../../src/recurrence/rule.js';

// Its package names no exports that an import could find.
const { RRule } = createRequire(import.meta.url)('rrule') as typeof import('rrule');

/** Another library's first `limit` times of a rule, run in UTC so that only its rules are compared and not its zones. */
export type Oracle = (rule: RecurrenceRule, start: LocalTime, limit: number) => LocalStamp[];

export const ORACLES: Record<string, Oracle> = {
  rrule: (rule, start, limit) => {
    const library = new RRule({ ...RRule.parseString(text(rule)), dtstart: new Date(stampOf(start) * 1000) });
    return library
      .all((_date, index) => index < limit)
      .slice(0, limit)
      .map((date) => date.getTime() / 1000);
  },
  'rrule-temporal': (rule, start, limit) => {
    const rruleString = `DTSTART:${formatICalendarTime(start)}Z\nRRULE:${text(rule)}`;
    const dates = new RRuleTemporal({ rruleString, maxIterations: 20_000 }).all((_date, index) => index < limit);
    return dates.slice(0, limit).map((date) => Math.floor(date.epochMilliseconds / 1000));
  },
};

/** Lists in order: rrule lists times in the order in which BYHOUR and BYMINUTE name them. */
function text(rule: RecurrenceRule): string {
  const inOrder = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
  const ordered = Object.entries(rule).map(([part, value]) => {
    const numbers = Array.isArray(value) && value.every((entry) => typeof entry === 'number');
    return [part, numbers ? inOrder(value) : value];
  });
  return printRruleBesideStart(Object.fromEntries(ordered) as RecurrenceRule, { zone: 'UTC', allDay: false });
}

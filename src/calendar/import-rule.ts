import { completeRuleBounds } from './rule-bounds.js';
import { parseRrule } from '../recurrence/rrule-text.js';
import type { RecurrenceRule, Until } from '../recurrence/rule.js';
import { civilFromDay } from '../time/calendar-day.js';
import { TimeError } from '../time/time-error.js';
import { toLocal } from '../time/time-zone.js';
import type { Series } from '../recurrence/series.js';
import { UnreadableEvent } from './calendar-file-error.js';
import type { Property } from './property.js';

/** Notes about something that was read in another way than it was written. */
export type Warn = (property: Pick<Property, 'name' | 'line'>, reason: string) => void;

const TIMES_OF_DAY = /;(?:BYHOUR|BYMINUTE|BYSECOND)=[^;]*/gi;

/**
 * Reads the RRULE of a series, which has no rule yet. Where RFC 5545 leaves open what a rule means, it becomes one that
 * says so: COUNT beside UNTIL is the earlier end; BYMONTHDAY alone in a yearly rule is in the month of the start.
 * @param only the only zone that the calendar describes
 * @throws UnreadableEvent for a rule that is invalid or not supported
 */
export function readImportedRule(property: Property, series: Series, only: string | null, warn: Warn): RecurrenceRule {
  const { line } = property;
  let text = `;${property.value.trim().replace(/^RRULE:/i, '')}`;
  if (series.allDay && TIMES_OF_DAY.test(text)) {
    text = text.replaceAll(TIMES_OF_DAY, '');
    warn(property, 'An all-day series has no BYHOUR, BYMINUTE or BYSECOND; they were left out.');
  }
  const count = /;COUNT=\d+/i.exec(text);
  const hasBoth = count !== null && /;UNTIL=/i.test(text);
  try {
    const read = (rule: string): RecurrenceRule =>
      completeRule(withinYears(parseRrule(rule.replace(/^;/, '')), property, warn), series, only);
    if (!hasBoth) return read(text);
    warn(property, 'COUNT and UNTIL exclude each other; the earlier end was used.');
    return completeRuleBounds(series, read(text.replace(count[0], '')), Number(count[0].slice(7)));
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    throw new UnreadableEvent(line, `RRULE: ${error.message}`);
  }
}

/** Series end in 2200 at the latest. Programs write a far UNTIL for a series without an end. */
const LAST_YEAR = 2200;

function withinYears({ until, ...rule }: RecurrenceRule, property: Property, warn: Warn): RecurrenceRule {
  if (!until) return rule;
  const day =
    until.form === 'date'
      ? until.day
      : until.form === 'local'
        ? until.local.day
        : toLocal(until.epochSecond, 'UTC').day;
  if (civilFromDay(day).year <= LAST_YEAR) return { ...rule, until };
  warn(property, `UNTIL is after ${LAST_YEAR}; the series has no end.`);
  return rule;
}

function completeRule(rule: RecurrenceRule, series: Series, only: string | null): RecurrenceRule {
  const { byMonthDay, byMonth, byYearDay, byWeekNumber, until } = rule;
  const needsMonth = rule.frequency === 'yearly' && byMonthDay && !byMonth && !byYearDay && !byWeekNumber;
  return {
    ...rule,
    ...(needsMonth ? { byMonth: [civilFromDay(series.start.day).month] } : {}),
    ...(until && series.allDay ? { until: toDate(until, only) } : {}),
  };
}

/**
 * Returns the last day of an all-day series. Exchange writes the midnight of that day in UTC, which is the day before; the
 * zone of the file shows that. Otherwise the date counts as it is written.
 */
function toDate(until: Until, only: string | null): Until {
  if (until.form === 'date') return until;
  if (until.form === 'local') return { form: 'date', day: until.local.day };
  const written = toLocal(until.epochSecond, 'UTC');
  const shown = only === null ? written : toLocal(until.epochSecond, only);
  return { form: 'date', day: written.second !== 0 && shown.second === 0 ? shown.day : written.day };
}

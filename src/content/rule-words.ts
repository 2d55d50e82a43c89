import { parseRrule } from '../recurrence/rrule-text.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import { patternInWords, ruleInWords, type WordsContext } from '../recurrence/words.js';
import { endAloneInWords } from '../recurrence/words-end.js';
import { WEEKDAYS } from '../recurrence/words-lists.js';
import { parseLocalTime } from '../time/local-time.js';
import { type EventContent, isSeries } from './event-content.js';
import { spanOf } from './schedule-words.js';
import type { Statement } from './statement.js';
import { timeInWords } from './time-words.js';

/**
 * Describes a change of the rule of a series. Returns none for a rule that means the same, as when it follows the start
 * of a moved series.
 * @param before null for the time before the event existed
 */
export function describeRule(before: EventContent | null, after: EventContent): Statement[] {
  const [old, rule] = [ruleOf(before), ruleOf(after)];
  if (!old && !rule) return before && isSeries(before) && !isSeries(after) ? [describeOnlyDate(after)] : [];
  if (!old) return [{ verb: 'set', object: null, rest: `to repeat ${recurrenceInWords(after)!}` }];
  const was = recurrenceInWords(before!)!;
  if (!rule) {
    const rest = `(was ${was})${isSeries(after) ? '' : `: only ${startInWords(after)} is left`}`;
    return [{ verb: 'removed', object: 'recurrence', rest }];
  }
  const [oldPattern, pattern] = [patternOf(old, before!), patternOf(rule, after)];
  if (oldPattern !== pattern) {
    return [{ verb: 'changed', object: 'recurrence', rest: `from ${was} to ${recurrenceInWords(after)!}` }];
  }
  const [oldEnd, end] = [endAloneInWords(old, contextOf(before!)), endAloneInWords(rule, contextOf(after))];
  if (oldEnd === end) return [];
  if (old.count !== undefined && rule.count !== undefined) {
    return [{ verb: 'changed', object: 'number of occurrences', rest: `from ${old.count} to ${rule.count}` }];
  }
  if (oldEnd === '') return [{ verb: 'set', object: 'recurrence', rest: `to end ${end}` }];
  if (end === '') return [{ verb: 'removed', object: 'end of the recurrence', rest: `(was ${oldEnd})` }];
  return [{ verb: 'changed', object: 'recurrence', rest: `to end ${end} instead of ${oldEnd}` }];
}

/** Returns the rule of a series in words, such as `every Monday until 30 June 2026`; null without a rule. */
export function recurrenceInWords(content: EventContent): string | null {
  const rule = ruleOf(content);
  return rule && ruleInWords(rule, contextOf(content)) + weekStartOf(rule);
}

const patternOf = (rule: RecurrenceRule, content: EventContent): string =>
  patternInWords(rule, contextOf(content)) + weekStartOf(rule);

/** The first day of the week matters where weeks are left out, and for numbered weeks. */
function weekStartOf({ frequency, interval, weekStart = 0, byWeekNumber }: RecurrenceRule): string {
  const matters = weekStart !== 0 && ((frequency === 'weekly' && interval > 1) || byWeekNumber !== undefined);
  return matters ? ` (weeks begin on ${WEEKDAYS[weekStart]})` : '';
}

const describeOnlyDate = (after: EventContent): Statement => ({
  verb: 'removed',
  object: 'other dates',
  rest: `: only ${startInWords(after)} is left`,
});

const startInWords = (content: EventContent): string => timeInWords(spanOf(content).start, content.allDay);

const ruleOf = (content: EventContent | null): RecurrenceRule | null =>
  content === null || content.rrule === null ? null : parseRrule(content.rrule);

const contextOf = ({ localStart, timeZone }: EventContent): WordsContext => ({
  start: parseLocalTime(localStart),
  zone: timeZone,
});

import { describeChanges } from '../content/diff-words.js';
import { findSplit } from '../content/occurrence-words.js';
import { scheduleInWords } from '../content/schedule-words.js';
import { toClauses, toPredicate } from '../content/statement.js';
import { listInWords, timeInWords } from '../content/time-words.js';
import { labelInWords } from '../content/value-words.js';
import { quote } from '../content/visible-text.js';
import { type Change, type ContentChange, isMembersChange } from '../history/change.js';

/**
 * Returns what the actor did, to follow their name in the messages about a change; null when its type and its members say
 * it all. The same for every recipient: it contains nothing but the content of this event, which each of them can see.
 */
export function summarise(change: Change): string | null {
  if (isMembersChange(change)) return null;
  switch (change.kind) {
    case 'updated':
      return toPredicate(change.content.title, statementsOf(change)) || null;
    case 'rolled_back':
      return summariseUndoing(change);
    case 'split':
      return change.before ? summariseHead(change) : summariseTail(change);
    default:
      return null;
  }
}

const statementsOf = ({ before, content, changed }: ContentChange): ReturnType<typeof describeChanges> =>
  before ? describeChanges(before, content, new Set(changed)) : [];

function summariseUndoing(change: ContentChange): string | null {
  const { undoes, content } = change;
  if (!undoes) return null;
  const clauses = toClauses(statementsOf(change));
  return [describeUndoing(undoes, quote(content.title)), clauses].filter(Boolean).join(': ');
}

function describeUndoing(undoes: NonNullable<ContentChange['undoes']>, title: string): string {
  if ('reverted' in undoes) return `reverted version ${undoes.reverted} of ${title}`;
  const { rolledBackTo, fields } = undoes;
  const what = fields ? `the ${listInWords(fields.map(labelInWords))} of ${title}` : title;
  return `rolled ${what} back to version ${rolledBackTo}`;
}

function summariseHead({ content, before }: ContentChange): string {
  const from = findSplit(before!, content);
  const dates = from ? `the occurrences from ${timeInWords(from, content.allDay)} on` : 'its later occurrences';
  return `split ${quote(content.title)}: ${dates} are now a separate event`;
}

const summariseTail = ({ content }: ContentChange): string =>
  `made ${quote(content.title)} a separate event, beginning on ${scheduleInWords(content)}`;

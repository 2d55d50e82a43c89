import { describeChanges } from '../content/diff-words.js';
import { findSplit } from '../content/occurrence-words.js';
import { scheduleInWords } from '../content/schedule-words.js';
import { toClauses, toPredicate } from '../content/statement.js';
import { listInWords, timeInWords } from '../content/time-words.js';
import { labelInWords } from '../content/value-words.js';
import { quote } from '../content/visible-text.js';
import { type Change, type ContentChange, isMembersChange, type MembersChange } from '../history/change.js';

/**
 * Returns what the actor did, to follow their name in the messages about a change; null when its type and its members say
 * it all. The same for every recipient: it contains nothing but the content of this event, which each of them can see.
 */
export function summarise(change: Change): string | null {
  if (isMembersChange(change)) return summariseInvitations(change);
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

/** Without names: an invited person has none yet, and nobody but the owner sees the address. */
function summariseInvitations({ kind, eventTitle, members, invitations = [] }: MembersChange): string | null {
  const title = quote(eventTitle);
  const { length } = invitations;
  switch (kind) {
    case 'invited':
      return `invited ${length === 1 ? 'somebody' : `${length} people`} to ${title} by e-mail`;
    case 'invitation_changed':
      return `changed the role of ${length === 1 ? 'an invitation' : `${length} invitations`} to ${title}`;
    case 'invitation_revoked':
      return `revoked ${length === 1 ? 'an invitation' : `${length} invitations`} to ${title}`;
    case 'invitation_accepted':
      return `accepted the invitation to ${title} as ${members[0]!.to === 'viewer' ? 'a viewer' : 'an editor'}`;
    default:
      return null;
  }
}

const statementsOf = ({ before, content, changed }: ContentChange): ReturnType<typeof describeChanges> =>
  before ? describeChanges(before, content, new Set(changed)) : [];

function summariseUndoing(change: ContentChange): string | null {
  const { undoes, content } = change;
  if (!undoes || 'rejoined' in undoes) return null;
  const clauses = toClauses(statementsOf(change));
  return [describeUndoing(undoes, quote(content.title)), clauses].filter(Boolean).join(': ');
}

function describeUndoing(
  undoes: Exclude<NonNullable<ContentChange['undoes']>, { rejoined: number }>,
  title: string,
): string {
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

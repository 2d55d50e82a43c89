import type { EventContent } from '../content/event-content.js';
import { describeChanges } from '../content/diff-words.js';
import { findSplit } from '../content/occurrence-words.js';
import { REDACTED } from '../content/redact.js';
import { recurrenceInWords } from '../content/rule-words.js';
import { scheduleInWords } from '../content/schedule-words.js';
import { type Statement, toSentence } from '../content/statement.js';
import { listInWords, timeInWords } from '../content/time-words.js';
import { labelInWords } from '../content/value-words.js';
import { quote } from '../content/visible-text.js';
import type { Undoing } from '../history/change.js';
import type { ChangelogEntry } from '../history/history.service.js';
import type { InvitationChange, RoleChange } from '../permissions/member.js';

/** People named in one sentence; the others are counted. */
const MAX_NAMED = 10;

/**
 * Describes a version in sentences about its author: what kind of change it was, then what changed. Texts of others than
 * the event itself are named only when the entry contains them, which it does for readers who may see them.
 * @param changed the fields that changed
 */
export function describeVersion(entry: ChangelogEntry, changed: ReadonlySet<string>): string[] {
  const { kind, before, undoes } = entry;
  const content = entry.content!;
  switch (kind) {
    case 'created':
      return [`Created ${quoteTitle(content)} for ${wholeScheduleInWords(content)}`];
    case 'split':
      return before ? describeHead(entry, before) : describeTail(entry);
    case 'deleted':
      return ['Deleted the event'];
    case 'restored':
      return ['Restored the event', ...sentencesOf(before, content, changed, ['deleted'])];
    case 'rolled_back':
      return [describeUndoing(undoes), ...sentencesOf(before, content, changed)];
    default:
      return sentencesOf(before, content, changed);
  }
}

function sentencesOf(
  before: EventContent | null,
  after: EventContent,
  changed: ReadonlySet<string>,
  except: string[] = [],
): string[] {
  const fields = new Set([...changed].filter((field) => !except.includes(field)));
  return describeChanges(before, after, fields).map(toSentence);
}

/** Returns `Rolled back to version 3`, `Rolled back title and location to version 3` or `Reverted version 3`. */
export function describeUndoing(undoes: Undoing | null): string {
  if (!undoes || 'rejoined' in undoes) return 'Rolled back';
  if ('reverted' in undoes) return `Reverted version ${undoes.reverted}`;
  const { rolledBackTo, fields } = undoes;
  return fields
    ? `Rolled back the ${listInWords(fields.map(labelInWords))} to version ${rolledBackTo}`
    : `Rolled back to version ${rolledBackTo}`;
}

function describeHead({ content, otherPart, partMembers }: ChangelogEntry, before: EventContent): string[] {
  const from = findSplit(before, content!);
  const dates = from ? `the occurrences from ${timeInWords(from, content!.allDay)} on` : 'the later occurrences';
  // Only who sees the other event learns who is in it.
  if (!otherPart) return [`Split off ${dates} into another event`];
  return [`Split off ${dates} into ${quote(otherPart.title)}`, membersInWords(partMembers)];
}

function describeTail({ content, otherPart, partMembers }: ChangelogEntry): string[] {
  const origin = otherPart ? quote(otherPart.title) : 'another event';
  const schedule = wholeScheduleInWords(content!);
  return [`Split off ${quoteTitle(content!)} from ${origin}, beginning on ${schedule}`, membersInWords(partMembers)];
}

function wholeScheduleInWords(content: EventContent): string {
  const rule = recurrenceInWords(content);
  return rule ? `${scheduleInWords(content)}, ${rule}` : scheduleInWords(content);
}

const quoteTitle = ({ title }: EventContent): string => (title === REDACTED ? 'the event' : quote(title));

const membersInWords = (members: ChangelogEntry['partMembers']): string =>
  `Both keep the same members: ${namesInWords(members.map(({ username, role }) => `${username} (${role})`))}`;

function namesInWords(names: string[]): string {
  if (names.length <= MAX_NAMED + 1) return listInWords(names);
  return listInWords([...names.slice(0, MAX_NAMED), `${names.length - MAX_NAMED} others`]);
}

/**
 * Describes a change of members in sentences about its actor, one for each kind of change however many people it affects.
 * @param nameOf returns the user name of a person
 */
export function describeMembers(members: RoleChange[], actorId: string, nameOf: (userId: string) => string): string[] {
  const owner = members.find(({ to }) => to === 'owner');
  if (owner) return [describeTransfer(members, owner, nameOf)];
  const added = members.filter(({ from, to }) => from === null && to !== null);
  const removed = members.filter(({ to }) => to === null);
  const changed = members.filter(({ from, to }) => from !== null && to !== null);
  const names = (group: RoleChange[]): string => namesInWords(group.map(({ userId }) => nameOf(userId)));
  const statements: Statement[] = [];
  if (added.length > 0) {
    const groups = groupBy(added, ({ to }) => to!);
    const roles = groups.map(([role, group]) => `with ${names(group)} as ${roleInWords(role, group.length)}`);
    statements.push({ verb: 'shared', object: null, rest: listInWords(roles) });
  }
  for (const [, group] of groupBy(changed, ({ from, to }) => `${from} ${to}`)) {
    const { from, to } = group[0]!;
    const object = group.length === 1 ? 'role' : 'roles';
    statements.push({ verb: 'changed', object, at: `of ${names(group)}`, rest: `from ${from} to ${to}` });
  }
  const [only] = removed;
  if (removed.length === 1 && only!.userId === actorId) {
    statements.push({ verb: 'left', object: 'event', rest: `(was ${only!.from})` });
  } else if (removed.length > 0) {
    const people = namesInWords(removed.map(({ userId, from }) => `${nameOf(userId)} (was ${from})`));
    statements.push({ verb: 'removed', object: people, article: '' });
  }
  return statements.map(toSentence);
}

/** Describes what happened to invitations by e-mail, which are counted: addresses are in no history. */
export function describeInvitations(invitations: InvitationChange[]): string[] {
  return groupBy(invitations, ({ from, to }) => `${from} ${to}`).map(([, group]) => {
    const { from, to } = group[0]!;
    const several = group.length === 1 ? 'an invitation' : `${group.length} invitations`;
    if (to === null) return `Revoked ${several} (was ${from})`;
    if (from !== null) return `Changed the role of ${several} from ${from} to ${to}`;
    const people = group.length === 1 ? 'somebody' : `${group.length} people`;
    return `Invited ${people} by e-mail as ${roleInWords(to, group.length)}`;
  });
}

/** Describes the acceptance of an invitation by the person who acts. */
export const describeAcceptance = ({ from, to }: RoleChange): string =>
  from === null
    ? `Accepted an invitation and became ${roleInWords(to!, 1)}`
    : `Accepted an invitation, which changed the role from ${from} to ${to}`;

function describeTransfer(members: RoleChange[], owner: RoleChange, nameOf: (userId: string) => string): string {
  const former = members.find(({ from }) => from === 'owner');
  const to = nameOf(owner.userId);
  if (!former) return `Transferred ownership to ${to}`;
  const name = nameOf(former.userId);
  const role = former.to === null ? 'no longer a member' : `now ${roleInWords(former.to, 1)}`;
  return `Transferred ownership from ${name} to ${to}; ${name} is ${role}`;
}

function roleInWords(role: string, count: number): string {
  if (count > 1) return `${role}s`;
  return role === 'viewer' ? 'a viewer' : role === 'editor' ? 'an editor' : 'the owner';
}

function groupBy<T>(members: T[], keyOf: (member: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const member of members) groups.set(keyOf(member), [...(groups.get(keyOf(member)) ?? []), member]);
  return [...groups];
}

import { listInWords } from '../content/time-words.js';
import { labelInWords } from '../content/value-words.js';
import { quote } from '../content/visible-text.js';
import type { RoleChange } from '../permissions/member.js';
import type { StreamItem } from './stream-item.js';

/**
 * Returns one sentence that describes the item to its recipient. It is plain text on one line: what people wrote is
 * quoted and escaped.
 */
export function toNotificationMessage(item: StreamItem): string {
  const actor = item.actorId === item.userId ? 'You' : item.actorName;
  return `${actor} ${item.summary ?? describe(item, quote(item.eventTitle))}`;
}

/** Returns what the actor did, of an item without a summary. */
function describe(item: StreamItem, title: string): string {
  switch (item.type) {
    case 'event_created':
      return `created ${title}`;
    case 'event_updated':
      return `changed ${title}: ${listInWords(listLabels(item.changed))}`;
    case 'event_rolled_back':
      return `rolled back ${title} to an earlier version`;
    case 'event_deleted':
      return `deleted ${title}`;
    case 'event_restored':
      return `restored ${title}`;
    case 'event_shared':
      return `shared ${title} ${describeShares(item)}`;
    case 'role_changed':
      return `changed ${describeRoles(item, title)}`;
    case 'access_revoked':
      return describeRevocation(item, title);
    case 'invitations_changed':
      return `changed the invitations to ${title}`;
    case 'ownership_transferred':
      return `transferred ownership of ${title} ${describeTransfer(item)}`;
  }
}

/** Returns `with you as an editor`, or `with you and Cid as viewers, and 8 others`. */
function describeShares(item: StreamItem): string {
  const { named, others } = membersOf(item);
  const roles = [...new Set(named.map(({ to }) => to))];
  const groups = roles.map((role) => {
    const people = named.filter(({ to }) => to === role);
    const names = people.map((member) => nameOf(member.userId, item));
    return `with ${listInWords(names)} as ${people.length > 1 ? `${role}s` : withArticle(role!)}`;
  });
  if (groups.length === 0) return 'with someone';
  const counted = others === 0 ? [] : [`with ${countOthers(others)}`];
  return listInWords([...groups, ...counted]);
}

function describeRoles(item: StreamItem, title: string): string {
  const { named, others } = membersOf(item);
  const [member] = named;
  if (!member) return `roles on ${title}`;
  if (named.length === 1 && others === 0) {
    const whose = member.userId === item.userId ? 'your' : `${nameOf(member.userId, item)}’s`;
    return `${whose} role on ${title} from ${member.from} to ${member.to}`;
  }
  const isSame = named.every(({ from, to }) => from === member.from && to === member.to);
  if (isSame && others === 0) {
    const names = listInWords(named.map(({ userId }) => nameOf(userId, item)));
    return `the roles of ${names} on ${title} from ${member.from} to ${member.to}`;
  }
  const changes = named.map(({ userId, from, to }) => `${nameOf(userId, item)} from ${from} to ${to}`);
  return `roles on ${title}: ${listInWords([...changes, ...(others === 0 ? [] : [countOthers(others)])])}`;
}

/** A person who lost access learns nothing about others who lost it. */
function describeRevocation(item: StreamItem, title: string): string {
  const { named, others } = membersOf(item);
  const [member] = named;
  if (!member || member.userId === item.actorId) return `left ${title}`;
  if (member.userId === item.userId) return `removed you from ${title}`;
  const names = named.map(({ userId }) => nameOf(userId, item));
  return `removed ${listInWords([...names, ...(others === 0 ? [] : [countOthers(others)])])} from ${title}`;
}

function describeTransfer(item: StreamItem): string {
  const { named } = membersOf(item);
  const owner = named.find(({ to }) => to === 'owner');
  const to = `to ${owner ? nameOf(owner.userId, item) : 'someone'}`;
  const former = named.find(({ from }) => from === 'owner');
  if (!former || former.userId === item.actorId) return to;
  return `from ${nameOf(former.userId, item)} ${to}`;
}

function membersOf({ members }: StreamItem): { named: RoleChange[]; others: number } {
  const { named, total } = members ?? { named: [], total: 0 };
  return { named, others: total - named.length };
}

const countOthers = (count: number): string => (count === 1 ? '1 other' : `${count} others`);

const withArticle = (role: string): string => `${role === 'viewer' ? 'a' : role === 'owner' ? 'the' : 'an'} ${role}`;

const nameOf = (userId: string, item: StreamItem): string =>
  userId === item.userId ? 'you' : (item.names[userId] ?? 'someone');

/** Returns the labels of the fields. That an event repeats is part of how it repeats. */
const listLabels = (changed: string[]): string[] =>
  changed.filter((name) => name !== 'is_recurring' || changed.length === 1).map(labelInWords);

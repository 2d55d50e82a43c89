import { type ContentField, FIELDS } from '../content/fields.js';
import type { RoleChange } from '../permissions/member.js';
import type { StreamItem } from './stream-item.js';

/** Returns one sentence that describes the item to its recipient. */
export function toNotificationMessage(item: StreamItem): string {
  const actor = item.actorId === item.userId ? 'You' : item.actorName;
  const title = `“${item.eventTitle}”`;
  switch (item.type) {
    case 'event_created':
      return `${actor} created ${title}`;
    case 'event_updated':
      return `${actor} changed ${title}: ${item.changed.map(labelOf).join(', ')}`;
    case 'event_rolled_back':
      return `${actor} rolled back ${title} to an earlier version`;
    case 'event_deleted':
      return `${actor} deleted ${title}`;
    case 'event_restored':
      return `${actor} restored ${title}`;
    case 'event_shared':
      return `${actor} shared ${title} with ${listMembers(item, ({ to }, name) => `${name} as ${to}`)}`;
    case 'role_changed':
      return `${actor} changed ${describeRoles(item, title)}`;
    case 'access_revoked':
      return `${actor} ${describeRevocation(item, title)}`;
    case 'ownership_transferred':
      return `${actor} transferred ownership of ${title} to ${nameOfNewOwner(item)}`;
  }
}

function describeRoles(item: StreamItem, title: string): string {
  const { named, total } = item.members ?? { named: [], total: 0 };
  const [member] = named;
  if (member && total === 1) {
    const whose = member.userId === item.userId ? 'your' : `${nameOf(member.userId, item)}’s`;
    return `${whose} role on ${title} from ${member.from} to ${member.to}`;
  }
  return `roles on ${title}: ${listMembers(item, ({ from, to }, name) => `${name} from ${from} to ${to}`)}`;
}

function describeRevocation(item: StreamItem, title: string): string {
  const [member] = item.members?.named ?? [];
  if (!member || member.userId === item.actorId) return `left ${title}`;
  // Whose access was revoked does not see what happens to others.
  if (member.userId === item.userId) return `removed you from ${title}`;
  return `removed ${listMembers(item, (_member, name) => name)} from ${title}`;
}

function nameOfNewOwner(item: StreamItem): string {
  const owner = item.members?.named.find(({ to }) => to === 'owner');
  return owner ? nameOf(owner.userId, item) : 'someone';
}

/** Describes each named member and counts the others. */
function listMembers(item: StreamItem, describe: (member: RoleChange, name: string) => string): string {
  const { named, total } = item.members ?? { named: [], total: 0 };
  const parts = named.map((member) => describe(member, nameOf(member.userId, item)));
  const others = total - named.length;
  if (others > 0) parts.push(others === 1 ? '1 other' : `${others} others`);
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? 'someone');
}

const nameOf = (userId: string, item: StreamItem): string =>
  userId === item.userId ? 'you' : (item.names[userId] ?? 'someone');

/** Returns the field's label inside a sentence; items may name fields that no longer exist. */
const labelOf = (field: string): string =>
  Object.hasOwn(FIELDS, field) ? FIELDS[field as ContentField].label.toLowerCase() : field.replaceAll('_', ' ');

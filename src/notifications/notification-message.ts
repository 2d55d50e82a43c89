import type { RoleChange } from '../permissions/member.js';
import type { NotificationRecord } from './notifications.repository.js';

/** One sentence for people, from the reader's point of view. */
export function notificationMessage(item: NotificationRecord): string {
  const actor = item.actorId === item.userId ? 'You' : item.actorName;
  const title = `“${item.eventTitle}”`;
  switch (item.type) {
    case 'event_created':
      return `${actor} created ${title}`;
    case 'event_updated':
      return `${actor} changed ${fieldList(item.changed)} of ${title}`;
    case 'event_rolled_back':
      return `${actor} brought an earlier version of ${title} back`;
    case 'event_deleted':
      return `${actor} deleted ${title}`;
    case 'event_restored':
      return `${actor} restored ${title}`;
    case 'event_shared':
      return `${actor} shared ${title} with ${everybody(item, ({ to }, name) => `${name} as ${to}`)}`;
    case 'role_changed':
      return `${actor} changed the role on ${title} of ${everybody(item, ({ from, to }, name) => `${name} from ${from} to ${to}`)}`;
    case 'access_revoked':
      return revoked(item, actor, title);
    case 'ownership_transferred':
      return `${actor} handed ${title} over to ${newOwner(item)}`;
  }
}

const nameOf = (userId: string, item: NotificationRecord): string =>
  userId === item.userId ? 'you' : (item.names[userId] ?? 'somebody');

function everybody(item: NotificationRecord, say: (person: RoleChange, name: string) => string): string {
  const { named, total } = item.members ?? { named: [], total: 0 };
  const said = named.map((person) => say(person, nameOf(person.userId, item)));
  const others = total - named.length;
  if (others > 0) said.push(others === 1 ? '1 other' : `${others} others`);
  return said.length > 1 ? `${said.slice(0, -1).join(', ')} and ${said.at(-1)}` : (said[0] ?? 'somebody');
}

function revoked(item: NotificationRecord, actor: string, title: string): string {
  const [person] = item.members?.named ?? [];
  if (!person || person.userId === item.actorId) return `${actor} left ${title}`;
  return `${actor} removed ${everybody(item, (_person, name) => name)} from ${title}`;
}

function newOwner(item: NotificationRecord): string {
  const person = item.members?.named.find(({ to }) => to === 'owner');
  return person ? nameOf(person.userId, item) : 'somebody';
}

const fieldList = (fields: string[]): string => fields.map((field) => field.replaceAll('_', ' ')).join(', ');

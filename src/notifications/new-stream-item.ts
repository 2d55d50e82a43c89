import { type Change, isMembersChange } from '../history/change.js';
import type { RoleChange } from '../permissions/member.js';
import { newId } from '../platform/database/new-id.js';
import type { NamedMembers, NotificationType } from './notification.entity.js';
import type { NewStreamItem } from './stream-item.js';

const TYPE_OF: Record<Change['kind'], NotificationType> = {
  created: 'event_created',
  updated: 'event_updated',
  split: 'event_updated',
  rolled_back: 'event_rolled_back',
  deleted: 'event_deleted',
  restored: 'event_restored',
  shared: 'event_shared',
  role_changed: 'role_changed',
  revoked: 'access_revoked',
  ownership_transferred: 'ownership_transferred',
  invited: 'invitations_changed',
  invitation_changed: 'invitations_changed',
  invitation_revoked: 'invitations_changed',
  invitation_accepted: 'event_shared',
};

/** Members named in one item besides its recipient. */
const MAX_NAMED = 3;

/**
 * Returns the recipients of a change: the members of its event after it, and each person whose role it changed. A member
 * whose access is revoked receives one last item.
 */
export function listRecipients(change: Change, memberIds: Iterable<string>): string[] {
  const affected = isMembersChange(change) ? change.members.map(({ userId }) => userId) : [];
  return [...new Set([...memberIds, ...affected])];
}

/**
 * Returns the item with which one recipient hears of a change.
 * @param summary what the actor did, the same for every recipient
 */
export function newStreamItem(change: Change, userId: string, summary: string | null): NewStreamItem {
  const members = isMembersChange(change) ? change.members : null;
  return {
    id: newId(),
    userId,
    type: typeOf(change),
    eventId: change.eventId,
    eventTitle: change.eventTitle,
    version: change.version,
    actorId: change.actorId,
    changed: isMembersChange(change) ? ['permissions'] : change.changed,
    members: members && nameMembers(members, userId),
    summary,
    createdAt: change.at,
    // Your own actions are read from the start.
    readAt: change.actorId === userId ? change.at : null,
  };
}

function typeOf(change: Change): NotificationType {
  // For its members, the tail of a split is a new event.
  if (change.kind === 'split' && change.version === 1) return 'event_created';
  // A member accepted an invitation with a higher role.
  const isHigherRole = change.kind === 'invitation_accepted' && change.members.every(({ from }) => from !== null);
  return isHigherRole ? 'role_changed' : TYPE_OF[change.kind];
}

function nameMembers(members: RoleChange[], recipientId: string): NamedMembers {
  const recipient = members.filter((member) => member.userId === recipientId);
  const others = members.filter((member) => member.userId !== recipientId).slice(0, MAX_NAMED);
  return { named: [...recipient, ...others], total: members.length };
}

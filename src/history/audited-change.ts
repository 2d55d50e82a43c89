import type { AuditEntry, AuditKind } from '../audit/audit-kinds.js';
import { type Change, type ContentKind, isMembersChange } from './change.js';

const KINDS: Record<ContentKind, AuditKind> = {
  created: 'event_created',
  updated: 'event_updated',
  rolled_back: 'event_rolled_back',
  deleted: 'event_deleted',
  restored: 'event_restored',
  split: 'event_split',
};

/** Returns the entries of the audit trail for a change: one for its content, one per person or invitation for its members. Pure. */
export function toAuditEntries(change: Change): AuditEntry[] {
  const { eventId, actorId, version } = change;
  if (!isMembersChange(change)) return [{ kind: KINDS[change.kind], actorId, eventId, details: { version } }];
  const { kind, members, invitations = [] } = change;
  return [
    ...members.map(({ userId, from, to, invitationId }) => ({
      kind,
      actorId,
      subjectId: userId === actorId ? null : userId,
      eventId,
      details: { version, from, to, ...(invitationId && { invitation: invitationId }) },
    })),
    ...invitations.map(({ invitationId, from, to }) => ({
      kind,
      actorId,
      eventId,
      details: { version, from, to, invitation: invitationId },
    })),
  ];
}

import { Injectable } from '@nestjs/common';
import { newId } from '../platform/database/new-id.js';
import { counted } from '../problems/counted.js';
import { AccountTokens, tokenHash } from '../auth/account-tokens.js';
import type { MemberKind } from '../history/change.js';
import { Changes } from '../history/changes.js';
import { type LockedEvent, nextEntryTime } from '../history/event-lock.js';
import { Mails } from '../mail/mails.js';
import type { InvitationChange } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../problems/problem.js';
import { invitationLetter } from './invitation-mail.js';
import { type Invitation, InvitationsRepository } from './invitations.repository.js';

const DAY_MS = 86_400_000;
/** An address that is invited to the same event again within this time is sent no other mail. */
const RESEND_MS = 3_600_000;

/** The only place that writes invitations by e-mail. It records each change together with its history, and sends mails. */
@Injectable()
export class InvitationsWriter {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly changes: Changes,
    private readonly tokens: AccountTokens,
    private readonly mails: Mails,
    private readonly config: Config,
  ) {}

  /**
   * Invites addresses to a locked event. The caller has checked that the actor may do so. An address that is invited
   * already gets the new role and, after an hour, another mail, whose link replaces the earlier one.
   * @param living the invitations of the event
   * @returns the invitations of these addresses
   * @throws Problem too_many_people
   */
  write(
    tx: Transaction,
    locked: LockedEvent,
    actor: Actor,
    wanted: { email: string; role: Role }[],
    living: Invitation[],
  ): Invitation[] {
    const existing = new Map(living.map((invitation) => [invitation.email.toLowerCase(), invitation]));
    const pairs = wanted.map(({ email, role }) => {
      const before = existing.get(email.toLowerCase()) ?? null;
      return { before, after: this.toInvitation(tx, locked, actor, { email, role }, before) };
    });
    const added = pairs.filter(({ before }) => before === null);
    this.refuseTooMany(locked.members.length + living.length, added.length);
    const stored = pairs.filter(({ before, after }) => before !== after);
    this.invitations.store(
      tx,
      locked.event.id,
      stored.map(({ after }) => after),
    );
    const replaced = stored.filter(({ before, after }) => before && before.tokenHash !== after.tokenHash);
    this.invitations.endLinks(
      tx,
      replaced.map(({ before }) => before!.tokenHash),
    );
    const changed = pairs.filter(({ before, after }) => before !== null && before.role !== after.role);
    const invited = this.record(tx, locked, actor, 'invited', added.map(toChange));
    this.record(tx, invited, actor, 'invitation_changed', changed.map(toChange));
    return pairs.map(({ after }) => after);
  }

  /** Revokes an invitation to a locked event: its link accepts nothing from then on. */
  revoke(tx: Transaction, locked: LockedEvent, actor: Actor, invitation: Invitation): void {
    this.invitations.remove(tx, locked.event.id, invitation);
    const { id: invitationId, role: from } = invitation;
    this.record(tx, locked, actor, 'invitation_revoked', [{ invitationId, from, to: null }]);
  }

  /** Returns the invitation after this call, and queues its mail. The same object when nothing changes. */
  private toInvitation(
    tx: Transaction,
    { event }: LockedEvent,
    actor: Actor,
    { email, role }: { email: string; role: Role },
    before: Invitation | null,
  ): Invitation {
    const now = new Date();
    if (before && now.getTime() - before.sentAt.getTime() < RESEND_MS) {
      return before.role === role ? before : { ...before, role };
    }
    const days = this.config.values.invitationDays;
    const expiresAt = new Date(now.getTime() + days * DAY_MS);
    // To the address as it was first invited: another spelling may only look the same.
    const recipient = before?.email ?? email;
    const token = this.tokens.issue(tx, 'invitation', null, recipient, (days * DAY_MS) / 1_000);
    const about = { title: event.title, inviter: actor.username, days };
    this.mails.queue(tx, invitationLetter({ email: recipient, role }, about, this.mails.link('invitation', token)));
    return {
      id: before?.id ?? newId(),
      email: recipient,
      role,
      invitedBy: { id: actor.userId, username: actor.username },
      invitedAt: before?.invitedAt ?? now,
      sentAt: now,
      expiresAt,
      tokenHash: tokenHash(token),
    };
  }

  private refuseTooMany(count: number, added: number): void {
    const { maxPeople } = this.config.values;
    if (added === 0 || count + added <= maxPeople) return;
    const detail = `An event has at most ${counted(maxPeople, 'member')} and invitations.`;
    throw new Problem('too_many_people', { detail });
  }

  private record(
    tx: Transaction,
    locked: LockedEvent,
    actor: Actor,
    kind: MemberKind,
    invitations: InvitationChange[],
  ): LockedEvent {
    if (invitations.length === 0) return locked;
    const { id: eventId, title: eventTitle, version } = locked.event;
    const at = nextEntryTime(locked);
    const actorId = actor.userId;
    this.changes.record(tx, {
      kind,
      eventId,
      eventTitle,
      version,
      actorId,
      at,
      comment: null,
      members: [],
      invitations,
    });
    return { ...locked, lastEntryAt: at };
  }
}

const toChange = ({ before, after }: { before: Invitation | null; after: Invitation }): InvitationChange => ({
  invitationId: after.id,
  from: before?.role ?? null,
  to: after.role,
});

import { Injectable } from '@nestjs/common';
import { tokenHash, unusable } from '../auth/account-tokens.js';
import { EmailAddressesService } from '../auth/email-addresses.service.js';
import { EventLock } from '../history/event-lock.js';
import { can, type Role } from '../permissions/role.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { Problem } from '../problems/problem.js';
import { UsersService } from '../users/users.service.js';
import { type InvitationName, type Invited, InvitationsRepository } from './invitations.repository.js';
import { MembersWriter } from './members-writer.js';

/** Invitations that become roles when an address is confirmed. The links of the others go on working. */
const MAX_AT_ONCE = 100;

/** A role that somebody got, or had already. */
export interface AcceptedRole {
  eventId: string;
  role: Role;
}

/**
 * Turns invitations by e-mail into roles: of people who prove that they receive mails at the invited address, never of
 * those who only name it.
 */
@Injectable()
export class AcceptInvitationsService {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly members: MembersWriter,
    private readonly locks: EventLock,
    private readonly users: UsersService,
    private readonly transactions: Transactions,
    emails: EmailAddressesService,
  ) {
    emails.verified.on((tx, userId) => this.acceptAll(tx, userId));
  }

  /**
   * Accepts the invitation of a mail, for the account that has confirmed the address.
   * @throws Problem validation_failed when the invitation was accepted or revoked, has expired, or its event is deleted;
   *   address_not_confirmed, too_many_people
   */
  async accept(origin: RequestOrigin, token: string): Promise<AcceptedRole[]> {
    const hash = tokenHash(token);
    return this.transactions.run(origin, async (tx) => {
      const [invited, names] = await Promise.all([
        this.invitations.lockInvited(tx, hash),
        this.invitations.listByLink(tx, hash),
      ]);
      if (names.length === 0) throw unusable();
      if (!invited) throw new Problem('address_not_confirmed');
      const accepted: AcceptedRole[] = [];
      for (const name of names) {
        const role = await this.acceptOne(tx, invited, name);
        if (role) accepted.push({ eventId: name.eventId, role });
      }
      if (accepted.length === 0) throw unusable();
      return accepted;
    });
  }

  /** Accepts every invitation to an address that has just been confirmed. An event that is full keeps its invitation. */
  private async acceptAll(tx: Transaction, userId: string): Promise<void> {
    const names = await this.invitations.listOf(tx, userId, MAX_AT_ONCE);
    if (names.length === 0) return;
    const username = (await this.users.usernames([userId], tx)).get(userId)!;
    for (const name of names) {
      try {
        await this.acceptOne(tx, { userId, username }, name);
      } catch (error) {
        // Nothing of it was written.
        if (!(error instanceof Problem && error.code === 'too_many_people')) throw error;
      }
    }
  }

  /** Returns the role of the person afterwards; null when there is nothing to accept. A role is never lowered. */
  private async acceptOne(tx: Transaction, invited: Invited, { eventId, id }: InvitationName): Promise<Role | null> {
    const [locked, invitation] = await Promise.all([
      this.locks.lock(tx, eventId),
      this.invitations.find(tx, eventId, id),
    ]);
    if (!locked || locked.event.deletedAt || !invitation) return null;
    const { userId, username } = invited;
    const { role: to, invitedBy } = invitation;
    const from = locked.members.find((member) => member.userId === userId)?.role ?? null;
    if (from === null || !isAtLeast(from, to)) {
      const change = { userId, from, to, invitationId: id, grantedBy: invitedBy.id };
      const usernames = new Map([
        [userId, username],
        [invitedBy.id, invitedBy.username],
      ]);
      this.members.write(tx, locked, toActor(tx, invited), 'invitation_accepted', [change], { usernames });
      this.invitations.remove(tx, eventId, invitation);
      return to;
    }
    this.invitations.remove(tx, eventId, invitation);
    return from;
  }
}

const isAtLeast = (role: Role, other: Role): boolean => other === 'viewer' || can(role, 'edit');

/** Returns the invited person as an actor without a session. */
const toActor = ({ origin }: Transaction, { userId, username }: Invited): Actor => ({
  userId,
  username,
  sessionId: userId,
  isAdmin: false,
  timeZone: 'UTC',
  origin,
});

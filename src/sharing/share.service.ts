import { Injectable } from '@nestjs/common';
import { counted } from '../problems/counted.js';
import { EventLock } from '../history/event-lock.js';
import { Mails } from '../mail/mails.js';
import type { Member } from '../permissions/member.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { type FieldError, invalid, invalidValues } from '../problems/problem.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { type Invitation, InvitationsRepository } from './invitations.repository.js';
import { InvitationsWriter } from './invitations-writer.js';
import { MembersWriter } from './members-writer.js';
import { type AddressRules, resolveShareRequests, type ShareRequest } from './share-request.js';

/** The members of an event that was shared, and the invitations of the addresses that it was shared with. */
export interface SharedEvent {
  members: Member[];
  invitations: Invitation[];
}

/** Shares events: people get a role, addresses an invitation. */
@Injectable()
export class ShareService {
  private readonly rules: AddressRules;
  private readonly maxShare: number;

  constructor(
    private readonly locks: EventLock,
    private readonly members: MembersWriter,
    private readonly invitations: InvitationsRepository,
    private readonly inviting: InvitationsWriter,
    private readonly users: UsersService,
    private readonly transactions: Transactions,
    mails: Mails,
    { values }: Config,
  ) {
    this.rules = { arePrivate: values.userLookup !== 'email', canInvite: mails.areOn };
    this.maxShare = values.maxShare;
  }

  /**
   * Shares an event with several people, all or nothing: an unknown person or an invalid role rejects the whole call,
   * with a pointer for each. Sharing again changes the role. An e-mail address is invited, so that nobody learns whether
   * an account has it; if addresses are no secret, only one that no account has confirmed.
   * @param known errors of requests that are not checked further
   * @throws Problem validation_failed, too_many_people, not_found, forbidden
   */
  async share(actor: Actor, eventId: string, requests: ShareRequest[], known: FieldError[] = []): Promise<SharedEvent> {
    return this.transactions.run(actor.origin, async (tx) => {
      const mayInvite = requests.some(({ email }) => email !== undefined);
      const [found, locked, living] = await Promise.all([
        this.findPeople(tx, requests),
        this.locks.lockFor(tx, actor, eventId, 'share'),
        mayInvite ? this.invitations.list(tx, eventId) : [],
      ]);
      const { people, addresses, errors } = resolveShareRequests(requests, found, known, locked.ownerId, this.rules);
      if (errors.length > 0) throw invalidValues(errors);
      const roles = new Map(locked.members.map(({ userId, role }) => [userId, role]));
      const wanted = people.map(({ userId, role }) => ({ userId, from: roles.get(userId) ?? null, to: role }));
      const added = wanted.filter(({ from }) => from === null);
      const changed = wanted.filter(({ from, to }) => from !== null && from !== to);
      const usernames = new Map(found.flatMap((user) => (user ? [[user.id, user.username]] : [])));
      const shared = this.members.write(tx, locked, actor, 'shared', added, { usernames });
      const after = this.members.write(tx, shared, actor, 'role_changed', changed);
      return { members: after.members, invitations: this.inviting.write(tx, after, actor, addresses, living) };
    });
  }

  /** Returns the users in the order of the requests. Private addresses are not looked up: their time reveals nothing. */
  private findPeople(tx: Transaction, requests: ShareRequest[]): Promise<(User | null)[]> {
    if (requests.length > this.maxShare) {
      throw invalid({
        pointer: '/users',
        code: 'too_many',
        message: `At most ${counted(this.maxShare, 'person', 'people')} per call.`,
      });
    }
    const { arePrivate } = this.rules;
    const names = requests.map(({ userId, username, email }) => ({
      userId,
      username,
      email: arePrivate ? undefined : email,
    }));
    return this.users.findAll(tx, names);
  }
}

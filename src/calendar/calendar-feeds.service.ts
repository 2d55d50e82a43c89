import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { ErasureService } from '../auth/erasure.service.js';
import type { Role } from '../permissions/role.js';
import { newId } from '../platform/database/new-id.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid, notFound, Problem } from '../problems/problem.js';
import type { FeedKind } from './calendar-feed.entity.js';
import { CalendarFeedsRepository, type ListedFeed } from './calendar-feeds.repository.js';

export const MAX_FEEDS_PER_PERSON = 20;

const SECRET_BYTES = 32;

export interface NewFeed {
  name: string | null;
  kind: FeedKind;
  role: Role | null;
}

/** A feed with its secret, which is returned once and not stored. */
export interface FeedWithSecret extends ListedFeed {
  secret: string;
}

/** The secret links of people to which calendar applications subscribe: made, rotated and revoked. */
@Injectable()
export class CalendarFeeds {
  constructor(
    private readonly feeds: CalendarFeedsRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
    erasures: ErasureService,
  ) {
    // From the erasure on they are dead already: `findLive` reads the account as well.
    erasures.erased.on((userId, origin) => this.transactions.run(origin, (tx) => this.endAll(tx, userId)));
  }

  list(actor: Actor): Promise<ListedFeed[]> {
    return this.feeds.list(actor.userId);
  }

  /** @throws Problem validation_failed when the person has the largest number of feeds */
  make(actor: Actor, { name, kind, role }: NewFeed): Promise<FeedWithSecret> {
    const secret = newSecret();
    return this.transactions.run(actor.origin, async (tx) => {
      const count = await this.feeds.lockAndCount(tx, actor.userId);
      if (count === null) throw new Problem('unauthenticated');
      if (count >= MAX_FEEDS_PER_PERSON) {
        const message = `You have ${MAX_FEEDS_PER_PERSON} feeds. Revoke one that you no longer need.`;
        throw invalid({ pointer: '', code: 'too_many', message });
      }
      const listed = { id: newId(), name, kind, role, createdAt: new Date(), rotatedAt: null, lastUsedAt: null };
      this.feeds.insert(tx, { ...listed, userId: actor.userId, secretHash: secretHash(secret) });
      this.audit.record(tx, [
        { kind: 'feed_made', actorId: actor.userId, details: { feed: listed.id, content: kind } },
      ]);
      return { ...listed, secret };
    });
  }

  /** Replaces the secret of a feed. The old one is dead at once. @throws Problem not_found */
  rotate(actor: Actor, id: string): Promise<FeedWithSecret> {
    const secret = newSecret();
    return this.transactions.run(actor.origin, async (tx) => {
      const feed = await this.feeds.rotate(tx, actor.userId, id, secretHash(secret));
      if (!feed) throw notFound();
      this.audit.record(tx, [{ kind: 'feed_rotated', actorId: actor.userId, details: { feed: id } }]);
      return { ...feed, secret };
    });
  }

  /** @throws Problem not_found */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.transactions.run(actor.origin, async (tx) => {
      if ((await this.remove(tx, actor.userId, id)) === 0) throw notFound();
    });
  }

  /** Revokes all feeds of the actor. */
  async revokeAll(actor: Actor): Promise<void> {
    await this.transactions.run(actor.origin, (tx) => this.remove(tx, actor.userId, null));
  }

  /** Ends the feeds of an account that ends. The entry of the audit trail is that of the account. */
  async endAll(tx: Transaction, userId: string): Promise<void> {
    await this.feeds.remove(tx, userId, null);
  }

  private async remove(tx: Transaction, userId: string, id: string | null): Promise<number> {
    const removed = await this.feeds.remove(tx, userId, id);
    this.audit.record(
      tx,
      removed.map((feed) => ({ kind: 'feed_revoked' as const, actorId: userId, details: { feed } })),
    );
    return removed.length;
  }
}

const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

/** Returns what is stored of the secret of a feed. */
export const secretHash = (secret: string): Buffer => createHash('sha256').update(secret).digest();

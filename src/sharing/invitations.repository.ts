import { Injectable } from '@nestjs/common';
import type { Role } from '../permissions/role.js';
import { Database, type Queryable } from '../platform/database/database.js';
import { insertInto } from '../platform/database/insert-into.js';
import type { Transaction } from '../platform/database/transaction.js';

/** An invitation that can be accepted. */
export interface Invitation {
  id: string;
  email: string;
  role: Role;
  invitedBy: { id: string; username: string };
  invitedAt: Date;
  sentAt: Date;
  expiresAt: Date;
  tokenHash: Buffer;
}

/** The account that may accept an invitation. */
export interface Invited {
  userId: string;
  username: string;
}

/** An invitation and its event. */
export interface InvitationName {
  eventId: string;
  id: string;
}

const COLUMNS = {
  event_id: 'uuid',
  id: 'uuid',
  email: 'citext',
  role: 'text',
  token_hash: 'bytea',
  invited_by: 'uuid',
  invited_at: 'timestamptz',
  sent_at: 'timestamptz',
  expires_at: 'timestamptz',
};

/** Of the same address on the same event: an earlier one that has expired, or the one that is sent again. */
const REPLACE = `ON CONFLICT (event_id, email) DO UPDATE
  SET id = excluded.id, role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by,
      invited_at = excluded.invited_at, sent_at = excluded.sent_at, expires_at = excluded.expires_at`;
const insertInvitations = insertInto('event_invitations', COLUMNS, REPLACE);

const INVITATION = `
  SELECT i.id, i.email, i.role, i.invited_at AS "invitedAt", i.sent_at AS "sentAt", i.expires_at AS "expiresAt",
         i.token_hash AS "tokenHash", jsonb_build_object('id', u.id, 'username', u.username) AS "invitedBy"
    FROM event_invitations i JOIN users u ON u.id = i.invited_by
   WHERE i.event_id = $1 AND i.expires_at > clock_timestamp()`;

/** The account has proved that it receives mails at its address, and no other account holds that. */
const HAS_PROVED = `u.holds_email AND u.email_verified_at IS NOT NULL AND u.erased_at IS NULL AND u.disabled_at IS NULL`;

/** Reads and writes `event_invitations`. Every write needs the lock of the event. */
@Injectable()
export class InvitationsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the invitations of an event that can be accepted, oldest first. */
  list(queries: Queryable, eventId: string): Promise<Invitation[]> {
    return queries.query<Invitation>(`${INVITATION} ORDER BY i.invited_at, i.email`, [eventId]);
  }

  /** Returns an invitation; null when it was accepted or revoked, or has expired. */
  async find(tx: Transaction, eventId: string, id: string): Promise<Invitation | null> {
    const [row] = await tx.query<Invitation>(`${INVITATION} AND i.id = $2`, [eventId, id]);
    return row ?? null;
  }

  /** Stores new invitations, and those that changed. */
  store(tx: Transaction, eventId: string, invitations: Invitation[]): void {
    if (invitations.length === 0) return;
    const rows = invitations.map(({ id, email, role, tokenHash, invitedBy, invitedAt, sentAt, expiresAt }) => ({
      event_id: eventId,
      id,
      email,
      role,
      token_hash: `\\x${tokenHash.toString('hex')}`,
      invited_by: invitedBy.id,
      invited_at: invitedAt,
      sent_at: sentAt,
      expires_at: expiresAt,
    }));
    tx.write(...insertInvitations(rows));
  }

  remove(tx: Transaction, eventId: string, { id, tokenHash }: Pick<Invitation, 'id' | 'tokenHash'>): void {
    tx.write(`DELETE FROM event_invitations WHERE event_id = $1 AND id = $2`, [eventId, id]);
    this.endLinks(tx, [tokenHash]);
  }

  /** Ends links of mails, unless the other part of a series that was split has the same one. */
  endLinks(tx: Transaction, hashes: Buffer[]): void {
    if (hashes.length === 0) return;
    tx.write(
      `DELETE FROM account_tokens t WHERE t.hash = ANY($1) AND t.purpose = 'invitation'
          AND NOT EXISTS (SELECT FROM event_invitations i WHERE i.token_hash = t.hash)`,
      [hashes],
    );
  }

  /** Copies the invitations to the head of a split series to its tail, with their links. */
  copy(tx: Transaction, fromEventId: string, toEventId: string): void {
    tx.write(
      `INSERT INTO event_invitations (event_id, id, email, role, token_hash, invited_by, invited_at, sent_at, expires_at)
       SELECT $2, id, email, role, token_hash, invited_by, invited_at, sent_at, expires_at
         FROM event_invitations WHERE event_id = $1`,
      [fromEventId, toEventId],
    );
  }

  /** Returns the invitations with this link, by event. */
  listByLink(tx: Transaction, hash: Buffer): Promise<InvitationName[]> {
    return tx.query(
      `SELECT event_id AS "eventId", id FROM event_invitations
        WHERE token_hash = $1 AND expires_at > clock_timestamp() ORDER BY event_id`,
      [hash],
    );
  }

  /** Returns the invitations to the address of an account that has proved to receive its mails, by event. */
  listOf(tx: Transaction, userId: string, limit: number): Promise<InvitationName[]> {
    return tx.query(
      `SELECT i.event_id AS "eventId", i.id FROM users u JOIN event_invitations i ON i.email = u.email
        WHERE u.id = $1 AND ${HAS_PROVED} AND i.expires_at > clock_timestamp() ORDER BY i.event_id LIMIT $2`,
      [userId, limit],
    );
  }

  /** Returns the account that has proved to receive the mails with this link, and locks it; null when there is none. */
  async lockInvited(tx: Transaction, hash: Buffer): Promise<Invited | null> {
    const [row] = await tx.query<Invited>(
      `SELECT u.id AS "userId", u.username FROM users u
        WHERE u.email = (SELECT email FROM event_invitations WHERE token_hash = $1 LIMIT 1) AND ${HAS_PROVED}
          FOR NO KEY UPDATE`,
      [hash],
    );
    return row ?? null;
  }

  /** Deletes invitations that have expired, and those to events that were removed from the trash. */
  async prune(): Promise<void> {
    await this.database.query(
      `DELETE FROM event_invitations i WHERE i.expires_at < now()
          OR EXISTS (SELECT FROM events e WHERE e.id = i.event_id AND e.purged_at IS NOT NULL)`,
    );
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const kinds = (added: string): string => `'shared', 'role_changed', 'revoked', 'ownership_transferred'${added}`;
const INVITATION_KINDS = `, 'invited', 'invitation_changed', 'invitation_revoked', 'invitation_accepted'`;

const types = (added: string): string =>
  `'event_created', 'event_updated', 'event_rolled_back', 'event_deleted', 'event_restored', 'event_shared', 'role_changed', 'access_revoked', 'ownership_transferred'${added}`;

const purposes = (added: string): string =>
  `'password_reset', 'email_verification', 'email_change', 'email_release'${added}`;

/** Replaces a check by one that allows more, or the same as before. */
const replaceCheck = (table: string, name: string, condition: string): string => `
  ALTER TABLE ${table} DROP CONSTRAINT ${name};
  ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${condition}) NOT VALID;
  ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`;

/**
 * The functions that read roles from history. An element without a person is an invitation; a role that was accepted was
 * granted by the person who invited.
 */
const readRoles = ({ record, people, grantedBy }: { record: string; people: string; grantedBy: string }): string => `
  CREATE OR REPLACE FUNCTION members_at(event uuid, moment timestamptz, before bigint)
  RETURNS TABLE (user_id uuid, role text, granted_by uuid, granted_at timestamptz) LANGUAGE plpgsql STABLE AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM event_versions v WHERE v.event_id = event AND v.version = 1 AND v.created_at <= moment) THEN
      RETURN;
    END IF;
    RETURN QUERY
      WITH latest AS (
        SELECT DISTINCT ON (m."userId") m."userId" AS member, m."to" AS given, ${grantedBy} AS actor_id, c.created_at
          FROM member_changes c CROSS JOIN jsonb_to_recordset(c.members) AS m (${record})
         WHERE c.event_id = event AND c.created_at <= moment AND c.position < before${people}
         ORDER BY m."userId", c.position DESC)
      SELECT l.member, l.given, l.actor_id, l.created_at::timestamptz FROM latest l WHERE l.given IS NOT NULL
      UNION ALL
      SELECT b.* FROM members_at_birth(event) b WHERE NOT EXISTS (SELECT FROM latest l WHERE l.member = b.user_id);
  END $$;

  CREATE OR REPLACE FUNCTION require_role_in_history(event uuid, person uuid) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    recorded record;
    stored record;
  BEGIN
    SELECT m."to" AS role, ${grantedBy} AS granted_by, c.created_at AS granted_at INTO recorded
      FROM member_changes c CROSS JOIN jsonb_to_recordset(c.members) AS m (${record})
     WHERE c.event_id = event AND m."userId" = person ORDER BY c.position DESC LIMIT 1;
    IF NOT FOUND THEN
      SELECT b.role, b.granted_by, b.granted_at INTO recorded FROM members_at_birth(event) b WHERE b.user_id = person;
    END IF;
    SELECT p.role, p.granted_by, p.granted_at INTO stored
      FROM event_permissions p WHERE p.event_id = event AND p.user_id = person;
    IF recorded.role IS DISTINCT FROM stored.role
       OR stored.role IS NOT NULL
          AND (recorded.granted_by, recorded.granted_at) IS DISTINCT FROM (stored.granted_by, stored.granted_at)
    THEN
      RAISE EXCEPTION 'the role of % on event % is not the one in its history', person, event
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END $$;`;

/** Invitations by e-mail: a role that waits for the person who receives mails at an address. */
export class Invitations20261129100000 implements MigrationInterface {
  name = 'Invitations20261129100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE event_invitations (
        event_id uuid NOT NULL,
        id uuid NOT NULL,
        email citext NOT NULL,
        role text NOT NULL,
        token_hash bytea NOT NULL,
        invited_by uuid NOT NULL,
        invited_at timestamptz(3) NOT NULL,
        sent_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT event_invitations_pkey PRIMARY KEY (event_id, id),
        CONSTRAINT event_invitations_event_id_email_key UNIQUE (event_id, email),
        CONSTRAINT event_invitations_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
        CONSTRAINT event_invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users (id),
        CONSTRAINT event_invitations_role_check CHECK (role IN ('viewer', 'editor')));
      COMMENT ON COLUMN event_invitations.id IS 'The same on both parts of a series that was split.';
      COMMENT ON COLUMN event_invitations.email IS 'Only here: history, the audit trail and streams name the id.';
      COMMENT ON COLUMN event_invitations.token_hash IS 'Of the link in the last mail; see account_tokens.';
      CREATE INDEX event_invitations_email_idx ON event_invitations (email);
      CREATE INDEX event_invitations_token_hash_idx ON event_invitations (token_hash);
      CREATE INDEX event_invitations_expires_at_idx ON event_invitations (expires_at)`);
    await runner.query(
      replaceCheck('member_changes', 'member_changes_kind_check', `kind IN (${kinds(INVITATION_KINDS)})`),
    );
    await runner.query(
      replaceCheck('notifications', 'notifications_type_check', `type IN (${types(`, 'invitations_changed'`)})`),
    );
    await runner.query(
      replaceCheck('account_tokens', 'account_tokens_purpose_check', `purpose IN (${purposes(`, 'invitation'`)})`),
    );
    await runner.query(`
      COMMENT ON COLUMN account_tokens.user_id IS
        'NULL for an invitation, and when nobody has the address: then the row is written so that the request takes as long.'`);
    await runner.query(
      readRoles({
        record: '"userId" uuid, "to" text, "grantedBy" uuid',
        people: ' AND m."userId" IS NOT NULL',
        grantedBy: 'coalesce(m."grantedBy", c.actor_id)',
      }),
    );
  }

  /** Fails while history contains an invitation, which servers of earlier releases cannot read. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(replaceCheck('member_changes', 'member_changes_kind_check', `kind IN (${kinds('')})`));
    await runner.query(readRoles({ record: '"userId" uuid, "to" text', people: '', grantedBy: 'c.actor_id' }));
    await runner.query(replaceCheck('notifications', 'notifications_type_check', `type IN (${types('')})`));
    await runner.query(`DELETE FROM account_tokens WHERE purpose = 'invitation'`);
    await runner.query(replaceCheck('account_tokens', 'account_tokens_purpose_check', `purpose IN (${purposes('')})`));
    await runner.query(`
      COMMENT ON COLUMN account_tokens.user_id IS
        'NULL when nobody has the address: the row is written so that the request takes as long.'`);
    await runner.query('DROP TABLE event_invitations');
  }
}

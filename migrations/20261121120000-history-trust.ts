import { createHash } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** History that nobody rewrites: a chain of hashes, triggers and grants; people stand under the same rule as content. */
export class HistoryTrust20261121120000 implements MigrationInterface {
  name = 'HistoryTrust20261121120000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_versions ADD COLUMN hash bytea`);
    await runner.query(`ALTER TABLE people_changes ADD COLUMN hash bytea`);
    await chainWhatIsThere(runner);
    for (const table of ['event_versions', 'people_changes']) {
      await runner.query(`
        ALTER TABLE ${table} ALTER COLUMN hash SET NOT NULL,
          ADD CONSTRAINT ${table}_hash_check CHECK (octet_length(hash) = 32)`);
    }
    // The state at a moment: the newest version up to it.
    await runner.query(`CREATE INDEX event_versions_created_at_idx ON event_versions (event_id, created_at)`);
    await refuseRewriting(runner);
    await tellPeopleOfAnyMoment(runner);
    await demandHistoryOfPeople(runner);
    await runner.query(IS_SNAPSHOT_OF);
    await runner.query(versionTrigger(SNAPSHOT_CHECK));
    await demandEventOfVersion(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`GRANT ALL ON event_versions, people_changes TO CURRENT_USER`);
    await runner.query(versionTrigger(''));
    await runner.query(`DROP TRIGGER event_permissions_told_by_history ON event_permissions`);
    await runner.query(`DROP TRIGGER people_changes_told_by_permissions ON people_changes`);
    await runner.query(`DROP TRIGGER event_versions_require_event ON event_versions`);
    for (const table of ['event_versions', 'people_changes']) {
      await runner.query(`DROP TRIGGER ${table}_never_rewritten ON ${table}`);
      await runner.query(`ALTER TABLE ${table} DROP COLUMN hash`);
    }
    await runner.query(`DROP INDEX event_versions_created_at_idx`);
    await runner.query(`
      DROP FUNCTION refuse_rewriting(), require_history_of_permission(), require_permissions_of_change(),
        require_event_of_version(), require_role_in_history(uuid, uuid), people_at_birth(uuid),
        people_at(uuid, timestamptz, bigint), is_snapshot_of(jsonb, events)`);
  }
}

/**
 * Whatever the role, and whoever calls: also the owner of the tables, a superuser, and replication. The revoked rights
 * say the same to the owner itself, who would first have to grant them to itself again.
 */
async function refuseRewriting(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'history is never rewritten: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$`);
  for (const table of ['event_versions', 'people_changes']) {
    await runner.query(`
      CREATE TRIGGER ${table}_never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`);
    await runner.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_never_rewritten`);
    await runner.query(`REVOKE UPDATE, DELETE, TRUNCATE ON ${table} FROM PUBLIC, CURRENT_USER`);
  }
}

/** Who was on an event: as it began, and at any moment (or place in history) after that. */
async function tellPeopleOfAnyMoment(runner: QueryRunner): Promise<void> {
  const people = 'RETURNS TABLE (user_id uuid, role text, granted_by uuid, granted_at timestamptz) LANGUAGE plpgsql';
  await runner.query(`
    CREATE FUNCTION people_at_birth(event uuid) ${people} STABLE AS $$
    DECLARE
      birth event_versions;
    BEGIN
      SELECT * INTO birth FROM event_versions v WHERE v.event_id = event AND v.version = 1;
      IF birth.kind = 'split' THEN
        -- The tail of a series begins with the people of its head.
        RETURN QUERY
          SELECT head.* FROM events e
            JOIN event_versions cut ON cut.event_id = e.split_from AND cut.version = e.split_from_version
            CROSS JOIN people_at(e.split_from, 'infinity', cut.position) head
           WHERE e.id = event;
      ELSIF birth.event_id IS NOT NULL THEN
        RETURN QUERY SELECT birth.author_id, 'owner', birth.author_id, birth.created_at::timestamptz;
      END IF;
    END $$`);
  await runner.query(`
    CREATE FUNCTION people_at(event uuid, moment timestamptz, before bigint) ${people} STABLE AS $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM event_versions v
                      WHERE v.event_id = event AND v.version = 1 AND v.created_at <= moment) THEN
        RETURN;
      END IF;
      RETURN QUERY
        WITH told AS (
          SELECT DISTINCT ON (p."userId") p."userId" AS person, p."to" AS given, c.actor_id, c.created_at
            FROM people_changes c CROSS JOIN jsonb_to_recordset(c.people) AS p ("userId" uuid, "to" text)
           WHERE c.event_id = event AND c.created_at <= moment AND c.position < before
           ORDER BY p."userId", c.position DESC)
        SELECT t.person, t.given, t.actor_id, t.created_at::timestamptz FROM told t WHERE t.given IS NOT NULL
        UNION ALL
        SELECT b.* FROM people_at_birth(event) b WHERE NOT EXISTS (SELECT 1 FROM told t WHERE t.person = b.user_id);
    END $$`);
}

/** At COMMIT the role that somebody has must be the one that history tells last, by the same hand and at the same time. */
async function demandHistoryOfPeople(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION require_role_in_history(event uuid, person uuid) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      told record;
      stored record;
    BEGIN
      SELECT p."to" AS role, c.actor_id AS granted_by, c.created_at AS granted_at INTO told
        FROM people_changes c CROSS JOIN jsonb_to_recordset(c.people) AS p ("userId" uuid, "to" text)
       WHERE c.event_id = event AND p."userId" = person ORDER BY c.position DESC LIMIT 1;
      IF NOT FOUND THEN
        SELECT b.role, b.granted_by, b.granted_at INTO told FROM people_at_birth(event) b WHERE b.user_id = person;
      END IF;
      SELECT p.role, p.granted_by, p.granted_at INTO stored
        FROM event_permissions p WHERE p.event_id = event AND p.user_id = person;
      IF told.role IS DISTINCT FROM stored.role
         OR stored.role IS NOT NULL AND (told.granted_by, told.granted_at) IS DISTINCT FROM (stored.granted_by, stored.granted_at)
      THEN
        RAISE EXCEPTION 'the role of % on event % is not the one that its history tells', person, event
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
    END $$`);
  await runner.query(`
    CREATE FUNCTION require_history_of_permission() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP <> 'INSERT' THEN
        PERFORM require_role_in_history(OLD.event_id, OLD.user_id);
      END IF;
      IF TG_OP <> 'DELETE' THEN
        PERFORM require_role_in_history(NEW.event_id, NEW.user_id);
      END IF;
      RETURN NULL;
    END $$`);
  await runner.query(`
    CREATE FUNCTION require_permissions_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM require_role_in_history(NEW.event_id, (p ->> 'userId')::uuid) FROM jsonb_array_elements(NEW.people) p;
      RETURN NULL;
    END $$`);
  await runner.query(`
    CREATE CONSTRAINT TRIGGER event_permissions_told_by_history AFTER INSERT OR UPDATE OR DELETE ON event_permissions
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_history_of_permission()`);
  await runner.query(`
    CREATE CONSTRAINT TRIGGER people_changes_told_by_permissions AFTER INSERT ON people_changes
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_permissions_of_change()`);
}

/** A version ahead of its event would stand in the way of the next change. */
async function demandEventOfVersion(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION require_event_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM events e WHERE e.id = NEW.event_id AND e.version >= NEW.version) THEN
        RAISE EXCEPTION 'version % is ahead of event %', NEW.version, NEW.event_id
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NULL;
    END $$`);
  await runner.query(`
    CREATE CONSTRAINT TRIGGER event_versions_require_event AFTER INSERT ON event_versions
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event_of_version()`);
}

const IS_SNAPSHOT_OF = `
  CREATE FUNCTION is_snapshot_of(snapshot jsonb, event events) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT snapshot ->> 'title' = event.title
      AND snapshot ->> 'description' IS NOT DISTINCT FROM event.description
      AND snapshot ->> 'location' IS NOT DISTINCT FROM event.location
      AND (snapshot ->> 'startTime')::timestamptz = event.start_time
      AND (snapshot ->> 'endTime')::timestamptz = event.end_time
      AND snapshot ->> 'localStart' = event.local_start
      AND snapshot ->> 'localEnd' = event.local_end
      AND snapshot ->> 'timeZone' = event.time_zone
      AND snapshot -> 'allDay' = to_jsonb(event.all_day)
      AND snapshot ->> 'rrule' IS NOT DISTINCT FROM event.rrule
      AND snapshot -> 'excluded' = event.excluded
      AND snapshot -> 'added' = event.added
      AND snapshot -> 'overrides' = event.overrides
      AND snapshot ->> 'showAs' = event.show_as
      AND (snapshot ->> 'deletedAt')::timestamptz IS NOT DISTINCT FROM event.deleted_at
  $$`;

/** The version says what became of the event, into the trash and out of it included. */
const SNAPSHOT_CHECK = `
        SELECT * INTO stored FROM event_versions v WHERE v.event_id = NEW.id AND v.version = NEW.version;
        IF is_snapshot_of(stored.snapshot, NEW) IS NOT TRUE THEN
          RAISE EXCEPTION 'version % of event % is not a snapshot of it', NEW.version, NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF TG_OP = 'UPDATE' AND (CASE
          WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN stored.kind <> 'deleted'
          WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN stored.kind NOT IN ('restored', 'rolled_back')
          ELSE stored.kind = 'deleted' END)
        THEN
          RAISE EXCEPTION 'version % of event % is of the wrong kind: %', NEW.version, NEW.id, stored.kind
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;`;

/** The trigger function as it was before, with a further check at the end. */
const versionTrigger = (further: string): string => `
  CREATE OR REPLACE FUNCTION require_event_version() RETURNS trigger LANGUAGE plpgsql AS $$
      ${further && 'DECLARE stored event_versions;'}
      BEGIN
        IF TG_OP = 'DELETE' THEN
          RAISE EXCEPTION 'events are never removed, only put into the trash' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['tzdata', 'first_start', 'last_end']
                              = to_jsonb(OLD) - ARRAY['tzdata', 'first_start', 'last_end'] THEN
          RETURN NULL;
        END IF;
        IF NEW.version <> (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END) THEN
          RAISE EXCEPTION 'event % was written without its next version', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM event_versions v WHERE v.event_id = NEW.id AND v.version = NEW.version) THEN
          RAISE EXCEPTION 'version % of event % is missing from its history', NEW.version, NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;${further}
        RETURN NULL;
      END $$`;

interface Row {
  is_version: boolean;
  event_id: string;
  position: number | string;
  version: number;
  kind: string;
  actor_id: string;
  at: Date;
  comment: string | null;
  changed: string[] | null;
  snapshot: unknown;
  people: unknown;
}

const CHUNK = 1_000;

/** Hashes the rows of before, each over its predecessor in the history of its event. The form is that of the server. */
async function chainWhatIsThere(runner: QueryRunner): Promise<void> {
  let last: { event: string; position: number; hash: string } | null = null;
  for (;;) {
    const rows = (await runner.query(
      `SELECT * FROM (
         SELECT true AS is_version, event_id, position, version, kind, author_id AS actor_id, created_at AS at, comment,
                changed, snapshot, NULL::jsonb AS people FROM event_versions
         UNION ALL
         SELECT false, event_id, position, version, kind, actor_id, created_at, NULL, NULL, NULL, people
           FROM people_changes) AS history
        WHERE (event_id, position) > ($1::uuid, $2::bigint)
        ORDER BY event_id, position LIMIT ${CHUNK}`,
      [last?.event ?? '00000000-0000-0000-0000-000000000000', last?.position ?? 0],
    )) as Row[];
    const hashed: { is_version: boolean; event_id: string; position: number; hash: string }[] = [];
    for (const row of rows) {
      const position = Number(row.position);
      const previous: string | null = last?.event === row.event_id ? last.hash : null;
      const hash: string = createHash('sha256')
        .update(
          canonicalJson([
            'convene-history-1',
            previous,
            row.event_id,
            position,
            row.version,
            row.kind,
            row.actor_id,
            row.at.toISOString(),
            row.comment,
            row.changed,
            row.snapshot,
            row.people,
          ]),
        )
        .digest('hex');
      hashed.push({ is_version: row.is_version, event_id: row.event_id, position, hash });
      last = { event: row.event_id, position, hash };
    }
    for (const table of ['event_versions', 'people_changes']) {
      await runner.query(
        `UPDATE ${table} t SET hash = decode(h.hash, 'hex')
           FROM jsonb_to_recordset($1::jsonb) AS h (event_id uuid, position bigint, hash text)
          WHERE t.event_id = h.event_id AND t.position = h.position`,
        [JSON.stringify(hashed.filter((row) => row.is_version === (table === 'event_versions')))],
      );
    }
    if (rows.length < CHUNK) return;
  }
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

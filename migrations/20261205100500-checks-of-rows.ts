import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The checks of a row of each table, in the order of their names. PostgreSQL parses the text of every check again for each
 * statement that writes a row: in an event and its version, that was a fifth of what a write costs. A function is parsed
 * once per connection.
 */
const CHECKS = {
  events: {
    constraint: 'events_row_check',
    validator: 'is_valid_event(events)',
    before: {
      events_end_after_start_check: 'end_time > start_time',
      events_lists_check: `jsonb_typeof(excluded) = 'array' AND jsonb_typeof(added) = 'array' AND jsonb_typeof(overrides) = 'array'`,
      events_purged_check: 'purged_at IS NULL OR deleted_at IS NOT NULL',
      events_split_check: '(split_from IS NULL) = (split_from_version IS NULL)',
      events_version_check: 'version >= 1',
    },
    function: `
      CREATE FUNCTION is_valid_event(event events) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
      BEGIN
        RETURN event.end_time > event.start_time
          AND jsonb_typeof(event.excluded) = 'array'
          AND jsonb_typeof(event.added) = 'array'
          AND jsonb_typeof(event.overrides) = 'array'
          AND (event.purged_at IS NULL OR event.deleted_at IS NOT NULL)
          AND (event.split_from IS NULL) = (event.split_from_version IS NULL)
          AND event.version >= 1;
      END $$`,
  },
  event_versions: {
    constraint: 'event_versions_row_check',
    validator: 'is_valid_version(event_versions)',
    before: {
      event_versions_hash_check: 'octet_length(hash) = 32',
      event_versions_kind_check: `kind IN ('created', 'updated', 'rolled_back', 'deleted', 'restored', 'split')`,
      event_versions_position_check: 'position >= 1',
      event_versions_snapshot_check: `jsonb_typeof(snapshot -> 'schema') = 'number'`,
      event_versions_version_check: 'version >= 1',
    },
    function: `
      CREATE FUNCTION is_valid_version(entry event_versions) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
      BEGIN
        RETURN octet_length(entry.hash) = 32
          AND entry.kind IN ('created', 'updated', 'rolled_back', 'deleted', 'restored', 'split')
          AND entry.position >= 1
          AND jsonb_typeof(entry.snapshot -> 'schema') = 'number'
          AND entry.version >= 1;
      END $$`,
  },
  notifications: {
    constraint: 'notifications_row_check',
    validator: 'is_valid_notification(notifications)',
    before: {
      notifications_members_check: `jsonb_typeof(members) = 'object'`,
      notifications_seq_check: 'seq >= 1',
      notifications_type_check: `type IN ('event_created', 'event_updated', 'event_rolled_back', 'event_deleted', 'event_restored', 'event_shared', 'role_changed', 'access_revoked', 'ownership_transferred', 'invitations_changed')`,
      notifications_version_check: 'version >= 1',
    },
    function: `
      CREATE FUNCTION is_valid_notification(item notifications) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
      BEGIN
        RETURN (item.members IS NULL OR jsonb_typeof(item.members) = 'object')
          AND item.seq >= 1
          AND item.type IN ('event_created', 'event_updated', 'event_rolled_back', 'event_deleted', 'event_restored',
                            'event_shared', 'role_changed', 'access_revoked', 'ownership_transferred',
                            'invitations_changed')
          AND item.version >= 1;
      END $$`,
  },
};

/** References that a trigger checks as well. Neither people nor events are ever removed, nor do their ids change. */
const CHECKED_BY_TRIGGERS = [
  // require_event_version asks for an enabled account.
  ['events', 'updated_by', 'users'],
  // require_event_of_version asks for the event.
  ['event_versions', 'event_id', 'events'],
  // require_history_of_permission asks for the history of the event, which has its event.
  ['event_permissions', 'event_id', 'events'],
] as const;

/** Tables whose rows others name without a foreign key. */
const NAMED_BY_ID = ['users', 'events'];

/** The columns of an event that are not part of its snapshots. */
const OTHER = [
  'id',
  'series_id',
  'split_from',
  'split_from_version',
  'first_start',
  'last_end',
  'tzdata',
  'version',
  'created_at',
  'updated_at',
  'updated_by',
  'purged_at',
  'uid',
];

const isSnapshot = (expression: string): string => `
  CREATE OR REPLACE FUNCTION is_snapshot_of(snapshot jsonb, event events) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
  BEGIN
    RETURN ${expression};
  END $$`;

/** Without the columns that are not in a snapshot, on both sides. Copying them into the snapshot would cost twice as much. */
const CONTENT_IS_SAME = `jsonb_populate_record(NULL::events, snapshot)
      IS NOT DISTINCT FROM jsonb_populate_record(event, '${JSON.stringify(Object.fromEntries(OTHER.map((name) => [name, null])))}')`;

const CONTENT_IS_SAME_BEFORE = `jsonb_populate_record(NULL::events, snapshot || jsonb_build_object(
      ${OTHER.map((name) => `'${name}', event.${name}`).join(', ')})) IS NOT DISTINCT FROM event`;

/**
 * What a write checks is the same, in less work. The next migration validates the new checks. Until then they hold for rows
 * that are written; earlier rows satisfied the same conditions.
 */
export class ChecksOfRows20261205100500 implements MigrationInterface {
  name = 'ChecksOfRows20261205100500';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, { constraint, validator, before, function: create }] of Object.entries(CHECKS)) {
      await runner.query(create);
      const drops = Object.keys(before).map((name) => `DROP CONSTRAINT ${name}`);
      const add = `ADD CONSTRAINT ${constraint} CHECK (${validator}) NOT VALID`;
      await runner.query(`ALTER TABLE ${table} ${[...drops, add].join(', ')}`);
    }
    await runner.query(`
      CREATE FUNCTION refuse_changing_ids() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'ids of % never change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$`);
    for (const table of NAMED_BY_ID) {
      await runner.query(`
        CREATE TRIGGER ${table}_id_never_changed BEFORE UPDATE OF id ON ${table}
          FOR EACH ROW EXECUTE FUNCTION refuse_changing_ids()`);
      await runner.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_id_never_changed`);
    }
    for (const [table, column] of CHECKED_BY_TRIGGERS) {
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_${column}_fkey`);
    }
    await runner.query(isSnapshot(CONTENT_IS_SAME));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(isSnapshot(CONTENT_IS_SAME_BEFORE));
    for (const [table, column, referenced] of CHECKED_BY_TRIGGERS) {
      await runner.query(
        `ALTER TABLE ${table} ADD CONSTRAINT ${table}_${column}_fkey FOREIGN KEY (${column}) REFERENCES ${referenced} (id)`,
      );
    }
    for (const table of NAMED_BY_ID) await runner.query(`DROP TRIGGER ${table}_id_never_changed ON ${table}`);
    await runner.query('DROP FUNCTION refuse_changing_ids()');
    for (const [table, { constraint, validator, before }] of Object.entries(CHECKS)) {
      const adds = Object.entries(before).map(([name, condition]) => `ADD CONSTRAINT ${name} CHECK (${condition})`);
      await runner.query(`ALTER TABLE ${table} ${[...adds, `DROP CONSTRAINT ${constraint}`].join(', ')}`);
      await runner.query(`DROP FUNCTION ${validator.replace(/\(.*/, '')}(${table})`);
    }
  }
}

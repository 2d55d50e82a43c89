import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent } from '../../sdk/generated/sdk.gen.js';
import { CONTENT_KINDS } from '../../src/history/change.js';
import { NOTIFICATION_TYPES } from '../../src/notifications/notification.entity.js';
import { slot } from '../support/calls.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

// The checks of these tables are functions, see docs/adr/0042. An entity says only that there is one.

const UNKNOWN_PERSON = '00000000-0000-4000-8000-000000000000';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  const ana = await app.signUp('ana');
  await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
});
afterAll(() => app.close());

/** Returns whether a stored row of a table is valid with some columns changed. */
async function isValid(table: string, validator: string, changes: object): Promise<boolean | null> {
  const [row] = await app.database.query<{ valid: boolean | null }>(
    `SELECT ${validator}(jsonb_populate_record(stored, $1)) AS valid FROM ${table} stored LIMIT 1`,
    [JSON.stringify(changes)],
  );
  return row!.valid;
}

interface Check {
  table: string;
  validator: string;
  valid: object[];
  invalid: object[];
}

const CHECKS: Check[] = [
  {
    table: 'events',
    validator: 'is_valid_event',
    valid: [
      {},
      { purged_at: '2030-01-01T00:00:00Z', deleted_at: '2029-01-01T00:00:00Z' },
      { split_from: UNKNOWN_PERSON, split_from_version: 2 },
    ],
    invalid: [
      { end_time: '1970-01-01T00:00:00Z' },
      { excluded: {} },
      { added: 'none' },
      { overrides: 1 },
      { purged_at: '2030-01-01T00:00:00Z' },
      { split_from: UNKNOWN_PERSON },
      { split_from_version: 2 },
      { version: 0 },
    ],
  },
  {
    table: 'event_versions',
    validator: 'is_valid_version',
    valid: CONTENT_KINDS.map((kind) => ({ kind })),
    invalid: [{ hash: '\\x00' }, { kind: 'forged' }, { position: 0 }, { version: 0 }, { snapshot: { schema: 'two' } }],
  },
  {
    table: 'notifications',
    validator: 'is_valid_notification',
    valid: [...NOTIFICATION_TYPES.map((type) => ({ type })), { members: null }, { members: { named: [], total: 0 } }],
    invalid: [
      { type: 'forged' },
      { seq: 0 },
      { version: 0 },
      { members: [] },
      { members: 'all', type: 'event_shared' },
    ],
  },
];

describe.each(CHECKS)('the check of $table', ({ table, validator, valid, invalid }) => {
  it.each(valid)('accepts %o', async (changes) => {
    expect(await isValid(table, validator, changes)).toBe(true);
  });

  it.each(invalid)('refuses %o', async (changes) => {
    expect(await isValid(table, validator, changes)).toBe(false);
  });

  it('applies to written rows, and was validated for older ones', async () => {
    const [check] = await app.database.query(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1`,
      [`${table}_row_check`],
    );
    expect(check).toEqual({ definition: `CHECK (${validator}(${table}.*))` });
  });
});

// What foreign keys refused is refused by triggers, which check more.
it.each([
  ['an event of a person that does not exist', `UPDATE events SET version = version + 1, updated_by = $1`],
  [
    'a version of an event that does not exist',
    `INSERT INTO event_versions (event_id, position, version, kind, created_at, hash, author_id, changed, snapshot)
     SELECT $1, position, version, kind, created_at, hash, author_id, changed, snapshot FROM event_versions LIMIT 1`,
  ],
  [
    'a role on an event that does not exist',
    `INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at)
     SELECT $1, user_id, 'viewer', granted_by, granted_at FROM event_permissions LIMIT 1`,
  ],
])('%s is refused', async (_what, sql) => {
  await expect(app.database.query(sql, [UNKNOWN_PERSON])).rejects.toThrow(/is disabled|is ahead of|is not the one/);
});

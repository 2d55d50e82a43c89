import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEMA } from '../../src/content/snapshot.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { loadFixture, readFixtures } from '../support/history-fixture.js';
import { PatchedProgram } from '../support/patched-program.js';
import { ServerHome, type ServerProcess } from '../support/server-process.js';
import { PASSWORD } from '../support/test-app.js';

// What ARCHITECTURE.md promises: a field is a migration with its column and one row of the table of fields.

const MIGRATION = `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Room20990101000000 implements MigrationInterface {
  name = 'Room20990101000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE events ADD COLUMN room_code varchar(20)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE events DROP COLUMN room_code');
  }
}
`;

const ROW = `  room_code: {
    since: ${SCHEMA + 1},
    unit: 'room_code',
    label: 'Room code',
    isText: true,
    inOccurrence: true,
    empty: null,
    column: nullable(varchar(20)),
    input: { description: 'The access code of the room.', example: '4711', maxLength: 20, searched: true },
  },
`;

let program: PatchedProgram;
let database: TestDatabase;
let home: ServerHome;
let server: ServerProcess;
let url: string;
let token: string;
/** An event of the past, written before the field existed. */
let old: { id: string; version: number; owner: string };

interface Answer {
  status: number;
  headers: Headers;
  // The answers of a program with another API document than the one that the SDK was made from.
  body: Record<string, never> & { [member: string]: unknown };
}

async function call(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}

const signIn = async (username: string): Promise<void> => {
  const { body } = await call('POST', '/auth/login', { username, password: PASSWORD });
  token = String(body.access_token);
};

async function verifyHistory(): Promise<string> {
  const env = { PATH: process.env.PATH, DATABASE_URL: database.url };
  const run = promisify(execFile)(process.execPath, [program.program('scripts/verify-history.js')], { env });
  return run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

beforeAll(async () => {
  program = await PatchedProgram.create();
  await program.add('migrations/20990101000000-room.ts', MIGRATION);
  const last = "      format: 'web_address',\n    },\n  },\n";
  await program.replace('src/content/fields.ts', last, last + ROW);
  [database, home] = await Promise.all([createDatabase(), ServerHome.create(), program.build()]);
  await loadFixture(database, readFixtures().at(-1)!);
  [old] = (await database.query(
    `SELECT e.id, e.version, u.username AS owner FROM events e
       JOIN event_permissions p ON p.event_id = e.id AND p.role = 'owner' JOIN users u ON u.id = p.user_id
      ORDER BY e.version DESC LIMIT 1`,
  )) as [typeof old];
  server = home.start({ DATABASE_URL: database.url }, program.program('src/main.js'));
  url = await server.url();
  await signIn(old.owner);
});
afterAll(async () => {
  await server?.signal('SIGTERM');
  await home?.dispose();
  await database?.drop();
  await program?.remove();
});

describe('a field that was added by a migration and one row of the table', () => {
  let id: string;
  let createdAt: string;

  it('leaves the histories written before it valid, and reads them with its default', async () => {
    expect(await verifyHistory()).toMatch(/no problems/);
    const first = await call('GET', `/events/${old.id}/history/1`);
    expect(first.body.snapshot).toMatchObject({ room_code: null });
    const then = await call('GET', `/events/${old.id}?as_of=${String(first.body.created_at)}`);
    expect(then).toMatchObject({ status: 200, body: { room_code: null } });
  });

  it('is validated, stored and answered with', async () => {
    const times = { start_time: '2031-06-02T10:00:00Z', end_time: '2031-06-02T11:00:00Z' };
    const series = { title: 'Lock', ...times, recurrence_pattern: 'FREQ=WEEKLY;COUNT=3', show_as: 'free' };
    const tooLong = await call('POST', '/events', { ...series, room_code: 'x'.repeat(21) });
    expect(tooLong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/room_code' }] } });
    const created = await call('POST', '/events', { ...series, room_code: '0815' });
    expect(created).toMatchObject({ status: 201, body: { room_code: '0815', version: 1 } });
    id = String(created.body.id);
    createdAt = String(created.body.created_at);
    expect((await call('GET', `/events/${id}`)).body.room_code).toBe('0815');
    expect((await call('GET', '/events?q=0815')).body.items).toMatchObject([{ id }]);
  });

  it('is edited, merged when the edit is stale, and clashes when both sides changed it', async () => {
    expect((await call('PATCH', `/events/${id}`, { title: 'Renamed' })).body.version).toBe(2);
    const merged = await call('PUT', `/events/${id}`, { room_code: '4711' }, { 'if-match': '"1"' });
    expect(merged).toMatchObject({ status: 200, body: { room_code: '4711', title: 'Renamed', version: 3 } });
    expect(merged.headers.get('convene-merged')).toBe('1..2');
    const clash = await call('PUT', `/events/${id}`, { room_code: '1' }, { 'if-match': '"1"' });
    expect(clash).toMatchObject({
      status: 412,
      body: { clashes: [{ field: 'room_code', base: '0815', theirs: '4711', yours: '1' }] },
    });
  });

  it('shows in differences, in the changelog and in the versions', async () => {
    const diff = await call('GET', `/events/${id}/diff/1/current`);
    expect(diff.body.changes).toMatchObject({ room_code: { from: '0815', to: '4711', text: expect.any(Array) } });
    expect(diff.body.summary).toEqual([expect.stringMatching(/^Title/), 'Room code changed from “0815” to “4711”']);
    const log = await call('GET', `/events/${id}/changelog?field=room_code&order=desc`);
    expect(log.body.items).toMatchObject([{ version: 3, size: 0 }, { version: 1 }]);
    expect((await call('GET', `/events/${id}/history/3`)).body).toMatchObject({
      changed: ['room_code'],
      snapshot: { room_code: '4711' },
    });
  });

  it('is read as of an earlier time, rolled back alone, and cleared by null', async () => {
    expect((await call('GET', `/events/${id}?as_of=${createdAt}`)).body.room_code).toBe('0815');
    const list = await call('GET', `/events?as_of=${createdAt}&q=0815`);
    expect(list.body.items).toMatchObject([{ id, room_code: '0815' }]);
    const back = await call('POST', `/events/${id}/rollback/1`, { fields: ['room_code'] });
    expect(back.body).toMatchObject({ room_code: '0815', title: 'Renamed', version: 4 });
    expect((await call('PATCH', `/events/${id}`, { room_code: null })).body.room_code).toBeNull();
    expect((await call('POST', `/events/${id}/revert/5`, {})).body.room_code).toBe('0815');
  });

  it('may differ for one occurrence', async () => {
    const query = 'occurrence=2031-06-09T10:00:00Z&scope=this';
    expect((await call('PUT', `/events/${id}?${query}`, { room_code: '99' })).body.overrides).toMatchObject([
      { room_code: '99' },
    ]);
    const { items } = (await call('GET', `/events/${id}/occurrences`)).body as { items?: { room_code: string }[] };
    expect(items?.map(({ room_code }) => room_code)).toEqual(['0815', '99', '0815']);
    const window = 'from=2031-06-01&to=2031-07-01&expand=true&q=99';
    expect((await call('GET', `/events?${window}`)).body.items).toMatchObject([{ id, room_code: '99' }]);
  });

  it('is written into older events, rolled back behind its introduction, and verified', async () => {
    const path = `/events/${old.id}`;
    expect((await call('PATCH', path, { room_code: '1' }, { 'if-match': `"${old.version - 1}"` })).status).toBe(200);
    const back = await call('POST', `${path}/rollback/1`, { on_conflict: 'allow' });
    expect(back).toMatchObject({ status: 200, body: { room_code: null } });
    expect(await verifyHistory()).toMatch(/no problems/);
  });

  it('is missed by nobody: a row without its snapshot of the field is refused, and a forged value is found', async () => {
    const client = await database.pool.connect();
    const forge = `UPDATE event_versions SET snapshot = jsonb_set(snapshot, '{room_code}', '"forged"')
                    WHERE event_id = '${id}' AND version = 3`;
    try {
      await client.query('BEGIN');
      await client.query(`UPDATE events SET room_code = 'x', version = version + 1 WHERE id = $1`, [id]);
      await client.query(
        `INSERT INTO event_versions SELECT event_id, version + 1, position + 1, kind, author_id, comment, changed,
           snapshot - 'room_code', created_at + interval '1 s', hash FROM event_versions
          WHERE event_id = $1 ORDER BY version DESC LIMIT 1`,
        [id],
      );
      await expect(client.query('COMMIT')).rejects.toThrow(/is not a snapshot of it/);
      await client.query('GRANT UPDATE ON event_versions TO CURRENT_USER');
      await client.query('ALTER TABLE event_versions DISABLE TRIGGER USER');
      await client.query(forge);
    } finally {
      client.release();
    }
    expect(await verifyHistory()).toMatch(new RegExp(`event ${id}, version 3, position 3: hash: `));
  });
});

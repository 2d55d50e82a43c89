import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/migrate.js';
import { type HistoryProblem, verifyHistory } from '../../src/history/verify-history.js';
import { buildServer, SERVER_PROGRAM } from '../support/build.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { liveEventfully } from '../support/eventful-history.js';
import { forgeVersion } from '../support/forgery.js';
import { createMeeting, share } from '../support/meetings.js';
import { tampered } from '../support/tampering.js';
import { startApp, type TestApp } from '../support/test-app.js';

interface Row {
  table: 'event_versions' | 'member_changes';
  position: number;
  version: number;
}

let app: TestApp;
/** An event to which everything has happened, another one, and a series in two parts. */
let event: string;
let head: string;
let rows: Row[];

beforeAll(async () => {
  app = await startApp();
  ({ event, head } = await liveEventfully(app));
  rows = await app.database.query<Row>(
    `SELECT 'event_versions' AS table, position::int, version FROM event_versions WHERE event_id = $1
       UNION ALL SELECT 'member_changes', position::int, version FROM member_changes WHERE event_id = $1 ORDER BY position`,
    [event],
  );
});
afterAll(() => app.close());

async function problemsOf(database: Pick<TestDatabase, 'query'>): Promise<HistoryProblem[]> {
  const problems: HistoryProblem[] = [];
  const { problems: count } = await verifyHistory(
    (sql, parameters) => database.query(sql, parameters),
    (problem) => problems.push(problem),
  );
  expect(count).toBe(problems.length);
  return problems;
}

const problemsAfter = (...statements: string[]): Promise<HistoryProblem[]> =>
  tampered(app.database, statements.join(';').replaceAll('$event', `'${event}'`), problemsOf);

/** The last byte of a text becomes another one. */
const flipText = (column: string): string => `${column} = overlay(${column} placing chr(ascii(right(${column}, 1)) # 1)
  from length(${column}))`;

describe('verifying history', () => {
  it('finds nothing wrong with what the application wrote', async () => {
    const found: HistoryProblem[] = [];
    const summary = await verifyHistory(
      (sql, parameters) => app.database.query(sql, parameters),
      (problem) => found.push(problem),
    );
    const [counted] = await app.database.query<{ events: number; entries: number }>(
      `SELECT (SELECT count(*)::int FROM events) AS events, ((SELECT count(*) FROM event_versions)
              + (SELECT count(*) FROM member_changes))::int AS entries`,
    );
    expect(found).toEqual([]);
    expect(summary).toEqual({ ...counted, problems: 0 });
    expect(rows.length).toBe(12);
    await expectInvariants(app.database);
  });

  it.each([
    ['event_versions', 'hash = set_byte(hash, 31, get_byte(hash, 31) # 1)'],
    ['event_versions', 'hash = set_byte(hash, 0, get_byte(hash, 0) # 128)'],
    ['event_versions', `snapshot = jsonb_set(snapshot, '{title}', to_jsonb(snapshot ->> 'title' || ' '))`],
    ['event_versions', `snapshot = replace(snapshot::text, '"local_end": "2026', '"local_end": "2027')::jsonb`],
    ['event_versions', `snapshot = jsonb_set(snapshot, '{all_day}', 'true')`],
    ['event_versions', `snapshot = snapshot - 'location'`],
    ['event_versions', `snapshot = snapshot || '{"more": null}'`],
    ['event_versions', `comment = coalesce(comment, '') || '.'`],
    ['event_versions', `changed = array_append(changed, 'title')`],
    ['event_versions', `kind = CASE kind WHEN 'updated' THEN 'rolled_back' ELSE 'updated' END`],
    ['event_versions', `author_id = (SELECT id FROM users WHERE username = 'convene-system')`],
    ['event_versions', `created_at = created_at + interval '1 ms'`],
    ['member_changes', 'hash = set_byte(hash, 7, get_byte(hash, 7) # 1)'],
    ['member_changes', `kind = CASE kind WHEN 'shared' THEN 'revoked' ELSE 'shared' END`],
    ['member_changes', `actor_id = (SELECT id FROM users WHERE username = 'convene-system')`],
    ['member_changes', `created_at = created_at - interval '1 ms'`],
    ['member_changes', `members = jsonb_set(members, '{0,to}', '"nobody"')`],
    ['member_changes', `members = members || members`],
    ['member_changes', `comment = 'changed later'`],
  ])('finds and names one altered row of %s: %s', async (table, change) => {
    for (const { position, version } of rows.filter((row) => row.table === table)) {
      expect(
        await problemsAfter(`UPDATE ${table} SET ${change} WHERE event_id = $event AND position = ${position}`),
      ).toEqual([{ eventId: event, version, position, check: 'hash', message: expect.any(String) }]);
    }
  });

  it('finds one flipped bit wherever it is in a text', async () => {
    const [first] = await problemsAfter(
      `UPDATE event_versions SET ${flipText('comment')} WHERE event_id = $event AND version = 2`,
    );
    expect(first).toMatchObject({ version: 2, check: 'hash' });
  });

  it('names the row after a missing one', async () => {
    for (const [index, row] of rows.entries()) {
      const [problem, ...others] = await problemsAfter(
        `DELETE FROM ${row.table} WHERE event_id = $event AND position = ${row.position}`,
      );
      expect(others).toEqual([]);
      const next = rows[index + 1];
      if (next) expect(problem).toMatchObject({ eventId: event, position: next.position });
      else expect(problem).toMatchObject({ eventId: event, position: null, check: 'current' });
    }
  });

  it('sees a version that has changed places', async () => {
    const [third, fourth] = rows.filter((row) => row.table === 'event_versions').slice(2, 4);
    const [problem] = await problemsAfter(
      `UPDATE event_versions SET position = 1000 WHERE event_id = $event AND position = ${third!.position}`,
      `UPDATE event_versions SET position = ${third!.position} WHERE event_id = $event AND position = ${fourth!.position}`,
      `UPDATE event_versions SET position = ${fourth!.position} WHERE event_id = $event AND position = 1000`,
    );
    expect(problem).toMatchObject({ eventId: event, version: 4, position: third!.position, check: 'sequence' });
  });

  it.each([
    ['the title of the event', `UPDATE events SET title = 'x' WHERE id = $event`, 'current'],
    ['its last author', `UPDATE events SET updated_by = (SELECT min(id::text)::uuid FROM users)`, 'current'],
    ['its version', `UPDATE events SET version = version + 1 WHERE id = $event`, 'current'],
    ['its members', `DELETE FROM event_permissions WHERE event_id = $event AND role <> 'owner'`, 'members'],
    ['a role', `UPDATE event_permissions SET role = 'viewer' WHERE event_id = $event AND role <> 'owner'`, 'members'],
  ])('detects that %s differs from history', async (_what, sql, check) => {
    expect(await problemsAfter(sql)).toContainEqual(
      expect.objectContaining({ eventId: event, version: null, position: null, check }),
    );
  });

  it('sees that the people of the second half of a series were not those of the first', async () => {
    const tail = `(SELECT id FROM events WHERE split_from = '${head}')`;
    const problems = await problemsAfter(
      `DELETE FROM event_permissions WHERE event_id = ${tail} AND role <> 'owner'`,
      `INSERT INTO event_permissions SELECT ${tail}, id, 'viewer', id, now() FROM users WHERE username LIKE 'eve%'`,
    );
    expect(problems).toMatchObject([{ check: 'members', version: null }]);
  });

  it('makes the invariants fail too', async () => {
    const sql = `UPDATE event_versions SET comment = 'x' WHERE event_id = '${event}' AND version = 2`;
    await expect(tampered(app.database, sql, expectInvariants)).rejects.toThrow(/what is wrong with history/);
  });
});

describe('npm run verify:history', () => {
  const run = async (url: string): Promise<{ code: number; printed: string }> => {
    await buildServer();
    const program = join(SERVER_PROGRAM, '../../scripts/verify-history.js');
    return new Promise((resolve) => {
      execFile(process.execPath, [program], { env: { PATH: process.env.PATH, DATABASE_URL: url } }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, printed: out + err }),
      );
    });
  };

  it('reports that there are no problems', async () => {
    expect(await run(app.database.url)).toEqual({
      code: 0,
      printed: expect.stringMatching(/^5 events, \d+ entries of history: no problems\n$/),
    });
  });

  it('reports a database that is older than the program, and changes nothing', async () => {
    const database = await createDatabase();
    try {
      await database.query(`DELETE FROM schema_migrations WHERE id = (SELECT max(id) FROM schema_migrations)`);
      const before = await database.query('SELECT * FROM schema_migrations ORDER BY id');
      const { code, printed } = await run(database.url);
      expect([code, printed]).toEqual([2, expect.stringContaining('start the server once')]);
      expect(await database.query('SELECT * FROM schema_migrations ORDER BY id')).toEqual(before);
    } finally {
      await database.drop();
    }
  });

  it('finds a version of a viewer though its hash, its row and its history agree, and accepts an editor’s', async () => {
    const database = await createDatabase();
    const other = await startApp({}, database);
    try {
      const [ana, ben, cleo] = [await other.signUp('ana'), await other.signUp('ben'), await other.signUp('cleo')];
      const { id } = await createMeeting(ana);
      await share(ana, id, ben, 'editor');
      await share(ana, id, cleo, 'viewer');
      // Not even a trigger refuses it: everything that SQL can compare agrees.
      await forgeVersion(database, id, ben.id, 'By an editor');
      expect(await run(database.url)).toMatchObject({ code: 0 });
      await forgeVersion(database, id, cleo.id, 'By a viewer');
      const { code, printed } = await run(database.url);
      const finding = `event ${id}, version 3, position 5: role: updated by ${cleo.id}, whose role was viewer`;
      expect([code, printed]).toEqual([1, `${finding}\n1 event, 5 entries of history: 1 event is wrong\n`]);
      await expect(expectInvariants(database)).rejects.toThrow(/what is wrong with history/);
    } finally {
      await other.close();
      await database.drop();
    }
  });

  it('names what is not, and fails', async () => {
    const database = await createDatabase();
    const other = await startApp({}, database);
    try {
      const { id } = await createMeeting(await other.signUp('ana'));
      await database.query(`GRANT UPDATE ON event_versions TO CURRENT_USER`);
      await database.query(`ALTER TABLE event_versions DISABLE TRIGGER USER`);
      await database.query(`UPDATE event_versions SET comment = 'Never written'`);
      const { code, printed } = await run(database.url);
      expect(code).toBe(1);
      expect(printed).toMatch(
        new RegExp(
          `^event ${id}, version 1, position \\d+: hash: .+\n1 event, 1 entry of history: 1 event is wrong\n$`,
        ),
      );
      expect(await migrate(database.url)).toEqual([]);
    } finally {
      await other.close();
      await database.drop();
    }
  });
});

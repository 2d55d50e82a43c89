import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  diffVersions,
  getEvent,
  getVersion,
  listChangelog,
  listNotifications,
  listVersions,
  revertChange,
  rollbackEvent,
  undoChange,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { buildServer, SERVER_PROGRAM } from '../support/build.js';
import { expectInvariants } from '../support/invariants.js';
import { createMeeting, share } from '../support/meetings.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
/** An event with a secret in versions 2 and 3 of five. */
let id: string;
let secretAt: string;

const SECRET = 'Call +49 170 1234567';

/** Runs the command on the database of the application. */
async function redact(...args: string[]): Promise<{ code: number; printed: string }> {
  const program = join(SERVER_PROGRAM, '../../scripts/admin.js');
  const env = { PATH: process.env.PATH, DATABASE_URL: app.database.url };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'redact', ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, printed: out + err }),
    );
  });
}

beforeAll(async () => {
  await buildServer();
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  id = (await createMeeting(ana, { recurrence_pattern: 'FREQ=DAILY;COUNT=3', show_as: 'free' })).id;
  await share(ana, id, ben, 'editor');
  const edit = (body: object): Promise<unknown> => ok(updateEvent({ client: ana.client, path: { id }, body }));
  await edit({ title: 'Secret title', description: SECRET, url: 'https://example.com/secret', change_comment: SECRET });
  secretAt = (await ok(getEvent({ client: ana.client, path: { id } }))).updated_at;
  await edit({ location: 'Room 4' });
  await edit({ title: 'Public', description: null, url: null });
  await edit({ location: 'Room 5' });
});
afterAll(() => app.close());

const everythingStored = async (): Promise<string> =>
  JSON.stringify([
    await app.database.query('SELECT * FROM event_versions WHERE version = 2'),
    await app.database.query('SELECT * FROM notifications WHERE version = 2'),
  ]);

describe('npm run admin -- redact', () => {
  it.each([
    [['00000000-0000-7000-8000-000000000009', '2', '--reason', 'x'], /has no version 2/],
    [['no-uuid', '2', '--reason', 'x'], /has no version 2/],
    [['$id', '99', '--reason', 'x'], /has no version 99/],
    [['$id', '5', '--reason', 'x'], /is the current state/],
    [['$id', '2'], /Usage/],
    [['$id', '2', '--reason', ' '], /Usage/],
    [['$id', 'two', '--reason', 'x'], /Usage/],
    [['$id'], /Usage/],
  ])('refuses %j and changes nothing', async (args, sentence) => {
    const before = await everythingStored();
    const { code, printed } = await redact(...args.map((arg) => arg.replace('$id', id)));
    expect([code, printed]).toEqual([String(sentence) === '/Usage/' ? 2 : 1, expect.stringMatching(sentence)]);
    expect(await everythingStored()).toBe(before);
  });

  it('replaces the texts of a version, keeps the reason, and names the other versions with the same texts', async () => {
    expect(await everythingStored()).toContain('1234567');
    expect(await redact(id, '2', '--reason', 'Contained a phone number')).toEqual({
      code: 0,
      printed: `Redacted version 2 of event ${id}.\nThe same texts are also in: version 3.\n`,
    });
    expect(await everythingStored()).not.toMatch(/1234567|Secret|secret/);
    expect((await redact(id, '2', '--reason', 'x')).printed).toMatch(/is already redacted/);
    expect((await redact(id, '3', '--reason', 'The same number')).code).toBe(0);
    await expectInvariants(app.database);
  });

  it('shows it in history, differences, the changelog and as of that time', async () => {
    const { client } = ben;
    const versions = await ok(listVersions({ client, path: { id } }));
    const redacted = { reason: 'Contained a phone number', at: expect.any(String) };
    expect(versions.items.find(({ version }) => version === 2)).toMatchObject({ redacted, comment: '[redacted]' });
    expect(versions.items.filter((version) => version.redacted).map(({ version }) => version)).toEqual([3, 2]);
    const { snapshot } = await ok(getVersion({ client, path: { id, version: 2 } }));
    expect(snapshot).toMatchObject({
      title: '[redacted]',
      description: '[redacted]',
      url: '[redacted]',
      location: null,
    });
    const log = await ok(listChangelog({ client, path: { id } }));
    expect(log.items.find(({ kind, version }) => kind === 'updated' && version === 2)).toMatchObject({ redacted });
    const diff = await ok(diffVersions({ client, path: { id, v1: '1', v2: '2' } }));
    expect(diff.changes.title).toMatchObject({ from: 'Team Meeting', to: '[redacted]' });
    const then = await ok(getEvent({ client, path: { id }, query: { as_of: secretAt } }));
    expect(then).toMatchObject({ title: '[redacted]', is_recurring: true });
    const inbox = await ok(listNotifications({ client }));
    expect(inbox.items.filter(({ version, type }) => version === 2 && type === 'event_updated')).toMatchObject([
      { event_title: '[redacted]' },
    ]);
  });

  it('cannot be brought back, reverted, undone or merged with', async () => {
    const { client } = ana;
    const redacted = { status: 422, errors: [{ code: 'redacted' }] };
    expect(await refused(rollbackEvent({ client, path: { id, version: 2 }, body: {} }))).toMatchObject(redacted);
    expect(await refused(revertChange({ client, path: { id, version: 2 }, body: {} }))).toMatchObject(redacted);
    expect(await refused(revertChange({ client, path: { id, version: 4 }, body: {} }))).toMatchObject(redacted);
    const [entry] = (await ok(listChangelog({ client, path: { id } }))).items.filter(({ version }) => version === 3);
    const path = { id, position: entry!.position };
    expect(await refused(undoChange({ client, path, body: {} }))).toMatchObject(redacted);
    const headers = { 'If-Match': '"2"' };
    const stale = updateEvent({ client, path: { id }, headers, body: { status: 'tentative' } });
    expect(await refused(stale)).toMatchObject({ status: 412, code: 'stale_version' });
    expect((await ok(rollbackEvent({ client, path: { id, version: 1 }, body: {} }))).title).toBe('Team Meeting');
    await expectInvariants(app.database);
  });
});

describe('the database', () => {
  async function failure(...statements: string[]): Promise<string> {
    const client = await app.database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('GRANT ALL ON event_versions, redactions TO CURRENT_USER');
      for (const sql of [...statements, 'COMMIT']) await client.query(sql);
      return 'nothing';
    } catch (error) {
      return String(error);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  const record = `INSERT INTO redactions SELECT event_id, version, 'x', sha256(''), now() FROM event_versions WHERE version = 4`;
  const replace = (what: string, version = 4): string => `UPDATE event_versions SET ${what} WHERE version = ${version}`;

  it.each([
    ['a redacted version without its record', [replace(`snapshot = snapshot || '{"redacted": true}'`)]],
    ['a record without its redacted version', [record]],
    [
      'a redaction that changes more than texts',
      [record, replace(`snapshot = snapshot || '{"redacted": true}', kind = 'split'`)],
    ],
    ['other content under a record', [record, replace(`snapshot = snapshot || '{"title": "Forged"}'`)]],
    ['a second change of a redacted version', [replace(`snapshot = snapshot || '{"title": "Forged"}'`, 2)]],
    ['a changed record', [`UPDATE redactions SET reason = 'Another'`]],
    ['a removed record', [`DELETE FROM redactions`]],
  ])('refuses %s', async (_what, statements) => {
    expect(await failure(...statements)).toMatch(/never rewritten|is not redacted/);
  });
});

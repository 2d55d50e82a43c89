import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  deleteEvent,
  getMe,
  listAccounts,
  listAudit,
  listEvents,
  login,
} from '../../sdk/generated/sdk.gen.js';
import { buildServer, SERVER_PROGRAM } from '../support/build.js';
import { slot } from '../support/calls.js';
import { openLive } from '../support/live-client.js';
import { done } from '../support/requests.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  await buildServer();
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

/** Runs the command on the database of the application, beside it. */
async function admin(args: string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const program = join(SERVER_PROGRAM, '../../scripts/admin.js');
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: app.database.url,
    JWT_SECRET: 'a secret that only the tests use',
  };
  const child = spawn(process.execPath, [program, ...args], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part) => (out += String(part)));
  child.stderr.on('data', (part) => (err += String(part)));
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? -1, out, err })));
}

const signIn = (username: string, password: string): ReturnType<typeof login> =>
  login({ client: app.client(), body: { username, password } });

describe('npm run admin', () => {
  it('explains itself, and what it does not understand', async () => {
    expect(await admin(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('purge-trash') });
    for (const args of [[], ['hello'], ['toString'], ['disable'], ['create', 'root1'], ['--what'], ['erase', 'ana']]) {
      const { code, out, err } = await admin(args);
      expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
      expect(err).toContain('Usage: npm run admin');
    }
  });

  it('creates the first administrator, with a password that is printed once or read', async () => {
    const { code, out, err } = await admin(['create', 'chief', '--email', 'chief@example.com']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const password = /only now: (\S+)/.exec(out)![1]!;
    const { access_token: token, user } = await ok(signIn('chief', password));
    expect(user.role).toBe('admin');
    await ok(listAccounts({ client: app.client(token) }));
    const read = await admin(
      ['create', 'second', '--email', 'second@example.com', '--role', 'user', '--password-stdin'],
      `${PASSWORD}\n`,
    );
    expect(read.out).not.toContain(PASSWORD);
    expect((await ok(signIn('second', PASSWORD))).user.role).toBe('user');
    const { items } = await ok(listAudit({ client: app.client(token), query: { kind: 'user_created' } }));
    expect(items).toMatchObject(
      [1, 2].map(() => ({ actor: { username: 'convene-system' }, user_agent: 'command line' })),
    );
  });

  it('creates an account whose person receives a link to set a password', async () => {
    const { code, out, err } = await admin([
      'create',
      'third',
      '--email',
      'third@example.com',
      '--mail-link',
      '--role',
      'user',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('A link to set a password is sent to third@example.com.');
    expect(out).not.toContain('Password');
    const [row] = await app.database.query(
      `SELECT (SELECT count(*)::int FROM mails WHERE recipient = 'third@example.com' AND kind = 'account_created') AS mails,
              (SELECT count(*)::int FROM account_tokens t JOIN users u ON u.id = t.user_id
                WHERE u.username = 'third' AND t.purpose = 'password_reset') AS links`,
    );
    expect(row).toEqual({ mails: 1, links: 1 });
    const both = await admin(
      ['create', 'fourth', '--email', 'f@example.com', '--mail-link', '--password-stdin'],
      PASSWORD,
    );
    expect(both).toMatchObject({ code: 2, out: '' });
  });

  it('refuses with the reason', async () => {
    const taken = await admin(['create', ana.username, '--email', ana.email]);
    expect(taken).toMatchObject({ code: 1, out: '' });
    expect(taken.err).toContain('username: This name is taken.');
    expect((await admin(['create', 'x y', '--email', 'no'])).err).toMatch(/username: .*\n {2}email: /);
    expect(await admin(['promote', 'nobody-here'])).toEqual({ code: 1, out: '', err: 'There is no such person.\n' });
    expect((await admin(['demote', 'chief'])).err).toContain('last administrator');
  });

  it('disables and enables a person, whose sessions and connections on the server end', async () => {
    const live = await openLive('socket_io', app.url, ana.accessToken);
    expect(await admin(['disable', ana.email])).toMatchObject({ code: 0, err: '' });
    await live.waitForEnd();
    expect((await getMe({ client: ana.client })).response?.status).toBe(401);
    expect(await refused(signIn(ana.username, PASSWORD))).toMatchObject({ code: 'account_disabled' });
    expect((await admin(['enable', ana.id])).code).toBe(0);
    await ok(signIn(ana.username, PASSWORD));
    expect((await admin(['sessions', ana.username])).out).toMatch(
      /: 1 session, 0 app passwords\n[0-9a-f-]{36} {2}since .*127\.0\.0\.1/,
    );
    const other = ['sign-out', ana.username, '--session'];
    expect((await admin([...other, '00000000-0000-7000-8000-000000000009'])).out).toBe('Ended 0 sessions.\n');
    expect((await admin([...other, 'first'])).code).toBe(2);
    expect((await admin(['sign-out', ana.username])).out).toBe('Ended 1 session and 0 app passwords.\n');
  });

  it('empties the trash and erases an account', async () => {
    const ben = await app.signUp('ben');
    const { id } = await ok(createEvent({ client: ben.client, body: { title: 'Plan', ...slot(1) } }));
    await done(deleteEvent({ client: ben.client, path: { id } }));
    expect((await admin(['purge-trash'])).out).toBe('Removed 0 events from the trash.\n');
    expect((await admin(['purge-trash', '--days', '0'])).out).toBe('Removed 1 event from the trash.\n');
    expect((await ok(listEvents({ client: ben.client, query: { deleted: true } }))).items).toEqual([]);
    expect((await admin(['erase', ben.username, '--yes'])).code).toBe(0);
    expect((await getMe({ client: ben.client })).response?.status).toBe(401);
    const [row] = await app.database.query('SELECT username FROM users WHERE id = $1', [ben.id]);
    expect(row).toEqual({ username: 'Deleted user' });
  });
});

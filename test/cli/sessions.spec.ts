import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPassword } from '../../sdk/cli/prompt.js';
import { CommandLine } from '../support/command-line.js';
import { CommandLineServer } from '../support/command-line-server.js';
import { call } from '../support/server-process.js';
import { PASSWORD } from '../support/test-app.js';

interface Stored {
  servers: Record<
    string,
    { sessions: Record<string, { access_token: string; refresh_token: string; expires_at: number }> }
  >;
}

describe('the sessions of convene', () => {
  let server: CommandLineServer;
  let home: CommandLine;
  let name: string;
  let people = 0;
  beforeAll(async () => {
    server = await CommandLineServer.start();
  });
  afterAll(() => server.dispose());
  beforeEach(async () => {
    home = await CommandLine.create(server.url);
    name = `person-${++people}`;
    await home.signUp(name);
  });
  afterEach(() => home.dispose());

  const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
  const stored = async (): Promise<Stored> => JSON.parse(await home.readCredentials()) as Stored;
  const session = async () => (await stored()).servers[server.url]!.sessions[name]!;
  /** Makes the access token one that is to be renewed. */
  async function expire(): Promise<void> {
    const all = await stored();
    all.servers[server.url]!.sessions[name]!.expires_at = 1;
    await writeFile(home.credentials, JSON.stringify(all));
  }

  it('are kept in one file that nobody else can read', async () => {
    expect(await mode(home.credentials)).toBe('600');
    expect(await mode(dirname(home.credentials))).toBe('700');
    expect(await home.readCredentials()).not.toContain(PASSWORD);
    // Somebody has copied it about.
    await chmod(home.credentials, 0o644);
    expect(await home.ok('whoami')).toBe(`${name} (${name}@example.com) at ${server.url}, time zone Europe/Paris\n`);
    expect(await mode(home.credentials)).toBe('600');
    await chmod(home.credentials, 0o644);
    await expire();
    await home.ok('whoami');
    expect(await mode(home.credentials)).toBe('600');
    expect(await readdir(dirname(home.credentials))).toEqual(['credentials.json']);
  });

  it('begin with login, for the server and the person of the last one, and end with logout', async () => {
    const wrong = await home.run(['login', name], { input: 'not this one\n' });
    expect(wrong).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('(wrong_credentials)') as string,
    });
    expect(await home.run(['login', name], { input: '\n' })).toMatchObject({ code: 2, stdout: '' });
    expect(await home.run(['login'], { input: `${PASSWORD}\n` })).toMatchObject({ code: 2, stdout: '' });
    const other = `${name}-other`;
    await home.signUp(other, 'Asia/Tokyo');
    // Without --url and CONVENE: where the last one signed in.
    const env = { CONVENE: '' };
    expect((await home.run(['whoami'], { env })).stdout).toContain(`${other} (`);
    expect((await home.run(['--as', name, 'whoami'], { env })).stdout).toContain(`${name} (`);
    const signedIn = await home.run(['login', `${name}@example.com`, '--json'], { input: PASSWORD });
    expect(JSON.parse(signedIn.stdout)).toMatchObject({ username: name, time_zone: 'Europe/Paris' });
    expect(await home.ok('whoami')).toContain(`${name} (`);

    const { access_token: token } = await session();
    expect(await home.ok('logout')).toBe(`Signed out of ${server.url}.\n`);
    expect((await call(server.url, 'GET', '/api/auth/me', { token })).status).toBe(401);
    // Nobody becomes somebody else by signing out.
    const { code, stderr } = await home.fails('whoami');
    expect([code, stderr]).toEqual([
      3,
      `error: You are not signed in to ${server.url}. (not_signed_in)\nCONVENE names this server.\nSign in with: convene login --url ${server.url}, or act as somebody who is: --as ${other}\n`,
    ]);
  });

  it('are with the server of --url, of CONVENE, of the last one, or the default, and a refusal says which', async () => {
    const gone = 'http://127.0.0.1:1';
    const fails = async (env: Record<string, string>, ...args: string[]): Promise<string[]> =>
      (await home.run([...args, 'whoami'], { env })).stderr.split('\n');
    const refusal = (url: string): string => `error: You are not signed in to ${url}. (not_signed_in)`;
    const next = `Sign in with: convene login --url ${gone}`;
    expect(await fails({ CONVENE: gone })).toEqual([refusal(gone), 'CONVENE names this server.', next, '']);
    // The name that it had first.
    const old = { CONVENE: '', CONVENE_URL: gone };
    expect(await fails(old)).toEqual([refusal(gone), 'CONVENE_URL names this server.', next, '']);
    expect((await home.run(['whoami'], { env: { CONVENE_URL: gone } })).stdout).toContain(name);
    expect(await fails({}, '--url', gone)).toEqual([refusal(gone), next, '']);
    await home.ok('logout');
    expect((await fails({ CONVENE: '' })).slice(0, 2)).toEqual([
      refusal(server.url),
      'It is the server that you signed in to last.',
    ]);
    const unknown = await CommandLine.create(server.url);
    try {
      const { code, stderr } = await unknown.run(['whoami'], { env: { CONVENE: '' } });
      expect([code, stderr]).toEqual([
        3,
        expect.stringMatching(
          /^error: .* http:\/\/127\.0\.0\.1:3000\. .*\nIt is the default: name another server/,
        ) as string,
      ]);
    } finally {
      await unknown.dispose();
    }
    expect((await fails({ CONVENE: 'nonsense' }))[0]).toMatch(/^error: “nonsense” \(CONVENE\) is not an address/);
  });

  it('that the server has ended are a sentence and 3', async () => {
    const { access_token: token } = await session();
    await call(server.url, 'POST', '/api/auth/logout', { token, body: { all: true } });
    const { code, stderr } = await home.fails('events', 'ls');
    expect([code, stderr]).toEqual([
      3,
      `error: Your session at ${server.url} has ended. (unauthenticated)\nSign in with: convene login --url ${server.url}\n`,
    ]);
    expect((await home.fails('events', 'ls')).stderr).toContain('You are not signed in');
  });

  it('may be a token of CONVENE_TOKEN instead', async () => {
    const { access_token } = await session();
    const empty = await CommandLine.create(server.url);
    try {
      const env = { CONVENE_TOKEN: access_token };
      expect((await empty.run(['whoami'], { env })).stdout).toContain(`${name} (`);
      expect((await empty.run(['events', 'ls'], { env })).stdout).toContain('times in Europe/Paris');
      await expect(stat(empty.credentials)).rejects.toThrow('ENOENT');
      const bad = await empty.run(['whoami'], { env: { CONVENE_TOKEN: 'no token' } });
      expect([bad.code, bad.stderr]).toEqual([
        3,
        expect.stringMatching(/does not accept CONVENE_TOKEN.*\n.*Set a new one/) as string,
      ]);
    } finally {
      await empty.dispose();
    }
  });

  it('are renewed once by processes that run at the same time, and none loses them', async () => {
    const before = await session();
    await expire();
    const commands = Array.from({ length: 6 }, () => home.run(['whoami']));
    const ended = await Promise.all(commands);
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(ended.map(() => [0, '']));
    const after = await session();
    expect(after.refresh_token).not.toBe(before.refresh_token);
    // The chain has not forked: it goes on from what is stored.
    await expire();
    await home.ok('whoami');
    expect((await session()).refresh_token).not.toBe(after.refresh_token);
    expect(await readdir(dirname(home.credentials))).toEqual(['credentials.json']);
  });

  it('take over the lock of a process that was killed', async () => {
    await expire();
    const lock = `${home.credentials}.lock`;
    await writeFile(lock, 'somebody who is gone');
    expect((await home.start(['whoami']).ended).code).toBe(0);
    await expect(stat(lock)).rejects.toThrow('ENOENT');
  });

  it('that cannot be read are a sentence', async () => {
    await writeFile(home.credentials, '{ "servers": ');
    const { code, stderr } = await home.fails('whoami');
    expect([code, stderr]).toEqual([
      1,
      `error: ${home.credentials} cannot be read: it is not what \`convene login\` writes. (unreadable_credentials)\nRemove the file, and sign in again with \`convene login\`.\n`,
    ]);
    const folder = join(home.folder, 'other');
    await mkdir(folder);
    await writeFile(join(folder, 'convene'), 'a file where the folder should be');
    const blocked = await home.run(['login', name], { input: PASSWORD, env: { XDG_CONFIG_HOME: folder } });
    expect(blocked).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: .*convene cannot be written: there is a file in its place\. .*\n$/,
      ) as string,
    });
    await rm(home.credentials);
    await mkdir(home.credentials);
    expect((await home.fails('whoami')).stderr).toMatch(/credentials\.json cannot be read: it is a folder\. /);
  });

  it('need a server that responds, and an address that is one', async () => {
    const gone = 'http://127.0.0.1:1';
    const down = await home.run(['login', name, '--url', gone], { input: PASSWORD });
    expect([down.code, down.stderr]).toEqual([
      5,
      expect.stringMatching(/^error: http:\/\/127\.0\.0\.1:1 does not respond\. \(no_response\)\n/) as string,
    ]);
    for (const url of ['nonsense', 'ftp://example.com', 'http://ana:secret@127.0.0.1']) {
      expect([url, (await home.fails('--url', url, 'whoami')).code]).toEqual([url, 2]);
    }
    await server.stop();
    try {
      expect(await home.fails('events', 'ls')).toMatchObject({
        code: 5,
        stderr: expect.stringContaining('does not respond') as string,
      });
      const json = await home.fails('events', 'ls', '--json');
      expect(JSON.parse(json.stderr)).toMatchObject({ code: 'no_response' });
    } finally {
      await server.startAgain();
    }
    expect(await home.ok('whoami')).toContain(name);
  });
});

describe('a password that is typed', () => {
  it('is not shown', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input }) as unknown as ReadStream;
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 }) as unknown as WriteStream;
    let shown = '';
    output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const password = readPassword('Password of ana: ', input, output);
    for (const character of 'correct horse 8\u007f7\r') input.write(character);
    expect(await password).toBe('correct horse 7');
    expect(shown).toBe('Password of ana: \n');
  });
});

import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommandLine } from '../support/command-line.js';
import { CommandLineServer } from '../support/command-line-server.js';
import { call } from '../support/server-process.js';

interface Session {
  access_token: string;
  refresh_token: string;
  expires_at: number;
  user: { time_zone: string };
}

interface Stored {
  servers: Record<string, { sessions: Record<string, Session> }>;
}

describe('the zone of an account that has changed it elsewhere', () => {
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
    name = `mover-${++people}`;
    await home.signUp(name, 'Europe/Paris');
    await move('America/New_York');
  });
  afterEach(() => home.dispose());

  const stored = async (): Promise<Stored> => JSON.parse(await home.readCredentials()) as Stored;
  const session = async (): Promise<Session> => (await stored()).servers[server.url]!.sessions[name]!;
  /** As the dashboard does it. */
  async function move(time_zone: string): Promise<void> {
    const { access_token: token } = await session();
    const { status } = await call(server.url, 'PATCH', '/api/auth/me', { token, body: { time_zone } });
    expect(status).toBe(200);
  }

  it('is that in which times are read and stored, without a new login', async () => {
    expect(await home.json('events', 'add', 'Call', '2031-03-03 10:00')).toMatchObject({
      start_time: '2031-03-03T15:00:00Z',
      end_time: '2031-03-03T16:00:00Z',
      time_zone: 'America/New_York',
    });
    expect(await home.ok('events', 'mv', 'Call', '11:00')).toContain('11:00–12:00 (America/New_York)');
    await move('Asia/Tokyo');
    expect(await home.ok('events', 'ls', '2031-03-04')).toMatch(
      /^ {2}01:00–02:00 .* Call$[^]*times in Asia\/Tokyo\n$/m,
    );
    expect(await home.json('events', 'mv', 'Call', '2031-03-04 10:00')).toMatchObject({
      start_time: '2031-03-04T01:00:00Z',
    });
    // --zone comes before it, as ever.
    expect(await home.ok('events', 'show', 'Call', '--zone', 'Europe/Paris')).toContain('02:00–03:00 (Europe/Paris)');
  });

  it('is that of find-time and free', async () => {
    const { slots } = await home.json<{ slots: { start_time: string }[] }>(
      ...['find-time', name, '--on', '2031-03-03 10:00-12:00', '--limit', '1'],
    );
    expect(slots.map(({ start_time }) => start_time)).toEqual(['2031-03-03T15:00:00Z']);
    expect(await home.ok('find-time', name, '--on', '2031-03-03', '--limit', '1')).toMatch(
      /^ {2}Mon 3 Mar 2031, \d\d:00–\d\d:00\ntimes in America\/New_York · /m,
    );
    expect(await home.ok('free', '--on', '2031-03-03')).toMatch(/times in America\/New_York\n$/);
  });

  it('is stored by whoami, and changes nothing else of the session', async () => {
    const before = await session();
    expect(before.user.time_zone).toBe('Europe/Paris');
    expect(await home.ok('whoami')).toMatch(/, time zone America\/New_York\n$/);
    const after = await session();
    expect(after).toEqual({ ...before, user: { ...before.user, time_zone: 'America/New_York' } });
  });

  it('and a renewed token are both stored by commands that run at the same time', async () => {
    const all = await stored();
    const before = all.servers[server.url]!.sessions[name]!;
    before.expires_at = 1;
    await writeFile(home.credentials, JSON.stringify(all));
    const ended = await Promise.all(Array.from({ length: 4 }, () => home.run(['events', 'ls'])));
    expect(ended.map(({ code, stdout }) => [code, stdout.includes('times in America/New_York')])).toEqual(
      ended.map(() => [0, true]),
    );
    const after = await session();
    expect(after.refresh_token).not.toBe(before.refresh_token);
    expect(after.user.time_zone).toBe('America/New_York');
    expect(await home.ok('whoami')).toContain('America/New_York');
  });

  it('is that of the account of CONVENE_TOKEN too, of which nothing is stored', async () => {
    const before = await session();
    const printed = await home.run(['events', 'ls'], { env: { CONVENE_TOKEN: before.access_token } });
    expect(printed.stdout).toContain('times in America/New_York');
    expect(await session()).toEqual(before);
  });
});

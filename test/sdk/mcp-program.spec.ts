import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Agent, MCP_PROGRAM, signUpAt } from '../support/mcp-clients.js';
import { CommandLine } from '../support/command-line.js';
import { type RunningServer, startServer } from '../support/running-server.js';
import { PASSWORD } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

interface Stored {
  servers: Record<
    string,
    { sessions: Record<string, { access_token: string; refresh_token: string; user: { username: string } }> }
  >;
}

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close();
});

describe('convene mcp', () => {
  it('serves the person who is signed in on the command line, and renews their session', async () => {
    const home = await CommandLine.create(server.url);
    try {
      await home.signUp(`ana-${Date.now().toString(36)}`);
      const stored = JSON.parse(await home.readCredentials()) as Stored;
      const [session] = Object.values(stored.servers[server.url]!.sessions);
      // As it is after the access token has expired.
      session!.access_token = 'expired';
      await writeFile(home.credentials, JSON.stringify(stored));
      const agent = await Agent.overCommandLine(home);
      agents.push(agent);
      expect(await agent.ok('about_me')).toMatchObject({ username: session!.user.username });
      const renewed = JSON.parse(await home.readCredentials()) as Stored;
      const [next] = Object.values(renewed.servers[server.url]!.sessions);
      expect(next!.refresh_token).not.toBe(session!.refresh_token);
    } finally {
      await home.dispose();
    }
  });

  it('asks to sign in first', async () => {
    const home = await CommandLine.create(server.url);
    try {
      expect(await home.fails('mcp')).toMatchObject({ code: 3, stderr: expect.stringContaining('convene login') });
    } finally {
      await home.dispose();
    }
  });
});

describe('convene-mcp', () => {
  it('says in a result that the session of its token has ended', async () => {
    const ana = await signUpAt(server.url, 'ana');
    const agent = await Agent.overStdio(server.url, { CONVENE_TOKEN: ana.token });
    agents.push(agent);
    expect(await agent.ok('about_me')).toMatchObject({ username: ana.username });
    await ana.convene.signOut();
    const { code, error } = await agent.refused('find_events', { q: 'x' });
    expect([code, error]).toEqual(['unauthenticated', expect.stringContaining('sign in again')]);
  });

  it('ends its own session with the agent', async () => {
    const ana = await signUpAt(server.url, 'ana');
    const agent = await Agent.overStdio(server.url, { CONVENE_USERNAME: ana.username, CONVENE_PASSWORD: PASSWORD });
    expect((await ana.convene.account.sessions()).items).toHaveLength(2);
    await agent.close();
    await vi.waitFor(async () => expect((await ana.convene.account.sessions()).items).toHaveLength(1), PATIENCE_MS);
  });

  it('does not start with mistakes, and says so in one sentence', async () => {
    const start = (env: Record<string, string>) =>
      promisify(execFile)(process.execPath, [MCP_PROGRAM], { env: { PATH: process.env['PATH'] ?? '', ...env } }).then(
        () => ({ code: 0, stderr: '' }),
        ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
      );
    const person = { CONVENE_USERNAME: 'nobody', CONVENE_PASSWORD: 'wrong horse 1' };
    const mistakes: [Record<string, string>, RegExp][] = [
      [{}, /^convene-mcp: Set CONVENE_USERNAME and CONVENE_PASSWORD, or CONVENE_TOKEN\..*\n$/],
      [{ ...person, CONVENE: 'convene' }, /^convene-mcp: CONVENE must begin with http.*\n$/],
      [{ ...person, CONVENE_URL: 'convene' }, /^convene-mcp: CONVENE_URL must begin with http.*\n$/],
      [{ ...person, CONVENE: 'http://127.0.0.1:1' }, /^convene-mcp: No Convene server responds at .*\n$/],
      [{ ...person, CONVENE_URL: server.url }, /^convene-mcp: .*password.*\n$/],
    ];
    for (const [env, words] of mistakes) {
      const { code, stderr } = await start(env);
      expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
    }
  });
});

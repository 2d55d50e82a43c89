import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Agent, MCP_PROGRAM, signUpAt } from '../support/mcp-clients.js';
import { type RunningServer, startServer } from '../support/running-server.js';
import { PASSWORD } from '../support/test-app.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close();
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
    await vi.waitFor(async () => expect((await ana.convene.account.sessions()).items).toHaveLength(1), 60_000);
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
      [{ ...person, CONVENE_URL: 'convene' }, /^convene-mcp: CONVENE_URL must begin with http.*\n$/],
      [{ ...person, CONVENE_URL: 'http://127.0.0.1:1' }, /^convene-mcp: No Convene server responds at .*\n$/],
      [{ ...person, CONVENE_URL: server.url }, /^convene-mcp: .*password.*\n$/],
    ];
    for (const [env, words] of mistakes) {
      const { code, stderr } = await start(env);
      expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
    }
  });
});

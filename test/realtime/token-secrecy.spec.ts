import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register } from '../../sdk/generated/sdk.gen.js';
import { createClient } from '../../sdk/generated/client/index.js';
import { buildServer } from '../support/build.js';
import { LIVE_KINDS, openLive, plainWebSocket } from '../support/live-client.js';
import { ServerHome } from '../support/server-process.js';
import { ok, PASSWORD } from '../support/test-app.js';

let home: ServerHome;
beforeAll(async () => {
  await buildServer();
  home = await ServerHome.create();
});
afterAll(() => home.dispose());

describe('a token', () => {
  it('is never logged, however it is sent, even at the debug level', async () => {
    const server = home.start({ LOG_LEVEL: 'debug' });
    const url = await server.url();
    const account = { username: 'ana', email: 'ana@example.com', password: PASSWORD };
    const { access_token: token } = await ok(register({ client: createClient({ baseUrl: url }), body: account }));
    for (const kind of LIVE_KINDS) (await openLive(kind, url, token)).cut();
    const inQuery = plainWebSocket(url, `/ws/notifications?token=${token}`);
    await inQuery.waitFor('ready');
    inQuery.cut();
    const events = new AbortController();
    await fetch(`${url}/api/changes/stream?token=${token}`, { signal: events.signal });
    events.abort();
    for (const path of ['/ws/notifications', '/ws/elsewhere', '/api/changes/stream', '/api/nowhere']) {
      await fetch(`${url}${path}?token=${token}`);
    }
    const refused = plainWebSocket(url, `/ws/notifications?after=x&token=${token}`);
    await refused.waitForEnd();
    await server.signal('SIGTERM');
    expect(server.output).toContain('/api/changes/stream');
    expect(server.output).not.toContain(token.split('.')[2]);
  });
});

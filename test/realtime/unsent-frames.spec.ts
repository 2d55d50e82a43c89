import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, login, logout, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { Delivery } from '../../src/live/delivery.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import { slot } from '../support/calls.js';
import { until } from '../support/embedded-postgres-harness.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import { PausedClient } from '../support/paused-client.js';
import { done } from '../support/requests.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let connections: OpenConnections;
beforeAll(async () => {
  app = await startApp({ liveQueueFrames: 100_000 });
  connections = app.app.get(OpenConnections);
});
afterAll(() => app.close());

let ana: Person;
let ben: Person;
let path: { id: string };
beforeEach(async () => {
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  path = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
  await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'viewer' } }));
});

const revokeAccess = () => done(revokePermission({ client: ana.client, path: { ...path, userId: ben.id } }));

/** Inserts items of the event into Ben's stream: more than any operating system buffers for a client. */
async function insertItems(items: number): Promise<void> {
  await app.database.query(
    `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
     SELECT user_id, seq + n, gen_random_uuid(), 'event_updated', event_id, event_title, 2, actor_id, changed, created_at
       FROM notifications, generate_series(1, $2::int) AS n WHERE user_id = $1`,
    [ben.id, items],
  );
  await app.database.query('UPDATE notification_streams SET last_seq = last_seq + $2 WHERE user_id = $1', [
    ben.id,
    items,
  ]);
  app.app.get(Delivery).wake([ben.id]);
}

describe.each(LIVE_KINDS)('a client that reads nothing over %s', (kind) => {
  it('is disconnected when its access is revoked, and unsent frames are discarded', async () => {
    const client = await PausedClient.open(kind, app.url, ben.accessToken);
    const [connection] = connections.of(ben.id);
    await insertItems(30_000);
    await until(() => connection!.transport.unsentBytes() > 0 && connections.stalled.has(connection!));
    expect(connection!.cursor).toBeLessThan(30_000);
    await revokeAccess();
    expect(connection!.closed).toBe(true);
    await client.readToTheEnd();
    // These items had reached the client's operating system; the server had buffered many more.
    expect(client.items).toBeLessThan(connection!.cursor! / 2);
    const reconnected = await openLive(kind, app.url, ben.accessToken, { after: 1 });
    expect((await reconnected.waitForItems(1)).map(({ type }) => type)).toEqual(['access_revoked']);
    reconnected.cut();
  });

  it('is disconnected when its session ends', async () => {
    const session = await ok(login({ client: app.client(), body: { username: ben.username, password: PASSWORD } }));
    const client = await PausedClient.open(kind, app.url, session.access_token);
    const [connection] = connections.of(ben.id);
    await insertItems(30_000);
    await until(() => connection!.transport.unsentBytes() > 0 && connections.stalled.has(connection!));
    await done(logout({ client: app.client(session.access_token), body: {} }));
    expect([connection!.closed, connections.of(ben.id)]).toEqual([true, []]);
    await client.readToTheEnd();
    expect(client.items).toBeLessThan(connection!.cursor! / 2);
  });
});

describe('a socket.io client over long polling', () => {
  it('does not receive in its next request what it can no longer see', async () => {
    const address = `${app.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(address)).text()).slice(1)) as { sid: string };
    const request = async (body?: string): Promise<string> =>
      (await fetch(`${address}&sid=${sid}`, { method: body ? 'POST' : 'GET', body: body ?? null })).text();
    await request(`40${JSON.stringify({ token: ben.accessToken })}`);
    let received = '';
    while (!received.includes('"ready"')) received += await request();
    await ok(updateEvent({ client: ana.client, path, body: { title: 'Secret' } }));
    const [connection] = connections.of(ben.id);
    await until(() => connection!.transport.unsentBytes() > 0);
    await revokeAccess();
    expect(connection!.closed).toBe(true);
    expect(await request()).not.toContain('Secret');
  });
});

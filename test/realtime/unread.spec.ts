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
let pipes: OpenConnections;
beforeAll(async () => {
  app = await startApp({ liveQueueFrames: 100_000 });
  pipes = app.app.get(OpenConnections);
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

const removeBen = () => done(revokePermission({ client: ana.client, path: { ...path, userId: ben.id } }));

/** So many more items in ben's stream, of the event, by the side of the API: more than any system holds for a reader. */
async function pileUp(items: number): Promise<void> {
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
  it('is cut off when its access ends, and what the server had ready for it goes nowhere', async () => {
    const client = await PausedClient.open(kind, app.url, ben.accessToken);
    const [pipe] = pipes.of(ben.id);
    await pileUp(30_000);
    await until(() => pipe!.transport.unsent() > 0 && pipes.stalled.has(pipe!));
    expect(pipe!.cursor).toBeLessThan(30_000);
    await removeBen();
    expect(pipe!.closed).toBe(true);
    await client.readToTheEnd();
    // What it still finds had reached its own machine; the server's own held far more.
    expect(client.items).toBeLessThan(pipe!.cursor! / 2);
    const back = await openLive(kind, app.url, ben.accessToken, { after: 1 });
    expect((await back.hearsItems(1)).map(({ type }) => type)).toEqual(['access_revoked']);
    back.cut();
  });

  it('is cut off when its session ends', async () => {
    const session = await ok(login({ client: app.client(), body: { username: ben.username, password: PASSWORD } }));
    const client = await PausedClient.open(kind, app.url, session.access_token);
    const [pipe] = pipes.of(ben.id);
    await pileUp(30_000);
    await until(() => pipe!.transport.unsent() > 0 && pipes.stalled.has(pipe!));
    await done(logout({ client: app.client(session.access_token), body: {} }));
    expect([pipe!.closed, pipes.of(ben.id)]).toEqual([true, []]);
    await client.readToTheEnd();
    expect(client.items).toBeLessThan(pipe!.cursor! / 2);
  });
});

describe('a socket.io client over long polling', () => {
  it('is not given with its next request what it may no longer see', async () => {
    const address = `${app.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(address)).text()).slice(1)) as { sid: string };
    const ask = async (body?: string): Promise<string> =>
      (await fetch(`${address}&sid=${sid}`, { method: body ? 'POST' : 'GET', body: body ?? null })).text();
    await ask(`40${JSON.stringify({ token: ben.accessToken })}`);
    let heard = '';
    while (!heard.includes('"ready"')) heard += await ask();
    await ok(updateEvent({ client: ana.client, path, body: { title: 'Secret' } }));
    const [pipe] = pipes.of(ben.id);
    await until(() => pipe!.transport.unsent() > 0);
    await removeBen();
    expect(pipe!.closed).toBe(true);
    expect(await ask()).not.toContain('Secret');
  });
});

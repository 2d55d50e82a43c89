import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createEvent,
  deleteEvent,
  listNotifications,
  revokePermission,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { outcome, slot } from '../support/calls.js';
import { LiveSocket } from '../support/live-socket.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

let ana: Person;
let ben: Person;
let open: LiveSocket[];
let hour = 0;
beforeEach(async () => {
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  open = [];
});
afterEach(() => open.forEach((socket) => socket.close()));

async function listen(person: Person, options?: Parameters<typeof LiveSocket.open>[2]): Promise<LiveSocket> {
  const socket = await LiveSocket.open(app.url, person.accessToken, options);
  open.push(socket);
  return socket;
}

const create = async (owner: Person): Promise<string> =>
  (await ok(createEvent({ client: owner.client, body: { title: 'Plan', ...slot((hour += 2)) } }))).id;
const share = (id: string, owner: Person, guest: Person) =>
  ok(shareEvent({ client: owner.client, path: { id }, body: { users: [{ user_id: guest.id, role: 'editor' }] } }));
const retitle = (id: string, person: Person, title: string) =>
  ok(updateEvent({ client: person.client, path: { id }, body: { title } }));
const inboxOf = async (person: Person) =>
  (await ok(listNotifications({ client: person.client, query: { limit: 200 } }))).items.reverse();

describe('change', () => {
  it('reaches every member of an event in the order of their inbox, and no one else', async () => {
    const carl = await app.signUp('carl');
    const [anas, bens, carls] = [await listen(ana), await listen(ben), await listen(carl)];
    const id = await create(ana);
    await share(id, ana, ben);
    await Promise.all(Array.from({ length: 10 }, (_, index) => retitle(id, index % 2 ? ana : ben, `Plan ${index}`)));
    await ok(updateEvent({ client: ben.client, path: { id }, body: { location: 'Room 4' } }));
    expect((await outcome(deleteEvent({ client: ana.client, path: { id } }))).status).toBe(204);

    expect(await anas.waitForItems(14)).toEqual(await inboxOf(ana));
    expect(await bens.waitForItems(13)).toEqual(await inboxOf(ben));
    expect(anas.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
    expect(carls.names).toEqual(['ready']);
  });

  it('continues after the number in ready', async () => {
    const id = await create(ana);
    const sockets: LiveSocket[] = [];
    let stop = false;
    const writing = (async () => {
      for (let n = 0; !stop; n += 1) await retitle(id, ana, `Plan ${n}`);
    })();
    for (let n = 0; n < 10; n += 1) sockets.push(await listen(ana));
    stop = true;
    await writing;
    const last = (await inboxOf(ana)).at(-1)!.seq;
    for (const socket of sockets) {
      const { seq } = (await socket.waitFor('ready')) as { seq: number };
      expect(socket.names[0]).toBe('ready');
      expect(socket.received[0]!.data).toEqual({ user_id: ana.id, seq });
      await socket.waitForItems(last - seq);
      expect(socket.items.map((item) => item.seq)).toEqual(Array.from({ length: last - seq }, (_, n) => seq + 1 + n));
    }
  });

  it('reaches every socket of a user, over WebSocket and polling', async () => {
    const sockets = [await listen(ana), await listen(ana), await listen(ana, { transports: ['polling'] })];
    expect(sockets[2]!.client.io.engine.transport.name).toBe('polling');
    const id = await create(ana);
    await retitle(id, ana, 'Renamed');
    const inbox = await inboxOf(ana);
    for (const socket of sockets) expect(await socket.waitForItems(2)).toEqual(inbox);
    sockets[0]!.close();
    await retitle(id, ana, 'Renamed again');
    for (const socket of sockets.slice(1)) expect(await socket.waitForItems(3)).toHaveLength(3);
  });

  it('is not sent for writes that are refused, rolled back or change nothing', async () => {
    const socket = await listen(ana);
    const id = await create(ana);
    await socket.waitForItems(1);
    const taken = slot(hour);
    expect((await outcome(createEvent({ client: ana.client, body: { title: 'Clash', ...taken } }))).status).toBe(409);
    const backwards = { start_time: taken.end_time, end_time: taken.start_time };
    expect((await outcome(updateEvent({ client: ana.client, path: { id }, body: backwards }))).status).toBe(422);
    const stale = { path: { id }, headers: { 'If-Match': '"7"' }, body: { title: 'Late' } };
    expect((await outcome(updateEvent({ client: ana.client, ...stale }))).status).toBe(412);
    const people = [
      { user_id: ben.id, role: 'viewer' as const },
      { username: 'nobody-at-all', role: 'viewer' as const },
    ];
    expect((await outcome(shareEvent({ client: ana.client, path: { id }, body: { users: people } }))).status).toBe(422);
    await retitle(id, ana, 'Plan');
    expect(await socket.staysQuiet()).toBe(true);
    expect(
      await app.database.query(`SELECT 1 FROM notifications WHERE user_id = ANY($1)`, [[ana.id, ben.id]]),
    ).toHaveLength(1);
  });
});

describe('a frame of the client', () => {
  it('is answered without a message, and needs no acknowledgement', async () => {
    const { client } = await listen(ana);
    await create(ana);
    const refusal = { ok: false, code: 'validation_failed' };
    expect(await client.timeout(PATIENCE_MS).emitWithAck('resume')).toEqual(refusal);
    expect(await client.timeout(PATIENCE_MS).emitWithAck('resume', null)).toEqual(refusal);
    expect(await client.timeout(PATIENCE_MS).emitWithAck('resume', { after: 0 }, 'more')).toEqual({ ok: true, seq: 1 });
    expect(await client.timeout(PATIENCE_MS).emitWithAck('authenticate')).toEqual({
      ok: false,
      code: 'unauthenticated',
    });
    for (const sent of [[], [{}], [null], ['text', 1]]) client.emit('resume', ...sent);
    expect(await client.timeout(PATIENCE_MS).emitWithAck('resume', { after: 1 })).toEqual({ ok: true, seq: 1 });
  });
});

describe('access_revoked', () => {
  it('is the last item of that event that a removed member receives; other events continue', async () => {
    const carl = await app.signUp('carl');
    const [lost, kept] = [await create(ana), await create(ana)];
    for (const id of [lost, kept]) await share(id, ana, ben);
    await share(lost, ana, carl);
    const socket = await listen(ben);
    const removed = revokePermission({ client: ana.client, path: { id: lost, userId: ben.id } });
    expect((await outcome(removed)).status).toBe(204);
    await retitle(lost, ana, 'Unseen');
    await outcome(revokePermission({ client: ana.client, path: { id: lost, userId: carl.id } }));
    await retitle(kept, ana, 'Still shared');
    const items = await socket.waitForItems(2);
    expect(items).toMatchObject([
      { type: 'access_revoked', event_id: lost, message: `${ana.username} removed you from “Plan”` },
      { type: 'event_updated', event_id: kept },
    ]);
    expect(await socket.staysQuiet()).toBe(true);
  });
});

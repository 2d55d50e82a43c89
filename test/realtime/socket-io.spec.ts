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
  it('reaches both people on an event, equal to their inboxes and in order, and no stranger', async () => {
    const carl = await app.signUp('carl');
    const [anas, bens, carls] = [await listen(ana), await listen(ben), await listen(carl)];
    const id = await create(ana);
    await share(id, ana, ben);
    await Promise.all(Array.from({ length: 10 }, (_, index) => retitle(id, index % 2 ? ana : ben, `Plan ${index}`)));
    await ok(updateEvent({ client: ben.client, path: { id }, body: { location: 'Room 4' } }));
    expect((await outcome(deleteEvent({ client: ana.client, path: { id } }))).status).toBe(204);

    expect(await anas.hearsItems(14)).toEqual(await inboxOf(ana));
    expect(await bens.hearsItems(13)).toEqual(await inboxOf(ben));
    expect(anas.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
    expect(carls.names).toEqual(['ready']);
  });

  it('comes after ready, from the number that ready named', async () => {
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
      const { seq } = (await socket.hears('ready')) as { seq: number };
      expect(socket.names[0]).toBe('ready');
      expect(socket.heard[0]!.data).toEqual({ user_id: ana.id, seq });
      await socket.hearsItems(last - seq);
      expect(socket.items.map((item) => item.seq)).toEqual(Array.from({ length: last - seq }, (_, n) => seq + 1 + n));
    }
  });

  it('reaches every socket of a person, over websocket and polling alike', async () => {
    const sockets = [await listen(ana), await listen(ana), await listen(ana, { transports: ['polling'] })];
    expect(sockets[2]!.client.io.engine.transport.name).toBe('polling');
    const id = await create(ana);
    await retitle(id, ana, 'Renamed');
    const inbox = await inboxOf(ana);
    for (const socket of sockets) expect(await socket.hearsItems(2)).toEqual(inbox);
    sockets[0]!.close();
    await retitle(id, ana, 'Renamed again');
    for (const socket of sockets.slice(1)) expect(await socket.hearsItems(3)).toHaveLength(3);
  });

  it('is not sent for what was refused, rolled back, or changed nothing', async () => {
    const socket = await listen(ana);
    const id = await create(ana);
    await socket.hearsItems(1);
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

describe('access_revoked', () => {
  it('is the last that a removed person hears of that event; he still hears of others', async () => {
    const carl = await app.signUp('carl');
    const [lost, kept] = [await create(ana), await create(ana)];
    for (const id of [lost, kept]) await share(id, ana, ben);
    await share(lost, ana, carl);
    const socket = await listen(ben);
    const removed = revokePermission({ client: ana.client, path: { id: lost, userId: ben.id } });
    expect((await outcome(removed)).status).toBe(204);
    await retitle(lost, ana, 'Behind his back');
    await outcome(revokePermission({ client: ana.client, path: { id: lost, userId: carl.id } }));
    await retitle(kept, ana, 'Still with him');
    const items = await socket.hearsItems(2);
    expect(items).toMatchObject([
      { type: 'access_revoked', event_id: lost, message: `${ana.username} removed you from “Plan”` },
      { type: 'event_updated', event_id: kept },
    ]);
    expect(await socket.staysQuiet()).toBe(true);
  });
});

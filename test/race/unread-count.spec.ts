import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deleteEvent,
  listNotifications,
  readAllNotifications,
  readNotification,
  restoreEvent,
  revokePermission,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { NotificationsView } from '../../sdk/generated/types.gen.js';
import { StreamPruningService } from '../../src/notifications/stream-pruning.service.js';
import type { TestDatabase } from '../support/database.js';
import { createMeeting, share } from '../support/meetings.js';
import { Chance } from '../support/random.js';
import { done } from '../support/requests.js';
import { ok, type Person, type TestApp } from '../support/test-app.js';
import { startTwoServers } from '../support/two-servers.js';

// A server remembers how many items were unread up to a number, and counts only what came since.

let database: TestDatabase;
let here: TestApp;
let there: TestApp;
let close: () => Promise<void>;
beforeAll(async () => void ({ database, here, there, close } = await startTwoServers()));
afterAll(() => close());

/** Ben reads the inbox; Ana changes events, and which of them Ben sees. */
interface Scene {
  ana: Person;
  ben: Person;
  eventIds: string[];
}

async function newScene(): Promise<Scene> {
  const [ana, ben] = [await there.signUp('ana'), await there.signUp('ben')];
  const eventIds: string[] = [];
  for (const title of ['One', 'Two', 'Three']) {
    const { id } = await createMeeting(ana, { title, show_as: 'free' });
    await share(ana, id, ben, 'viewer');
    eventIds.push(id);
  }
  return { ana, ben, eventIds };
}

/** All that is unread, with how much that is said to be. */
const readAt = (server: TestApp, { accessToken }: Person): Promise<NotificationsView> =>
  ok(listNotifications({ client: server.client(accessToken), query: { unread: true, limit: 200 } }));

const edit = ({ ana }: Scene, id: string): Promise<unknown> =>
  ok(updateEvent({ client: ana.client, path: { id }, body: { description: String(Math.random()) } }));
const revoke = ({ ana, ben }: Scene, id: string): Promise<unknown> =>
  done(revokePermission({ client: ana.client, path: { id, userId: ben.id } }));
const readAll = ({ ben }: Scene, upTo?: number): Promise<unknown> =>
  ok(readAllNotifications({ client: ben.client, body: upTo === undefined ? {} : { up_to: upTo } }));

/** Makes what happened to an event older than is kept, and deletes it. */
async function pruneOldest(user: Person, count: number): Promise<void> {
  await database.query(
    `UPDATE notifications SET created_at = now() - interval '400 days' WHERE user_id = $1 AND seq IN
       (SELECT seq FROM notifications WHERE user_id = $1 ORDER BY seq LIMIT $2)`,
    [user.id, count],
  );
  await there.app.get(StreamPruningService).prune();
}

async function countLookUps(server: TestApp): Promise<{ hit: number; miss: number }> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const count = (result: string): number =>
    Number(new RegExp(`^convene_unread_count_cache_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)![1]);
  return { hit: count('hit'), miss: count('miss') };
}

describe('the count of unread notifications, which a server remembers', () => {
  it('is counted once, and goes on with what comes', async () => {
    const scene = await newScene();
    const { ben, eventIds } = scene;
    const before = await countLookUps(here);
    expect((await readAt(here, ben)).unread_count).toBe(3);
    for (const id of eventIds) await edit(scene, id);
    expect((await readAt(here, ben)).unread_count).toBe(6);
    expect((await readAt(here, ben)).unread_count).toBe(6);
    expect(await countLookUps(here)).toEqual({ hit: before.hit + 2, miss: before.miss + 1 });
  });

  it.each<[what: string, change: (scene: Scene) => Promise<unknown>, unread: number]>([
    ['an event is hidden', (scene) => revoke(scene, scene.eventIds[0]!), 5],
    [
      'an event is hidden, and seen again',
      async (scene) => {
        await revoke(scene, scene.eventIds[0]!);
        await readAt(here, scene.ben);
        await share(scene.ana, scene.eventIds[0]!, scene.ben, 'viewer');
      },
      8,
    ],
    [
      'one is read',
      async ({ ben }) => {
        const [item] = (await readAt(there, ben)).items;
        await ok(readNotification({ client: ben.client, path: { id: item!.id } }));
      },
      5,
    ],
    ['some are read', (scene) => readAll(scene, 4), 2],
    ['all are read', (scene) => readAll(scene), 0],
    ['the oldest are pruned', ({ ben }) => pruneOldest(ben, 2), 4],
    ['all are pruned', ({ ben }) => pruneOldest(ben, 100), 0],
  ])('is that of now when %s on another server', async (_what, change, unread) => {
    const scene = await newScene();
    for (const id of scene.eventIds) await edit(scene, id);
    expect((await readAt(here, scene.ben)).unread_count).toBe(6);
    await change(scene);
    for (const server of [here, there]) {
      const inbox = await readAt(server, scene.ben);
      expect([inbox.items.length, inbox.unread_count]).toEqual([unread, unread]);
    }
  });

  it('is that of its own items while everything happens at once', async () => {
    const scene = await newScene();
    const { ana, ben, eventIds } = scene;
    const chance = new Chance(20_261_201);
    const acts: ((id: string) => Promise<unknown>)[] = [
      (id) => edit(scene, id),
      (id) => edit(scene, id),
      (id) => revoke(scene, id).catch(() => share(ana, id, ben, 'viewer')),
      (id) => share(ana, id, ben, 'viewer').catch(() => revoke(scene, id)),
      async (id) => {
        await done(deleteEvent({ client: ana.client, path: { id } }));
        await ok(restoreEvent({ client: ana.client, path: { id } }));
      },
      async () => {
        const { items } = await readAt(there, ben);
        const item = items[chance.below(items.length || 1)];
        // It may be hidden by now.
        if (item) await readNotification({ client: ben.client, path: { id: item.id } });
      },
      () => readAll(scene, chance.below(100) + 1),
      () => pruneOldest(ben, chance.below(3)),
    ];
    let isOver = false;
    const reading = [here, there].map(async (server) => {
      for (let reads = 0; !isOver || reads < 5; reads += 1) {
        const { items, unread_count } = await readAt(server, ben);
        expect(unread_count).toBe(items.length);
      }
    });
    const acting = eventIds.map(async (id) => {
      for (let count = 0; count < 40; count += 1) await chance.pick(acts)(id);
    });
    await Promise.all(acting).finally(() => (isOver = true));
    await Promise.all(reading);
    expect((await readAt(here, ben)).unread_count).toBe((await readAt(there, ben)).unread_count);
  });
});

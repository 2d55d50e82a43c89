import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createEvent,
  deleteEvent,
  restoreEvent,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { Streams } from '../../src/notifications/streams.js';
import { slot } from '../support/calls.js';
import { LIVE_KINDS, type LiveClient, openLive } from '../support/live-client.js';
import { done } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
afterEach(() => vi.restoreAllMocks());

const open = async (
  { accessToken }: Person,
  kind: (typeof LIVE_KINDS)[number],
  after?: number,
): Promise<LiveClient> => {
  const client = await openLive(kind, app.url, accessToken, after === undefined ? {} : { after });
  await client.waitFor('ready');
  return client;
};

describe.each(LIVE_KINDS)('items that this server committed, over %s', (kind) => {
  it('are sent without reading the stream, and as they are read later', async () => {
    const [ana, ben, cleo] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cleo')];
    const path = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    const users = [ben, cleo].map(({ id }) => ({ user_id: id, role: 'editor' as const }));
    await ok(shareEvent({ client: ana.client, path, body: { users } }));
    const people = [ana, ben, cleo];
    const streams = app.app.get(Streams, { strict: false });
    const read = vi.spyOn(streams, 'readParts');
    // The look at all streams once a second may find an item before this server hears that it was committed.
    vi.spyOn(streams, 'listLastSeqs').mockResolvedValue([]);
    const live = await Promise.all(people.map((person) => open(person, kind)));
    // What a connection missed before it opened is looked for once.
    await ok(updateEvent({ client: ana.client, path, body: { title: 'Open' } }));
    for (const client of live) await client.waitForItems(1);
    await vi.waitUntil(() => read.mock.settledResults.every(({ type }) => type === 'fulfilled'), PATIENCE_MS);
    read.mockClear();

    await ok(updateEvent({ client: ben.client, path, body: { title: 'Größe “2”' } }));
    await ok(updateEvent({ client: cleo.client, path, body: { description: 'Why\nnot', ...slot(2) } }));
    await ok(rollbackEvent({ client: ana.client, path: { ...path, version: 1 } }));
    await done(deleteEvent({ client: ana.client, path }));
    await ok(restoreEvent({ client: ana.client, path }));
    await ok(createEvent({ client: ben.client, body: { title: 'Mine', ...slot(30) } }));
    const counts = [6, 7, 6];
    const sent = await Promise.all(live.map((client, index) => client.waitForItems(counts[index]!)));
    expect(read).not.toHaveBeenCalled();

    for (const [index, person] of people.entries()) {
      const later = await open(person, kind, sent[index]![0]!.seq - 1);
      await later.waitForItems(counts[index]!);
      expect(later.texts).toEqual(live[index]!.texts);
      later.cut();
    }
    expect(sent[2]!.map(({ type }) => type)).toEqual([
      ...['event_updated', 'event_updated', 'event_updated', 'event_rolled_back', 'event_deleted', 'event_restored'],
    ]);
    for (const client of live) client.cut();
  });
});

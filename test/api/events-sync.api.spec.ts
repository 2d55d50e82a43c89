import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  createEvents,
  deleteEvent,
  eraseMe,
  listEvents,
  restoreEvent,
  revokePermission,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventsView, EventView, ListEventsData } from '../../sdk/generated/types.gen.js';
import { StreamPruningService } from '../../src/notifications/stream-pruning.service.js';
import { createMeeting, hourOn, share } from '../support/meetings.js';
import { complaints, done, send } from '../support/requests.js';
import { SyncedList } from '../support/synced-list.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

type Query = NonNullable<ListEventsData['query']>;

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const list = ({ client }: Person, query: Query = {}): Promise<EventsView> => ok(listEvents({ client, query }));
const tokenOf = async (person: Person, query: Query = {}): Promise<string> => (await list(person, query)).sync_token!;
const since = (person: Person, token: string, query: Query = {}): Promise<EventsView> =>
  list(person, { sync_token: token, ...query });
const on = (owner: Person, day: number, body: object = {}): Promise<EventView> =>
  createMeeting(owner, { title: `day ${day}`, ...hourOn(day), ...body });
const edit = ({ client }: Person, id: string, body: object): Promise<EventView> =>
  ok(updateEvent({ client, path: { id }, body }));

describe('a list read to its end', () => {
  it('has a token on its last page only, also when it is empty', async () => {
    const ana = await app.signUp('ana');
    expect(await list(ana)).toEqual({ items: [], next_cursor: null, sync_token: expect.any(String) as string });
    for (const day of [0, 1, 2]) await on(ana, day);
    const first = await list(ana, { limit: 2 });
    expect(first).not.toHaveProperty('sync_token');
    const last = await list(ana, { limit: 2, cursor: first.next_cursor! });
    expect(last.sync_token).toEqual(expect.any(String));
    expect(last).not.toHaveProperty('removed');
  });

  it('has none for occurrences, earlier states, the trash and numbered pages', async () => {
    const ana = await app.signUp('ana');
    const queries: Query[] = [
      { expand: true, from: '2026-06-01', to: '2026-06-02' },
      { as_of: new Date().toISOString() },
      { deleted: true },
      { page: 1 },
    ];
    for (const query of queries) expect(await list(ana, query)).not.toHaveProperty('sync_token');
  });

  it('has none when the filters changed between pages, or the cursor is somebody else’s', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    for (const day of [0, 1]) await on(ana, day);
    const { next_cursor: cursor } = await list(ana, { limit: 1 });
    expect(await list(ana, { cursor: cursor! })).toHaveProperty('sync_token');
    expect(await list(ana, { cursor: cursor!, q: 'day' })).not.toHaveProperty('sync_token');
    expect(await list(ben, { cursor: cursor! })).not.toHaveProperty('sync_token');
  });

  it('includes in the next sync what changed between its pages', async () => {
    const ana = await app.signUp('ana');
    const events = [await on(ana, 0), await on(ana, 1), await on(ana, 2)];
    const first = await list(ana, { limit: 2 });
    await edit(ana, events[2]!.id, hourOn(-1));
    await done(deleteEvent({ client: ana.client, path: { id: events[0]!.id } }));
    const last = await list(ana, { limit: 2, cursor: first.next_cursor! });
    expect(last.items).toEqual([]);
    const { items, removed } = await since(ana, last.sync_token!);
    expect(items.map(({ id }) => id)).toEqual([events[2]!.id]);
    expect(removed).toEqual([{ id: events[0]!.id, reason: 'deleted' }]);
  });
});

describe('GET /api/events?sync_token=', () => {
  it('returns nothing and the same token while nothing changes', async () => {
    const ana = await app.signUp('ana');
    await on(ana, 0);
    const token = await tokenOf(ana);
    expect(await since(ana, token)).toEqual({ items: [], removed: [], next_cursor: null, sync_token: token });
  });

  it('returns each event once, as the reader sees it now', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const [kept, changed, deleted, revoked, restored, both] = [
      await on(ana, 0),
      await on(ana, 1),
      await on(ana, 2),
      await on(ana, 3),
      await on(ana, 4),
      await on(ana, 5),
    ];
    for (const { id } of [kept, changed, deleted, revoked, restored, both]) await share(ana, id, ben, 'viewer');
    const token = await tokenOf(ben);
    const added = await on(ana, 6);
    await share(ana, added.id, ben, 'viewer');
    await edit(ana, changed.id, { title: 'first' });
    await edit(ana, changed.id, { title: 'second' });
    await ok(changeRole({ client: ana.client, path: { id: changed.id, userId: ben.id }, body: { role: 'editor' } }));
    await edit(ana, deleted.id, { title: 'edited, then deleted' });
    await done(deleteEvent({ client: ana.client, path: { id: deleted.id } }));
    await done(deleteEvent({ client: ana.client, path: { id: restored.id } }));
    await ok(restoreEvent({ client: ana.client, path: { id: restored.id }, body: {} }));
    for (const { id } of [revoked, both]) {
      await done(revokePermission({ client: ana.client, path: { id, userId: ben.id } }));
    }
    await edit(ana, revoked.id, { title: 'secret' });
    await done(deleteEvent({ client: ana.client, path: { id: both.id } }));
    const { items, removed } = await since(ben, token);
    expect(items.map(({ id, title, role, version }) => [id, title, role, version])).toEqual([
      [changed.id, 'second', 'editor', 3],
      [restored.id, 'day 4', 'viewer', 3],
      [added.id, 'day 6', 'viewer', 1],
    ]);
    expect(removed).toEqual([
      { id: deleted.id, reason: 'deleted' },
      { id: revoked.id, reason: 'access_revoked' },
      // Deleted afterwards, which Ben must not learn.
      { id: both.id, reason: 'access_revoked' },
    ]);
    const own = await since(ana, await tokenOf(ana));
    expect(own.items).toEqual([]);
  });

  it('names an event of which somebody was a member only for a while, and nothing else about it', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const token = await tokenOf(ben);
    const { id } = await on(ana, 0, { title: 'secret' });
    await share(ana, id, ben, 'viewer');
    await done(revokePermission({ client: ana.client, path: { id, userId: ben.id } }));
    const { bytes, json } = await send(app, `/api/events?sync_token=${token}`, { as: ben });
    expect(json).toMatchObject({ items: [], removed: [{ id, reason: 'access_revoked' }] });
    expect(bytes.toString()).not.toContain('secret');
  });

  it('includes one’s own changes, and those of transfers, splits and erased accounts', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const handed = await on(ana, 0, { recurrence_pattern: 'FREQ=DAILY;COUNT=10', show_as: 'free' });
    await share(ana, handed.id, ben, 'editor');
    const copies = await Promise.all([ana, ben].map((person) => SyncedList.read(person)));
    const check = async (): Promise<void> => {
      for (const copy of copies) {
        await copy.sync();
        expect(copy.contents()).toEqual(await copy.fresh());
      }
    };
    const path = { id: handed.id };
    await ok(
      updateEvent({
        client: ana.client,
        path,
        body: { title: 'tail' },
        query: { occurrence: '2026-06-05T10:00:00Z', scope: 'following' },
      }),
    );
    await check();
    await ok(changeRole({ client: ana.client, path: { ...path, userId: ben.id }, body: { role: 'owner' } }));
    await check();
    await ok(
      createEvents({ client: ben.client, body: { events: [1, 2].map((n) => ({ title: `${n}`, ...hourOn(40 + n) })) } }),
    );
    await check();
    const { error } = await eraseMe({ client: ben.client, body: { password: PASSWORD } });
    expect(error).toBeUndefined();
    await copies[0]!.sync();
    expect(copies[0]!.contents()).toEqual(await copies[0]!.fresh());
    expect(copies[0]!.contents().map(({ owner }) => owner.username)).toEqual([ana.username, ana.username]);
  });

  it('has pages, of which the last has a token from before the first', async () => {
    const ana = await app.signUp('ana');
    const token = await tokenOf(ana);
    const events = await Promise.all([0, 1, 2, 3, 4].map((day) => on(ana, day)));
    const ids = events.map(({ id }) => id).sort();
    const first = await since(ana, token, { limit: 2 });
    expect(first).not.toHaveProperty('sync_token');
    await done(deleteEvent({ client: ana.client, path: { id: ids[0]! } }));
    await edit(ana, ids[4]!, { title: 'changed while paging' });
    const second = await since(ana, token, { limit: 2, cursor: first.next_cursor! });
    const third = await since(ana, token, { limit: 2, cursor: second.next_cursor! });
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
    expect(third.next_cursor).toBeNull();
    const next = await since(ana, third.sync_token!);
    expect(next).toMatchObject({ items: [{ id: ids[4] }], removed: [{ id: ids[0], reason: 'deleted' }] });
    const { headers } = await send(app, `/api/events?sync_token=${token}&limit=2`, { as: ana });
    expect(headers.get('link')).toMatch(/sync_token=.*cursor=.*rel="next"/);
  });

  it('keeps the filters of its list, and removes what no longer matches', async () => {
    const ana = await app.signUp('ana', 'Europe/Paris');
    const [inside, leaving] = [await on(ana, 0), await on(ana, 1)];
    const series = await on(ana, -60, { title: 'weekly', recurrence_pattern: 'FREQ=WEEKLY', show_as: 'free' });
    const whole = await on(ana, 3, {
      all_day: true,
      start_time: '2026-06-05',
      end_time: '2026-06-06',
      show_as: 'free',
    });
    const token = await tokenOf(ana, { from: '2026-06-01', to: '2026-06-05' });
    const far = await on(ana, 90);
    await edit(ana, inside.id, { title: 'moved a little' });
    await edit(ana, leaving.id, hourOn(80));
    await edit(ana, series.id, { location: 'Room 4' });
    await edit(ana, whole.id, { title: 'just after the window' });
    const { items, removed } = await since(ana, token);
    expect(items.map(({ id }) => id).sort()).toEqual([inside.id, series.id].sort());
    expect(new Set(removed!.map(({ id, reason }) => `${id} ${reason}`))).toEqual(
      new Set([leaving, far, whole].map(({ id }) => `${id} no_longer_matches`)),
    );
    await edit(ana, series.id, { recurrence_pattern: 'FREQ=WEEKLY;COUNT=2' });
    expect((await since(ana, token)).removed).toContainEqual({ id: series.id, reason: 'no_longer_matches' });
  });

  it.each<[string, Query, object, object]>([
    ['q', { q: 'Zoé’s "100%" 🙂' }, { title: 'At Zoé’s "100%" 🙂' }, { title: 'Elsewhere' }],
    ['location', { location: 'room' }, { location: 'Room 4' }, { location: null }],
    ['is_recurring', { is_recurring: true }, { recurrence_pattern: 'FREQ=DAILY;COUNT=2' }, { is_recurring: false }],
    ['from', { from: '2026-06-10' }, hourOn(20), hourOn(2)],
    ['role', { role: 'owner' }, { title: 'any' }, {}],
  ])('follows the filter %s', async (_name, query, matching, other) => {
    const ana = await app.signUp('ana');
    const { id } = await on(ana, 0, { show_as: 'free', ...other });
    const copy = await SyncedList.read(ana, query);
    for (const body of [matching, other, matching]) {
      await edit(ana, id, body);
      await copy.sync();
      expect(copy.contents()).toEqual(await copy.fresh());
    }
    expect(copy.contents()).toHaveLength(1);
  });

  it('refuses filters beside the token, and anything that is not a token of this person', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const token = await tokenOf(ana);
    const refusal = async (query: Query): Promise<string[]> =>
      complaints(await refused(listEvents({ client: ana.client, query })));
    expect(await refusal({ sync_token: token, from: '2026-06-01', q: 'x', expand: true })).toEqual([
      '/query/from not_allowed',
      '/query/q not_allowed',
      '/query/expand not_allowed',
    ]);
    expect(await refusal({ sync_token: token, page: 2 })).toEqual(['/query/page not_allowed']);
    const forge = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tokens = [
      '',
      'x',
      '🙂',
      token.slice(0, -4),
      await tokenOf(ben),
      (await list(ana)).sync_token!.replace(/^./, 'X'),
      ...[
        null,
        ['sync'],
        ['sync', ana.id, -1, {}],
        ['sync', ana.id, 1.5, {}],
        ['sync', ana.id, '1', {}],
        ['sync', ana.id, 1e300, {}],
        ['sync', ana.id, 0, { owner_id: 'x' }],
        ['sync', ana.id, 0, { from: '\0' }],
        ['sync', ana.id, 0, { from: '2026-06-02', to: '2026-06-01' }],
        ['sync', ana.id, 0, { q: { a: 1 } }],
        ['sync', ana.id, 0, { q: '\ud800' }],
        ['sync', ana.id, 0, { time_zone: 'Mars/Base' }],
        ['sync', ana.id, 0, { time_zone: ['UTC'], constructor: 1 }],
        ['sync', ana.id, 0, [1]],
        ['sync', ana.id, 0, 'text'],
      ].map(forge),
    ];
    for (const text of tokens) expect(await refusal({ sync_token: text }), text).toEqual(['/query/sync_token invalid']);
    for (const day of [0, 1]) await on(ana, day);
    const { next_cursor: cursor } = await list(ana, { limit: 1 });
    expect(await refusal({ sync_token: token, cursor: cursor! })).toEqual(['/query/cursor invalid']);
    const own = (await since(ana, token, { limit: 1 })).next_cursor!;
    expect(await refusal({ sync_token: await tokenOf(ana, { q: 'day' }), cursor: own })).toEqual([
      '/query/cursor invalid',
    ]);
    expect(await refusal({ sync_token: token, cursor: forge(['events:sync', 'no id', '1.x']) })).toEqual([
      '/query/cursor invalid',
    ]);
  });

  it('answers 410 resync when changes since the token were pruned or lie beyond the end, also between pages', async () => {
    const ana = await app.signUp('ana');
    const old = await tokenOf(ana);
    for (const day of [0, 1, 2]) await on(ana, day);
    const { next_cursor: cursor } = await since(ana, old, { limit: 1 });
    const current = await tokenOf(ana);
    await app.database.query(
      `UPDATE notifications SET created_at = created_at - interval '31 days' WHERE user_id = $1`,
      [ana.id],
    );
    await app.app.get(StreamPruningService).prune();
    const late = (query: Query): Promise<unknown> => refused(listEvents({ client: ana.client, query }));
    const gone = { status: 410, code: 'resync', after: 3 };
    expect(await late({ sync_token: old })).toMatchObject(gone);
    expect(await late({ sync_token: old, cursor: cursor! })).toMatchObject(gone);
    const future = Buffer.from(JSON.stringify(['sync', ana.id, 99, {}])).toString('base64url');
    expect(await late({ sync_token: future })).toMatchObject(gone);
    // Nothing happened since this one, however long ago.
    expect(await since(ana, current)).toMatchObject({ items: [], removed: [] });
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'new', ...hourOn(9) } }));
    expect((await since(ana, current)).items.map((event) => event.id)).toEqual([id]);
  });
});

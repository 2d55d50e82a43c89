import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  deleteEvent,
  getEvent,
  listEvents,
  listPermissions,
  restoreEvent,
  revokePermission,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView, ListEventsData } from '../../sdk/generated/types.gen.js';
import { READS } from '../../src/events/reads.js';
import { createMeeting, hourOn, share } from '../support/meetings.js';
import { complaints, footprint } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** An instant after everything so far and before everything to come. */
async function now(): Promise<string> {
  await sleep(2);
  const instant = new Date().toISOString();
  await sleep(2);
  return instant;
}

const at = (person: Person, id: string, as_of: string): Promise<EventView> =>
  ok(getEvent({ client: person.client, path: { id }, query: { as_of } }));
const statusAt = async (person: Person, id: string, as_of: string): Promise<number> =>
  (await getEvent({ client: person.client, path: { id }, query: { as_of } })).response.status;
const rename = (person: Person, id: string, title: string): Promise<EventView> =>
  ok(updateEvent({ client: person.client, path: { id }, body: { title } }));
const remove = async (person: Person, id: string): Promise<void> => {
  expect((await deleteEvent({ client: person.client, path: { id } })).response.status).toBe(204);
};
const rolesAt = async (person: Person, id: string, as_of?: string): Promise<Record<string, string>> => {
  const { items } = await ok(listPermissions({ client: person.client, path: { id }, query: { as_of } }));
  return Object.fromEntries(items.map(({ username, role }) => [username.split('-')[0], role]));
};

describe('GET /api/events/:id?as_of=', () => {
  it('shows the state of each moment, with the tag, the author and the times of that version', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const created = await createMeeting(ana, { location: 'Room 4' });
    const { id } = created;
    const first = await now();
    await share(ana, id, ben, 'editor');
    const renamed = await rename(ben, id, 'Lunch');
    const second = await now();
    await rename(ana, id, 'Dinner');
    const before = await footprint(app.database);

    expect(await at(ana, id, first)).toEqual(created);
    expect(await at(ana, id, second)).toEqual({ ...renamed, role: 'owner', can: ['read', 'edit', 'share', 'delete'] });
    expect(await at(ana, id, created.updated_at)).toMatchObject({ version: 1 });
    expect(await at(ana, id, await now())).toMatchObject({ version: 3, title: 'Dinner' });

    const path = { id };
    const { response } = await getEvent({ client: ana.client, path, query: { as_of: second } });
    expect(response.headers.get('etag')).toMatch(/^"2\./);
    const headers = { 'If-None-Match': response.headers.get('etag')! };
    const known = await getEvent({ client: ana.client, path, query: { as_of: second }, headers });
    expect(known.response.status).toBe(304);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('reads wall time in the zone of the caller, and the + of an offset as it comes', async () => {
    const ana = await app.signUp('ana', 'Asia/Tokyo');
    const { id } = await createMeeting(ana);
    const soon = new Date(Date.now() - 1 + 9 * 3_600_000).toISOString();
    await sleep(5);
    expect(await statusAt(ana, id, `${soon.slice(0, 10)}T00:00:00`)).toBe(404);
    const later = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 23);
    expect(await statusAt(ana, id, later)).toBe(200);
    expect(
      (
        await app.fetch(`/api/events/${id}?as_of=${later}+09:00`, {
          headers: { authorization: `Bearer ${ana.accessToken}` },
        })
      ).status,
    ).toBe(200);
  });

  it('hides the event before it existed and while it was in the trash', async () => {
    const ana = await app.signUp('ana');
    const before = await now();
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const alive = await now();
    await remove(ana, id);
    const inTrash = await now();
    await ok(restoreEvent({ client: ana.client, path: { id }, body: {} }));
    const again = await now();
    expect(await Promise.all([before, alive, inTrash, again].map((moment) => statusAt(ana, id, moment)))).toEqual([
      404, 200, 404, 200,
    ]);
    expect(await statusAt(ana, id, '1950-01-01T00:00:00Z')).toBe(404);
  });

  it('goes by the rights of today: who came later sees the past, who is gone sees nothing', async () => {
    const [ana, ben, eve] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('eve')];
    const { id } = await createMeeting(ana);
    await share(ana, id, eve, 'editor');
    const early = await now();
    await rename(ana, id, 'Later');
    await share(ana, id, ben, 'viewer');
    await revokePermission({ client: ana.client, path: { id, userId: eve.id }, throwOnError: true });
    expect(await at(ben, id, early)).toMatchObject({ title: 'Team Meeting', role: 'viewer', can: ['read'] });
    expect(await statusAt(eve, id, early)).toBe(404);
    expect((await listPermissions({ client: eve.client, path: { id }, query: { as_of: early } })).response.status).toBe(
      404,
    );
    expect((await ok(listEvents({ client: eve.client, query: { as_of: early } }))).items).toEqual([]);
  });

  it('shows the past of a deleted event to its owner alone', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await createMeeting(ana, { show_as: 'free' });
    await share(ana, id, ben, 'editor');
    const alive = await now();
    await remove(ana, id);
    expect(await at(ana, id, alive)).toMatchObject({ version: 1, title: 'Team Meeting' });
    expect(await rolesAt(ana, id, alive)).toEqual({ ana: 'owner', ben: 'editor' });
    expect(await statusAt(ben, id, alive)).toBe(404);
    for (const person of [ana, ben]) {
      expect((await getEvent({ client: person.client, path: { id } })).response.status).toBe(404);
      expect((await listPermissions({ client: person.client, path: { id } })).response.status).toBe(404);
    }
  });

  it.each([
    ['2199-01-01T00:00:00Z', '/query/as_of too_large'],
    ['yesterday', '/query/as_of not_an_instant'],
    ['2026-02-30', '/query/as_of not_an_instant'],
    ['', '/query/as_of not_an_instant'],
  ])('refuses %j', async (as_of, complaint) => {
    const ana = await app.signUp('ana');
    const { id } = await createMeeting(ana);
    for (const problem of [
      await refused(getEvent({ client: ana.client, path: { id }, query: { as_of } })),
      await refused(listEvents({ client: ana.client, query: { as_of } })),
      await refused(listPermissions({ client: ana.client, path: { id }, query: { as_of } })),
    ]) {
      expect([problem.status, ...complaints(problem)]).toEqual([422, complaint]);
    }
  });
});

describe('GET /api/events/:id/permissions?as_of=', () => {
  it('lists the members as of that time', async () => {
    const [ana, ben, eve] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('eve')];
    const before = await now();
    const { id } = await createMeeting(ana);
    const moments = [await now()];
    const step = async (work: Promise<unknown>): Promise<void> => {
      await work;
      moments.push(await now());
    };
    const path = { id };
    const users = [ben, eve].map((person) => ({ user_id: person.id, role: 'viewer' as const }));
    await step(ok(shareEvent({ client: ana.client, path, body: { users } })));
    await step(share(ana, id, ben, 'editor'));
    await step(ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' } })));
    await step(revokePermission({ client: ben.client, path: { id, userId: eve.id } }));

    expect(await Promise.all(moments.map((moment) => rolesAt(ana, id, moment)))).toEqual([
      { ana: 'owner' },
      { ana: 'owner', ben: 'viewer', eve: 'viewer' },
      { ana: 'owner', ben: 'editor', eve: 'viewer' },
      { ben: 'owner', ana: 'editor', eve: 'viewer' },
      { ben: 'owner', ana: 'editor' },
    ]);
    expect(await ok(listPermissions({ client: ana.client, path, query: { as_of: moments.at(-1) } }))).toEqual(
      await ok(listPermissions({ client: ana.client, path })),
    );
    const owners = await Promise.all(moments.map(async (moment) => (await at(ana, id, moment)).owner.id));
    expect(owners).toEqual([ana.id, ana.id, ana.id, ben.id, ben.id]);
    const { permissions, role } = await at(ana, id, moments[1]!);
    expect([permissions?.map((person) => person.role), role]).toEqual([['owner', 'viewer', 'viewer'], 'editor']);
    const early = await refused(listPermissions({ client: ana.client, path, query: { as_of: before } }));
    expect(early.status).toBe(404);
  });

  it('knows that the second half of a series began with the people of the first', async () => {
    const [ana, ben, eve] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('eve')];
    const pattern = { frequency: 'daily' as const, count: 6 };
    const { id } = await createMeeting(ana, { recurrence_pattern: pattern });
    await share(ana, id, ben, 'editor');
    const query = { occurrence: hourOn(3).start_time, scope: 'following' as const };
    const tail = await ok(updateEvent({ client: ben.client, path: { id }, query, body: { title: 'Second half' } }));
    await share(ana, id, eve, 'viewer');
    const split = await now();
    await revokePermission({ client: ana.client, path: { id: tail.id, userId: ben.id }, throwOnError: true });
    expect(await rolesAt(ana, tail.id, split)).toEqual({ ana: 'owner', ben: 'editor' });
    expect(await rolesAt(ana, tail.id)).toEqual({ ana: 'owner' });
    expect((await at(ana, tail.id, split)).owner).toEqual({ id: ana.id, username: ana.username });
  });
});

describe('GET /api/events?as_of=', () => {
  let ana: Person;
  let ben: Person;
  let ids: Record<'moved' | 'series' | 'trashed' | 'transferred' | 'late', string>;
  let then: string;

  beforeAll(async () => {
    [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const create = async (title: string, day: number, more = {}): Promise<string> =>
      (await ok(createEvent({ client: ana.client, body: { title, ...hourOn(day), ...more } }))).id;
    const pattern = { frequency: 'daily' as const, count: 30 };
    const moved = await create('Moved', 1, { location: 'Room 4' });
    const series = await create('Series', 40, { recurrence_pattern: pattern });
    const trashed = await create('Trashed', 2);
    const transferred = await create('Transferred', 3);
    await share(ana, transferred, ben, 'editor');
    await remove(ana, trashed);
    then = await now();
    const change = (id: string, body: object): Promise<unknown> =>
      ok(updateEvent({ client: ana.client, path: { id }, body }));
    await change(moved, { title: 'Elsewhere', location: 'Garden', ...hourOn(100) });
    await change(series, { recurrence_pattern: null });
    await ok(restoreEvent({ client: ana.client, path: { id: trashed }, body: {} }));
    await ok(changeRole({ client: ana.client, path: { id: transferred, userId: ben.id }, body: { role: 'owner' } }));
    ids = { moved, series, trashed, transferred, late: await create('Late', 4) };
  });

  const names = async (query: ListEventsData['query'], person = ana): Promise<string[]> => {
    const { items } = await ok(listEvents({ client: person.client, query }));
    return items.map(({ id }) => Object.entries(ids).find(([, known]) => known === id)![0]);
  };

  it('lists the events, their content and their order as of that time', async () => {
    expect(await names({})).toEqual(['trashed', 'transferred', 'late', 'series', 'moved']);
    expect(await names({ as_of: then })).toEqual(['moved', 'transferred', 'series']);
    const { items } = await ok(listEvents({ client: ana.client, query: { as_of: then } }));
    expect(items[0]).toMatchObject({ title: 'Moved', version: 1, location: 'Room 4', ...hourOn(1) });
    expect(items[2]).toMatchObject({ title: 'Series', is_recurring: true });
    expect(await names({ as_of: then, sort: '-start_time' })).toEqual(['series', 'transferred', 'moved']);
    expect(await names({ as_of: then, sort: 'updated_at' })).toEqual(['moved', 'series', 'transferred']);
  });

  it.each([
    [{ q: 'moved' }, ['moved']],
    [{ q: 'elsewhere' }, []],
    [{ location: 'room' }, ['moved']],
    [{ is_recurring: true }, ['series']],
    [{ is_recurring: false }, ['moved', 'transferred']],
    [{ from: '2026-06-01', to: '2026-06-04' }, ['moved']],
    [{ from: '2026-07-20T00:00:00Z', to: '2026-07-21T00:00:00Z' }, ['series']],
    [{ from: '2026-08-20T00:00:00Z', to: '2026-08-30T00:00:00Z' }, []],
    [{ deleted: true }, ['trashed']],
    [{ role: 'owner' as const }, ['moved', 'series']],
    [{ role: 'editor' as const }, ['transferred']],
    [{ q: 'e', is_recurring: true, from: '2026-07-11' }, ['series']],
  ])('filters by %j on the state as of that time', async (query, expected) => {
    expect(await names({ ...query, as_of: then })).toEqual(expected);
  });

  it('filters by the owner and by the last change as of that time', async () => {
    expect(await names({ as_of: then, owner_id: ana.id })).toEqual(['moved', 'transferred', 'series']);
    expect(await names({ as_of: then, owner_id: ben.id })).toEqual([]);
    expect(await names({ owner_id: ben.id })).toEqual(['transferred']);
    expect(await names({ as_of: then, updated_since: then })).toEqual([]);
    const { items } = await ok(listEvents({ client: ben.client, query: { as_of: then } }));
    expect(items).toMatchObject([{ id: ids.transferred, role: 'owner', owner: { id: ana.id } }]);
  });

  it('pages by cursor and by number, with the totals as of that time', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ok(listEvents({ client: ana.client, query: { as_of: then, limit: 2, cursor } }));
      seen.push(...page.items.map(({ title }) => title));
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(['Moved', 'Transferred', 'Series']);
    const numbered = await ok(listEvents({ client: ana.client, query: { as_of: then, page: 2, page_size: 2 } }));
    expect(numbered).toMatchObject({ total: 3, pages: 2, page: 2, items: [{ title: 'Series' }] });
  });

  it('refuses the cursor of another moment', async () => {
    const { next_cursor } = await ok(listEvents({ client: ana.client, query: { limit: 1 } }));
    const query = { as_of: then, limit: 1, cursor: next_cursor! };
    expect(complaints(await refused(listEvents({ client: ana.client, query })))).toEqual(['/query/cursor invalid']);
  });

  it('lists the occurrences as of that time', async () => {
    const window = { from: '2026-07-12T00:00:00Z', to: '2026-07-14T00:00:00Z' };
    const query = { ...window, expand: true };
    const { items } = await ok(listEvents({ client: ana.client, query: { ...query, as_of: then } }));
    expect(items.map(({ occurrence }) => occurrence?.start_time)).toEqual([
      hourOn(41).start_time,
      hourOn(42).start_time,
    ]);
    expect((await ok(listEvents({ client: ana.client, query }))).items).toEqual([]);
  });

  it.each([
    ['few', READS.manyEvents],
    ['many', 0],
  ])(
    'lists to its owner alone what came into the trash since, also when it was purged: %s events',
    async (_many, most) => {
      const [eve, guest] = [await app.signUp('eve'), await app.signUp('guest')];
      const { id } = await createMeeting(eve, { show_as: 'free' });
      await share(eve, id, guest, 'editor');
      const alive = await now();
      await remove(eve, id);
      const inTrash = await now();
      const count = async (person: Person, query: object): Promise<number> =>
        (await ok(listEvents({ client: person.client, query }))).items.length;
      const usual = READS.manyEvents;
      READS.manyEvents = most;
      try {
        for (const purge of ['', `UPDATE events SET purged_at = now() WHERE id = '${id}'`]) {
          if (purge) await app.database.query(purge);
          expect(await count(eve, { as_of: alive })).toBe(1);
          expect(await count(eve, { as_of: alive, deleted: true })).toBe(0);
          expect(await count(eve, { as_of: inTrash, deleted: true })).toBe(1);
          expect(await count(eve, { as_of: await now(), deleted: true })).toBe(purge ? 0 : 1);
          expect(await count(guest, { as_of: alive })).toBe(0);
        }
      } finally {
        READS.manyEvents = usual;
      }
    },
  );

  // The first of October in Samoa is eleven hours of the day before in UTC, and the last of September in American Samoa.
  const timed = { start_time: '2031-10-01T00:00:00', end_time: '2031-10-02T00:00:00', all_day: false };
  const dated = { start_time: '2031-10-01', end_time: '2031-10-02', all_day: true };
  const before = { start_time: '2031-09-30', end_time: '2031-10-01', all_day: true, time_zone: 'Pacific/Pago_Pago' };
  it.each([
    ['lasts all day', timed, dated, '2031-09-30'],
    ['lasts no longer all day', dated, timed, '2031-10-01'],
    ['is in another zone', dated, before, '2031-10-01'],
  ])(
    'finds an event on its day, though it has the same instants on another since: it %s',
    async (_how, was, is, day) => {
      const ana = await app.signUp('ana');
      const { id } = await createMeeting(ana, { time_zone: 'Pacific/Apia', ...was });
      const then = await now();
      await ok(updateEvent({ client: ana.client, path: { id }, body: is }));
      const query = { from: `${day}T12:00:00Z`, to: `${day}T13:00:00Z` };
      const found = async (as_of?: string): Promise<number> =>
        (await ok(listEvents({ client: ana.client, query: { ...query, ...(as_of ? { as_of } : {}) } }))).items.length;
      expect([await found(then), await found(await now()), await found()]).toEqual([1, 0, 0]);
    },
  );
});

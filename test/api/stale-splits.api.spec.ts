import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteEvent, getEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { EventView } from '../../sdk/generated/types.gen.js';
import { share, versionsOf } from '../support/meetings.js';
import { done } from '../support/requests.js';
import { changePart, createSeries, type Scope } from '../support/series.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
let series: EventView;
let tail: EventView;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const SECOND = '2026-06-08T10:00:00Z';
const SIXTH = '2026-07-06T10:00:00Z';
const EIGHTH = '2026-07-20T10:00:00Z';

/** Ana splits a series that Ben may edit. */
async function split(): Promise<void> {
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  series = await createSeries(ana, { recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9' });
  await share(ana, series.id, ben, 'editor');
  tail = await changePart(ana, series, SIXTH, 'following', { title: 'Second half' });
}

interface Write {
  version?: number;
  query?: { occurrence: string; scope: Scope };
  prefer?: string;
  id?: string;
}
const write = (
  body: object,
  { version = 1, query, prefer, id = series.id }: Write = {},
): ReturnType<typeof updateEvent> =>
  updateEvent({
    client: ben.client,
    path: { id },
    query,
    body,
    headers: { 'If-Match': `"${version}"`, ...(prefer ? { Prefer: prefer } : {}) },
  });

const named = (): object => ({ event_id: tail.id, version: 1, title: 'Second half', start_time: SIXTH });

describe('a write made for a version before a split', () => {
  it.each<[string, object, Write]>([
    ['that renames the whole', { title: 'Mine' }, {}],
    ['that moves the whole', { start_time: '2026-06-01T12:00:00Z', end_time: '2026-06-01T13:00:00Z' }, {}],
    ['through one of its occurrences', { title: 'Mine' }, { query: { occurrence: SECOND, scope: 'all' } }],
    ['of the following occurrences', { title: 'Mine' }, { query: { occurrence: SECOND, scope: 'following' } }],
    ['of an occurrence of the tail', { title: 'Mine' }, { query: { occurrence: EIGHTH, scope: 'this' } }],
    ['that wants no merging', { title: 'Mine' }, { prefer: 'handling=strict' }],
  ])('%s is refused and names the tails', async (_what, body, how) => {
    await split();
    expect(await refused(write(body, how))).toMatchObject({
      status: 412,
      code: 'stale_version',
      current_version: 2,
      tails: [named()],
    });
    expect(await versionsOf(app.database, series.id)).toEqual(['1 created', '2 split']);
    expect(await versionsOf(app.database, tail.id)).toEqual(['1 split']);
  });

  it('is refused with the version in the body as well', async () => {
    await split();
    const body = { title: 'Mine', version: 1 };
    const call = updateEvent({ client: ben.client, path: { id: series.id }, body });
    expect(await refused(call)).toMatchObject({ status: 412, tails: [named()] });
  });

  it('names every tail, also one that was split off a tail', async () => {
    await split();
    const last = await changePart(ana, tail, EIGHTH, 'following', { title: 'The end' });
    const early = await changePart(ana, series, SECOND, 'following', { title: 'From the second' });
    const { tails } = await refused(write({ title: 'Mine' }));
    expect((tails as { event_id: string }[]).map(({ event_id }) => event_id)).toEqual([early.id, tail.id, last.id]);
  });

  it('names only the tail with the occurrence that it is about', async () => {
    await split();
    const last = await changePart(ana, tail, EIGHTH, 'following', { title: 'The end' });
    await changePart(ana, series, SECOND, 'following', { title: 'From the second' });
    const about = (occurrence: string): ReturnType<typeof refused> =>
      refused(write({ title: 'Mine' }, { query: { occurrence, scope: 'this' } }));
    expect(await about('2026-07-27T10:00:00Z')).toMatchObject({ tails: [{ event_id: last.id }] });
    expect(((await about(SIXTH)).tails as object[]).length).toBe(1);
    expect(await about(SIXTH)).toMatchObject({ tails: [{ event_id: tail.id }] });
  });

  it('names no tail for an occurrence that is still in the event', async () => {
    await split();
    const query = { occurrence: SECOND, scope: 'this' as const };
    await changePart(ana, series, SECOND, 'this', { title: 'Hers' });
    const refusal = await refused(write({ title: 'Mine' }, { query }));
    expect(refusal).toMatchObject({ status: 412, clashes: [{ field: 'title', occurrence: SECOND, theirs: 'Hers' }] });
    expect(refusal).not.toHaveProperty('tails');
  });

  it('is refused with the tails when it deletes', async () => {
    await split();
    const call = deleteEvent({ client: ana.client, path: { id: series.id }, headers: { 'If-Match': '"1"' } });
    expect(await refused(call)).toMatchObject({ status: 412, current_version: 2, tails: [named()] });
    expect(await versionsOf(app.database, series.id)).toEqual(['1 created', '2 split']);
  });

  it('merges when it changes only an occurrence before the split', async () => {
    await split();
    const merged = await ok(write({ title: 'Mine' }, { query: { occurrence: SECOND, scope: 'this' } }));
    expect(merged).toMatchObject({ version: 3, title: series.title, overrides: [{ title: 'Mine' }] });
  });

  it('that changes nothing is not refused', async () => {
    await split();
    expect(await ok(write({ title: series.title }))).toMatchObject({ version: 2 });
  });

  it('does not name a tail to somebody who may not see it', async () => {
    await split();
    const { id } = tail;
    const path = { id, userId: ben.id };
    await app.fetch(`/api/events/${path.id}/permissions/${path.userId}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ana.accessToken}` },
    });
    const hidden = { event_id: null, version: null, title: null, start_time: null };
    expect(await refused(write({ title: 'Mine' }))).toMatchObject({ status: 412, tails: [hidden] });
  });

  it('merges when the tail was deleted, as with a series that was made shorter', async () => {
    await split();
    await done(deleteEvent({ client: ana.client, path: { id: tail.id } }));
    expect(await ok(write({ title: 'Mine' }))).toMatchObject({ title: 'Mine', version: 3 });
  });
});

describe('a write made for a version after the split', () => {
  it('of the head merges', async () => {
    await split();
    await ok(write({ location: 'Room 4' }, { version: 2 }));
    expect(await ok(write({ title: 'Mine' }, { version: 2 }))).toMatchObject({ title: 'Mine', location: 'Room 4' });
  });

  it('of the tail merges', async () => {
    await split();
    await ok(write({ location: 'Room 4' }, { id: tail.id }));
    expect(await ok(write({ title: 'Mine' }, { id: tail.id }))).toMatchObject({ title: 'Mine', location: 'Room 4' });
    expect(await ok(getEvent({ client: ana.client, path: { id: series.id } }))).toMatchObject({ title: series.title });
  });
});

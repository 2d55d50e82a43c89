import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkConflicts,
  createEvent,
  diffVersions,
  getEvent,
  listChangelog,
  listEvents,
  getFreeBusy,
  listOccurrences,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody } from '../../sdk/generated/types.gen.js';
import { expectInvariants } from '../support/invariants.js';
import { createMeeting, hourOn } from '../support/meetings.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let day = 0;
const create = (body: Partial<CreateEventBody> = {}): ReturnType<typeof createMeeting> =>
  createMeeting(ana, { ...hourOn((day += 1)), ...body });
const edit = (id: string, body: object, headers: Record<string, string> = {}, query: object = {}): Promise<unknown> =>
  ok(updateEvent({ client: ana.client, path: { id }, body, headers, query }));

beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(async () => {
  await expectInvariants(app.database);
  await app.close();
});

describe('the link of an event', () => {
  it.each([
    'https://meet.example.com/team?a=1&b=%20#part',
    'HTTP://EXAMPLE.COM',
    'http://[::1]:8080/',
    `https://example.com/${'x'.repeat(1_980)}`,
    'https://例え.jp/会議',
  ])('is kept as it was sent: %s', async (url) => {
    const { id, ...created } = await create({ url });
    expect(created.url).toBe(url);
    expect((await ok(getEvent({ client: ana.client, path: { id } }))).url).toBe(url);
  });

  it.each([
    'javascript:alert(1)',
    'ftp://example.com',
    '//example.com',
    'example.com',
    'https://',
    'https://exa mple.com',
    ' https://example.com',
    'https://example.com/\n',
    'https://example.com\\@evil.example',
    'http://a:b:c',
    `https://example.com/${'x'.repeat(1_981)}`,
  ])('is refused with a pointer: %s', async (url) => {
    const body = { title: 'x', ...hourOn((day += 1)), url };
    expect(await refused(createEvent({ client: ana.client, body }))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/url' }],
    });
  });

  it('is cleared by null, and may differ for one occurrence', async () => {
    const { id, start_time } = await create({
      url: 'https://example.com/all',
      recurrence_pattern: 'FREQ=WEEKLY;COUNT=3',
      show_as: 'free',
    });
    const one = { occurrence: start_time, scope: 'this' };
    await edit(id, { url: 'https://example.com/first' }, {}, one);
    const { items } = await ok(listOccurrences({ client: ana.client, path: { id } }));
    expect(items.map(({ url }) => url)).toEqual([
      'https://example.com/first',
      'https://example.com/all',
      'https://example.com/all',
    ]);
    expect(await edit(id, { url: null })).toMatchObject({ url: null });
  });
});

describe('the status of an event', () => {
  it('is confirmed by default, and one of three values', async () => {
    expect(await create()).toMatchObject({ status: 'confirmed', url: null });
    const body = { title: 'x', ...hourOn((day += 1)), status: 'maybe' as never };
    expect(await refused(createEvent({ client: ana.client, body }))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/status' }],
    });
  });

  it.each([
    ['tentative', 409],
    ['confirmed', 409],
    ['cancelled', 201],
  ] as const)('%s: another event at that time is answered with %i', async (status, expected) => {
    const times = hourOn((day += 1));
    await create({ ...times, status });
    const call = await createEvent({ client: ana.client, body: { title: 'Other', ...times } });
    expect(call.response.status).toBe(expected);
  });

  it('cancelled gives the time up, and takes it again only when it is free', async () => {
    const times = hourOn((day += 1));
    const { id } = await create(times);
    await edit(id, { status: 'cancelled' });
    const query = { from: times.start_time, to: times.end_time, user_ids: [ana.id] };
    const busy = await ok(getFreeBusy({ client: ana.client, query }));
    expect(busy.items[0]!.busy).toEqual([]);
    await create(times);
    const back = updateEvent({ client: ana.client, path: { id }, body: { status: 'tentative' } });
    expect(await refused(back)).toMatchObject({ status: 409, code: 'event_conflict' });
    const check = await ok(
      checkConflicts({ client: ana.client, body: { event_id: id, status: 'confirmed' } as never }),
    );
    expect(check.conflicts).toHaveLength(1);
    expect((await ok(getEvent({ client: ana.client, path: { id } }))).status).toBe('cancelled');
  });

  it('cancelled for one occurrence gives up that time alone, and it stays visible', async () => {
    const first = (day += 10);
    const { id } = await create({ ...hourOn(first), recurrence_pattern: 'FREQ=DAILY;COUNT=3' });
    const second = hourOn(first + 1);
    await edit(id, { status: 'cancelled' }, {}, { occurrence: second.start_time, scope: 'this' });
    await create(second);
    const third = createEvent({ client: ana.client, body: { title: 'x', ...hourOn(first + 2) } });
    expect((await refused(third)).status).toBe(409);
    const { items } = await ok(listOccurrences({ client: ana.client, path: { id } }));
    expect(items.map(({ status }) => status)).toEqual(['confirmed', 'cancelled', 'confirmed']);
    const window = { from: hourOn(first).start_time, to: hourOn(first + 3).end_time, expand: true };
    const list = await ok(listEvents({ client: ana.client, query: window }));
    expect(list.items.filter((item) => item.id === id).map(({ status }) => status)).toEqual([
      'confirmed',
      'cancelled',
      'confirmed',
    ]);
    day += 3;
  });

  it('of a series that is cancelled may be confirmed for one occurrence, which then occupies its time', async () => {
    const first = (day += 10);
    const body = { ...hourOn(first), recurrence_pattern: 'FREQ=DAILY;COUNT=3', status: 'cancelled' as const };
    const { id } = await create(body);
    const second = hourOn(first + 1);
    await edit(id, { status: 'confirmed' }, {}, { occurrence: second.start_time, scope: 'this' });
    expect((await refused(createEvent({ client: ana.client, body: { title: 'x', ...second } }))).status).toBe(409);
    await create(hourOn(first));
    day += 3;
  });
});

describe('both fields', () => {
  it('merge with other fields, show in history, and come back', async () => {
    const { id, created_at } = await create({ url: 'https://example.com/1' });
    await edit(id, { title: 'Renamed' });
    expect(await edit(id, { url: 'https://example.com/2', status: 'tentative' }, { 'If-Match': '"1"' })).toMatchObject({
      title: 'Renamed',
      url: 'https://example.com/2',
      status: 'tentative',
    });
    const clash = updateEvent({
      client: ana.client,
      path: { id },
      headers: { 'If-Match': '"2"' },
      body: { url: 'https://example.com/3' },
    });
    expect(await refused(clash)).toMatchObject({ status: 412, clashes: [{ field: 'url' }] });
    const diff = await ok(diffVersions({ client: ana.client, path: { id, v1: '1', v2: 'current' } }));
    expect(Object.keys(diff.changes)).toEqual(['title', 'url', 'status']);
    const log = await ok(listChangelog({ client: ana.client, path: { id }, query: { field: 'status' } }));
    expect(log.items.map(({ version }) => version)).toEqual([3]);
    const earlier = await ok(getEvent({ client: ana.client, path: { id }, query: { as_of: created_at } }));
    expect(earlier).toMatchObject({ url: 'https://example.com/1', status: 'confirmed' });
    const path = { id, version: 1 };
    expect(await ok(rollbackEvent({ client: ana.client, path, body: { fields: ['url'] } }))).toMatchObject({
      title: 'Renamed',
      url: 'https://example.com/1',
      status: 'tentative',
    });
  });
});

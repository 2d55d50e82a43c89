import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, listEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventItemView, EventView } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, share, versionsOf } from '../support/meetings.js';
import { complaints, send } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana', 'Europe/Paris'), await app.signUp('ben')];
});
afterAll(() => app.close());

const read = async (id: string, as = ana): Promise<EventView> =>
  (await send(app, `/api/events/${id}`, { as })).json as EventView;
const sendBack = (
  body: EventItemView,
  { as = ana, method = 'PUT', headers = {} }: { as?: Person; method?: string; headers?: Record<string, string> } = {},
): ReturnType<typeof send> => send(app, `/api/events/${body.id}`, { as, method, body, headers });

const SHAPES: Record<string, Partial<CreateEventBody>> = {
  'a single event': {},
  'an all-day event': { all_day: true, start_time: '2026-06-01', end_time: '2026-06-03' },
  'an event in another zone': {
    time_zone: 'America/New_York',
    start_time: '2026-06-01T10:00:00',
    end_time: '2026-06-01T12:00:00',
  },
  'a series': { time_zone: 'Asia/Tokyo', recurrence_pattern: 'FREQ=DAILY;COUNT=9' },
};

describe('an event that is sent back as it was read', () => {
  describe.each(Object.entries(SHAPES))('%s', (_name, shape) => {
    it.each(['PUT', 'PATCH'])('changes nothing with %s', async (method) => {
      const { id } = await createMeeting(ana, { show_as: 'free', ...shape });
      await share(ana, id, ben, 'editor');
      const before = await read(id);
      const { status, json } = await sendBack(before, { method });
      expect([status, json]).toEqual([200, before]);
      expect(await versionsOf(app.database, id)).toEqual(['1 created']);
    });

    it('changes the field that was changed', async () => {
      const { id } = await createMeeting(ana, { show_as: 'free', ...shape });
      const before = await read(id);
      const { status, json } = await sendBack({ ...before, location: 'Room 4' });
      expect(status).toBe(200);
      expect(json).toEqual({ ...before, location: 'Room 4', version: 2, updated_at: json.updated_at });
    });
  });

  it('is accepted from a list and from the answer to a write as well', async () => {
    const { id } = await createMeeting(ana, { title: 'From a list', show_as: 'free' });
    const { items } = await ok(listEvents({ client: ana.client, query: { q: 'From a list' } }));
    const written = await sendBack({ ...items[0]!, description: 'Once' });
    const again = await sendBack({ ...written.json, description: 'Twice' });
    expect(again).toMatchObject({ status: 200, json: { id, description: 'Twice', version: 3 } });
  });

  it('ignores what only the server sets, whatever it says', async () => {
    const event = await createMeeting(ana, { show_as: 'free' });
    const forged = {
      ...(await read(event.id)),
      owner: { id: ben.id, username: ben.username },
      role: 'viewer',
      permissions: 'none',
      created_at: null,
      series_id: 7,
    };
    const { status, json } = await sendBack(forged as never);
    expect([status, json]).toEqual([200, await read(event.id)]);
    expect(json.owner.id).toBe(ana.id);
  });

  it('is based on its version: what others changed since stays, and a clash is a 412', async () => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    await share(ana, id, ben, 'editor');
    const [mine, theirs] = [await read(id), await read(id, ben)];
    expect((await sendBack({ ...theirs, title: 'From Ben' }, { as: ben })).status).toBe(200);

    const merged = await sendBack({ ...mine, location: 'Room 4' });
    expect(merged).toMatchObject({ status: 200, json: { title: 'From Ben', location: 'Room 4', version: 3 } });
    expect(merged.headers.get('convene-merged')).toBe('1..2');

    const clash = await sendBack({ ...mine, title: 'From Ana' });
    expect([clash.status, clash.json.clashes]).toEqual([
      412,
      [{ field: 'title', base: 'Team Meeting', theirs: 'From Ben', yours: 'From Ana' }],
    ]);
    const strict = await sendBack({ ...mine, url: 'https://x.example' }, { headers: { prefer: 'handling=strict' } });
    expect(strict).toMatchObject({ status: 412, json: { code: 'stale_version', current_version: 3 } });
  });

  it('is based on If-Match when both are sent, and on any version with *', async () => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const first = await read(id);
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Second' } }));
    const overwriting = await sendBack({ ...first, title: 'Third' }, { headers: { 'if-match': '"2"' } });
    expect(overwriting).toMatchObject({ status: 200, json: { title: 'Third', version: 3 } });
    const any = await sendBack({ ...first, title: 'Fourth' }, { headers: { 'if-match': '*' } });
    expect(any).toMatchObject({ status: 200, json: { title: 'Fourth', version: 4 } });
  });

  it.each([null, 0, -1, 1.5, '1', 4_000_000_000])('is refused with the version %j', async (version) => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const { status, json } = await sendBack({ ...(await read(id)), version: version as number });
    expect([status, ...complaints(json).map((complaint) => complaint.split(' ')[0])]).toEqual([422, '/version']);
  });

  it('is refused for a version that is yet to come', async () => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const { status, json } = await sendBack({ ...(await read(id)), version: 7, title: 'x' });
    expect([status, json.current_version]).toEqual([412, 1]);
  });

  it('is not accepted to create another event, and one occurrence is not the event', async () => {
    const body = { ...hourOn(0), title: 'Daily', show_as: 'free' as const, recurrence_pattern: 'FREQ=DAILY;COUNT=3' };
    const event = await ok(createEvent({ client: ana.client, body }));
    const created = await send(app, '/api/events', { as: ana, body: await read(event.id) });
    expect(complaints(created.json)).toContain('/id unknown_field');
    const query = { from: '2026-06-01', to: '2026-06-03', expand: true, q: 'Daily' };
    const [occurrence] = (await ok(listEvents({ client: ana.client, query }))).items;
    const { status, json } = await sendBack(occurrence!);
    expect([status, ...complaints(json)]).toEqual([422, '/occurrence unknown_field']);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlainClient, type PlainPerson } from '../../support/plain-client.js';
import { type RunningServer, startServer } from '../../support/running-server.js';

interface Event {
  id: string;
  version: number;
}

const MEETING = {
  title: 'Team Meeting',
  description: 'Weekly sync',
  location: 'Room 4',
  start_time: '2026-06-01T10:00:00Z',
  end_time: '2026-06-01T11:00:00Z',
};

describe('events, as the reference systems document them', () => {
  let server: RunningServer;
  let client: PlainClient;
  let ana: PlainPerson;
  beforeAll(async () => {
    server = await startServer();
    client = new PlainClient(server.url);
  });
  afterAll(() => server.stop());
  beforeEach(async () => void (ana = await client.signUp('ana')));

  const create = (body: object) => client.call<Event>('POST', '/api/events', { token: ana.token, body });
  const titles = async (query = ''): Promise<string[]> => {
    const { body } = await client.call<{ items: { title: string }[] }>('GET', `/api/events${query}`, {
      token: ana.token,
    });
    return body.items.map(({ title }) => title);
  };

  it('POST /api/events creates an event that the caller owns', async () => {
    const { status, headers, body } = await create(MEETING);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/events/${body.id}`);
    expect(headers.get('etag')).toMatch(/^"1\./);
    expect(body).toMatchObject({
      ...MEETING,
      is_recurring: false,
      recurrence_pattern: null,
      version: 1,
      role: 'owner',
      owner: { id: ana.id, username: ana.username },
    });
  });

  it.each([
    ['an RRULE', 'FREQ=WEEKLY;BYDAY=MO;COUNT=4'],
    ['an object', { frequency: 'weekly', interval: 1, by_day: ['MO'], count: 4 }],
  ])('POST /api/events takes a recurrence pattern as %s', async (_kind, recurrence_pattern) => {
    const { status, body } = await create({ ...MEETING, is_recurring: true, recurrence_pattern });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      is_recurring: true,
      recurrence_pattern: { frequency: 'weekly', interval: 1, by_day: ['MO'], count: 4 },
      rrule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=4',
    });
  });

  it('POST /api/events refuses a conflict and returns the events', async () => {
    const { body: first } = await create(MEETING);
    const conflicting = await create({ ...MEETING, title: 'Another', start_time: '2026-06-01T10:30:00Z' });
    expect(conflicting).toMatchObject({
      status: 409,
      body: { conflicts: [{ event_id: first.id, title: 'Team Meeting' }] },
    });
    expect(await titles()).toEqual(['Team Meeting']);
  });

  it('GET /api/events lists by start, with window, text and pages', async () => {
    for (const day of ['03', '01', '02']) {
      await create({
        title: `Day ${day}`,
        start_time: `2026-06-${day}T10:00:00Z`,
        end_time: `2026-06-${day}T11:00:00Z`,
      });
    }
    expect(await titles()).toEqual(['Day 01', 'Day 02', 'Day 03']);
    expect(await titles('?start_date=2026-06-02&end_date=2026-06-03')).toEqual(['Day 02']);
    expect(await titles('?from=2026-06-01T10:59:59Z&to=2026-06-02T10:00:01Z')).toEqual(['Day 01', 'Day 02']);
    expect(await titles('?q=DAY%2003')).toEqual(['Day 03']);
    expect(await titles('?limit=2')).toEqual(['Day 01', 'Day 02']);
    const page = await client.call('GET', '/api/events?page=2&page_size=2', { token: ana.token });
    expect(page.body).toMatchObject({ items: [{ title: 'Day 03' }], total: 3, page: 2, page_size: 2, pages: 2 });
  });

  it('GET /api/events/{id} answers with the event and everybody on it, and 304 to who has it', async () => {
    const { body: event } = await create(MEETING);
    const path = `/api/events/${event.id}`;
    const { status, headers, body } = await client.call('GET', path, { token: ana.token });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...MEETING,
      permissions: [{ user_id: ana.id, username: ana.username, role: 'owner' }],
    });
    const known = { token: ana.token, headers: { 'if-none-match': headers.get('etag')! } };
    expect(await client.call('GET', path, known)).toMatchObject({ status: 304, body: undefined });
  });

  it('PUT /api/events/{id} changes what is sent and leaves the rest', async () => {
    const { body: event } = await create(MEETING);
    const path = `/api/events/${event.id}`;
    const body = { title: 'Team Lunch', location: null, change_comment: 'Hungry' };
    const changed = await client.call('PUT', path, { token: ana.token, body });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toMatch(/^"2\./);
    const now = { ...MEETING, title: 'Team Lunch', location: null, version: 2 };
    expect(changed.body).toMatchObject(now);
    expect((await client.call('GET', path, { token: ana.token })).body).toMatchObject(now);
  });

  it('DELETE /api/events/{id} takes the event away', async () => {
    const { body: event } = await create(MEETING);
    const path = `/api/events/${event.id}`;
    expect((await client.call('DELETE', path, { token: ana.token })).status).toBe(204);
    expect((await client.call('GET', path, { token: ana.token })).status).toBe(404);
    expect(await titles()).toEqual([]);
    expect((await create(MEETING)).status).toBe(201);
  });

  it.each([
    ['{events: […]}', (events: object[]) => ({ events })],
    ['a bare list', (events: object[]) => events],
  ])('POST /api/events/batch takes %s', async (_kind, wrap) => {
    const events = ['One', 'Two'].map((title, index) => ({
      title,
      start_time: `2026-06-01T1${index}:00:00Z`,
      end_time: `2026-06-01T1${index + 1}:00:00Z`,
    }));
    const { status, body } = await client.call('POST', '/api/events/batch', { token: ana.token, body: wrap(events) });
    expect(status).toBe(201);
    expect(body).toMatchObject({ items: events.map((event) => ({ ...event, version: 1 })) });
    expect(await titles()).toEqual(['One', 'Two']);
  });

  it('POST /api/events/batch stores all or nothing', async () => {
    const bad = { ...MEETING, title: 'Backwards', end_time: '2026-06-01T09:00:00Z' };
    const answer = await client.call('POST', '/api/events/batch', {
      token: ana.token,
      body: { events: [MEETING, bad] },
    });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/events/1/end_time' }] } });
    expect(await titles()).toEqual([]);
  });
});

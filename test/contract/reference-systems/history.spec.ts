import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlainClient, type PlainPerson } from '../../support/plain-client.js';
import { type RunningServer, startServer } from '../../support/running-server.js';

const MEETING = {
  title: 'Team Meeting',
  description: 'Weekly sync',
  start_time: '2026-06-01T10:00:00Z',
  end_time: '2026-06-01T11:00:00Z',
};

describe('history, as the reference systems document it', () => {
  let server: RunningServer;
  let client: PlainClient;
  let ana: PlainPerson;
  let ben: PlainPerson;
  let event: string;

  beforeAll(async () => {
    server = await startServer();
    client = new PlainClient(server.url);
  });
  afterAll(() => server.stop());

  /** Ana creates it (1), shares it with Ben, who renames it (2) and moves it (3). */
  beforeEach(async () => {
    [ana, ben] = [await client.signUp('ana'), await client.signUp('ben')];
    const created = await client.call<{ id: string }>('POST', '/api/events', { token: ana.token, body: MEETING });
    event = `/api/events/${created.body.id}`;
    const users = [{ user_id: ben.id, role: 'editor' }];
    await client.call('POST', `${event}/share`, { token: ana.token, body: { users } });
    const edits = [
      { title: 'Team Lunch', change_comment: 'Hungry' },
      { start_time: '2026-06-01T12:00:00Z', end_time: '2026-06-01T13:00:00Z' },
    ];
    for (const body of edits) {
      expect((await client.call('PUT', event, { token: ben.token, body })).status).toBe(200);
    }
  });

  const get = <Body = unknown>(path: string) => client.call<Body>('GET', `${event}${path}`, { token: ana.token });
  const person = ({ id, username }: PlainPerson) => ({ id, username });

  it('GET /api/events/{id}/history lists who changed what and when, newest first', async () => {
    const { status, body } = await get('/history');
    expect(status).toBe(200);
    const created_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(body).toEqual({
      items: [
        {
          version: 3,
          kind: 'updated',
          author: person(ben),
          created_at,
          comment: null,
          changed: ['start_time', 'end_time'],
        },
        { version: 2, kind: 'updated', author: person(ben), created_at, comment: 'Hungry', changed: ['title'] },
        { version: 1, kind: 'created', author: person(ana), created_at, comment: null, changed: expect.any(Array) },
      ],
      next_cursor: null,
    });
  });

  it('GET /api/events/{id}/history/{version} answers with the event as it was', async () => {
    expect(await get('/history/1')).toMatchObject({ status: 200, body: { version: 1, snapshot: MEETING } });
    const second = { ...MEETING, title: 'Team Lunch' };
    expect(await get('/history/2')).toMatchObject({ status: 200, body: { version: 2, snapshot: second } });
    for (const missing of [0, 4, 99_999_999_999])
      expect((await get(`/history/${missing}`)).status).toSatisfy(isRefusal);
    expect((await get('/history/first')).status).toBe(422);
  });

  it('GET /api/events/{id}/changelog lists all changes in order, including shares', async () => {
    const { status, body } = await get<{ items: { kind: string; summary: string }[] }>('/changelog');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { version: 1, kind: 'created', actor: person(ana) },
      {
        version: 1,
        kind: 'shared',
        actor: person(ana),
        changes: [{ field: 'permissions', to: 'editor', person: person(ben) }],
      },
      {
        version: 2,
        kind: 'updated',
        actor: person(ben),
        comment: 'Hungry',
        changes: [{ field: 'title', from: 'Team Meeting', to: 'Team Lunch', type: 'changed' }],
      },
      { version: 3, kind: 'updated', actor: person(ben), changes: [{ field: 'start_time' }, { field: 'end_time' }] },
    ]);
    expect(body.items[2]!.summary).toContain('Team Lunch');
    const newestFirst = await get<typeof body>('/changelog?order=desc');
    expect(newestFirst.body.items.map(({ kind }) => kind)).toEqual(['updated', 'updated', 'shared', 'created']);
  });

  it('GET /api/events/{id}/diff/{v1}/{v2} compares two versions in either order', async () => {
    const title = { from: 'Team Meeting', to: 'Team Lunch', type: 'changed' };
    const forward = await get<{ changes: object; patch: object[] }>('/diff/1/3');
    expect(forward).toMatchObject({ status: 200, body: { from_version: 1, to_version: 3 } });
    expect(Object.keys(forward.body.changes)).toEqual(['title', 'start_time', 'end_time']);
    expect(forward.body.changes).toMatchObject({ title });
    expect(forward.body.patch).toContainEqual({ op: 'replace', path: '/title', value: 'Team Lunch' });

    const backward = await get('/diff/3/1');
    expect(backward.body).toMatchObject({
      from_version: 3,
      to_version: 1,
      changes: { title: { from: 'Team Lunch', to: 'Team Meeting', type: 'changed' } },
    });
    expect((await get('/diff/1/current')).body).toEqual(forward.body);
    expect((await get('/diff/2/2')).body).toMatchObject({ changes: {}, patch: [], summary: [] });
    expect((await get('/diff/1/4')).status).toBe(404);
  });

  it('POST /api/events/{id}/rollback/{version} brings the old state back as a new version', async () => {
    const rolledBack = await client.call('POST', `${event}/rollback/1`, { token: ben.token });
    expect(rolledBack).toMatchObject({ status: 200, body: { ...MEETING, version: 4 } });
    expect((await get('')).body).toMatchObject({ ...MEETING, version: 4 });
    const history = await get<{ items: object[] }>('/history');
    expect(history.body.items).toHaveLength(4);
    expect(history.body.items[0]).toMatchObject({ version: 4, kind: 'rolled_back', author: person(ben) });
    expect((await get('/diff/1/4')).body).toMatchObject({ changes: {} });
    expect((await client.call('POST', `${event}/rollback/9`, { token: ben.token })).status).toBe(404);
  });
});

const isRefusal = (status: number): boolean => status === 404 || status === 422;

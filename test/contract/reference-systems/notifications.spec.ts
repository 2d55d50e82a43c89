import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlainClient } from '../../support/plain-client.js';
import { type RunningServer, startServer } from '../../support/running-server.js';

interface Inbox {
  items: { id: string; type: string; read_at: string | null }[];
  unread_count: number;
}

describe('notifications, as the reference systems document them', () => {
  let server: RunningServer;
  let client: PlainClient;
  beforeAll(async () => {
    server = await startServer();
    client = new PlainClient(server.url);
  });
  afterAll(() => server.stop());

  it('GET /api/notifications and POST /api/notifications/{id}/read', async () => {
    const [ana, ben] = [await client.signUp('ana'), await client.signUp('ben')];
    const inbox = (query = '', who = ben) =>
      client.call<Inbox>('GET', `/api/notifications${query}`, { token: who.token });
    const read = (id: string, who = ben) => client.call('POST', `/api/notifications/${id}/read`, { token: who.token });
    expect(await inbox()).toMatchObject({ status: 200, body: { items: [], unread_count: 0, next_cursor: null } });

    const body = { title: 'Team Meeting', start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
    const { body: event } = await client.call<{ id: string }>('POST', '/api/events', { token: ana.token, body });
    const users = [{ user_id: ben.id, role: 'viewer' }];
    await client.call('POST', `/api/events/${event.id}/share`, { token: ana.token, body: { users } });
    await client.call('PUT', `/api/events/${event.id}`, { token: ana.token, body: { title: 'Team Lunch' } });

    const { body: received } = await inbox();
    const actor = { id: ana.id, username: ana.username };
    expect(received).toMatchObject({
      items: [
        { seq: 2, type: 'event_updated', event_id: event.id, version: 2, actor, changed: ['title'], read_at: null },
        {
          seq: 1,
          type: 'event_shared',
          event_id: event.id,
          event_title: 'Team Meeting',
          version: 1,
          actor,
          read_at: null,
        },
      ],
      unread_count: 2,
    });

    const [updated, shared] = received.items;
    const marked = await read(shared!.id);
    expect(marked).toMatchObject({ status: 200, body: { id: shared!.id, read_at: expect.any(String) } });
    expect(await read(shared!.id)).toMatchObject({ status: 200, body: marked.body as object });
    expect((await inbox('?unread=true')).body).toMatchObject({ items: [{ id: updated!.id }], unread_count: 1 });

    // Somebody else's, and nobody's, answer alike.
    expect((await read(updated!.id, ana)).status).toBe(404);
    expect((await read(randomUUID())).status).toBe(404);
    expect((await read('first')).status).toBe(422);
    expect((await inbox()).body.unread_count).toBe(1);
    expect((await inbox('', ana)).body.unread_count).toBe(0);
  });
});

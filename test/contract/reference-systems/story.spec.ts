import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlainClient, type PlainPerson } from '../../support/plain-client.js';
import { type RunningServer, startServer } from '../../support/running-server.js';
import { PATIENCE_MS } from '../../support/patient.js';

interface Change {
  seq: number;
  type: string;
  version: number;
  message: string;
}

/** A person's open socket, and everything that came over it. */
class Listener {
  readonly changes: Change[] = [];
  private constructor(readonly socket: Socket) {}

  static async open(url: string, token: string): Promise<Listener> {
    const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true });
    const listener = new Listener(socket);
    socket.on('change', (change: Change) => listener.changes.push(change));
    await new Promise<void>((resolve, reject) => {
      socket.once('ready', () => resolve());
      socket.once('connect_error', reject);
    });
    return listener;
  }

  /** The stream so far, as soon as it is that long. */
  async until(length: number): Promise<Change[]> {
    await expect.poll(() => this.changes.length, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(length);
    return this.changes;
  }
}

describe('the whole story', () => {
  let server: RunningServer;
  let client: PlainClient;
  let ana: PlainPerson;
  let ben: PlainPerson;
  let cem: PlainPerson;
  const open: Listener[] = [];

  beforeAll(async () => {
    server = await startServer();
    client = new PlainClient(server.url);
    [ana, ben, cem] = [await client.signUp('ana'), await client.signUp('ben'), await client.signUp('cem')];
  });
  afterAll(async () => {
    for (const { socket } of open) socket.disconnect();
    await server.stop();
  });

  const listen = async (person: PlainPerson): Promise<Listener> => {
    const listener = await Listener.open(server.url, person.token);
    open.push(listener);
    return listener;
  };

  it('two people share an event, see each change live, know who did what, and go back', async () => {
    const [forAna, forBen, forCem] = [await listen(ana), await listen(ben), await listen(cem)];

    // Ana creates and shares.
    const times = { start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00', time_zone: 'Europe/Paris' };
    const meeting = { title: 'Team Meeting', description: 'Weekly sync', ...times };
    const created = await client.call<{ id: string }>('POST', '/api/events', { token: ana.token, body: meeting });
    expect(created).toMatchObject({ status: 201, body: { start_time: '2026-06-01T08:00:00Z' } });
    const event = `/api/events/${created.body.id}`;
    expect((await client.call('GET', event, { token: ben.token })).status).toBe(404);
    const share = { users: [{ username: ben.username, role: 'editor' }] };
    expect((await client.call('POST', `${event}/share`, { token: ana.token, body: share })).status).toBe(200);

    // Ben edits.
    const edit = { title: 'Team Lunch', start_time: '2026-06-01T12:00:00', end_time: '2026-06-01T13:00:00' };
    const edited = await client.call('PUT', event, { token: ben.token, body: { ...edit, change_comment: 'Hungry' } });
    expect(edited).toMatchObject({
      status: 200,
      body: { title: 'Team Lunch', version: 2, updated_by: { id: ben.id } },
    });

    // Both have seen it, live and in order.
    expect(await forAna.until(3)).toMatchObject([
      { seq: 1, type: 'event_created', version: 1, actor: { id: ana.id } },
      { seq: 2, type: 'event_shared', version: 1, actor: { id: ana.id } },
      {
        seq: 3,
        type: 'event_updated',
        version: 2,
        actor: { id: ben.id },
        changed: ['title', 'start_time', 'end_time'],
      },
    ]);
    expect(await forBen.until(2)).toMatchObject([
      { seq: 1, type: 'event_shared', event_id: created.body.id, actor: { id: ana.id } },
      { seq: 2, type: 'event_updated', version: 2, actor: { id: ben.id }, read_at: expect.any(String) },
    ]);

    // History shows who.
    const history = await client.call('GET', `${event}/history`, { token: ben.token });
    expect(history.body).toMatchObject({
      items: [
        { version: 2, kind: 'updated', author: { username: ben.username }, comment: 'Hungry' },
        { version: 1, kind: 'created', author: { username: ana.username } },
      ],
    });
    const diff = await client.call('GET', `${event}/diff/1/2`, { token: ana.token });
    expect(diff.body).toMatchObject({
      changes: { title: { from: 'Team Meeting', to: 'Team Lunch', type: 'changed' } },
    });

    // Ana brings the old state back; Ben sees that too.
    const rolledBack = await client.call('POST', `${event}/rollback/1`, { token: ana.token });
    const old = { title: 'Team Meeting', start_time: '2026-06-01T08:00:00Z', end_time: '2026-06-01T09:00:00Z' };
    expect(rolledBack).toMatchObject({ status: 200, body: { ...old, version: 3 } });
    expect((await client.call('GET', event, { token: ben.token })).body).toMatchObject({ ...old, version: 3 });
    expect((await forBen.until(3))[2]).toMatchObject({ seq: 3, type: 'event_rolled_back', actor: { id: ana.id } });

    // Ben's access is revoked: Ben is notified, and receives nothing later.
    const removed = await client.call('DELETE', `${event}/permissions/${ben.id}`, { token: ana.token });
    expect(removed.status).toBe(204);
    expect((await forBen.until(4))[3]).toMatchObject({ seq: 4, type: 'access_revoked' });
    await client.call('PUT', event, { token: ana.token, body: { title: 'Without Ben' } });
    expect((await forAna.until(6)).at(-1)).toMatchObject({ seq: 6, type: 'event_updated', version: 4 });
    expect((await client.call('GET', event, { token: ben.token })).status).toBe(404);

    // The inbox shows nothing more of the event than the revocation, and a stranger received nothing.
    const inbox = await client.call<{ items: Change[] }>('GET', '/api/notifications', { token: ben.token });
    expect(inbox.body.items.map(({ seq, type }) => [seq, type])).toEqual([[4, 'access_revoked']]);
    expect(forBen.changes).toHaveLength(4);
    expect(forCem.changes).toEqual([]);
  });

  it('a socket without a good token is refused, and one whose session ends is closed', async () => {
    await expect(Listener.open(server.url, 'no token')).rejects.toThrow('unauthenticated');
    const listener = await listen(cem);
    const ended = new Promise<{ reason: string }>((resolve) => listener.socket.once('session_ended', resolve));
    const closed = new Promise<string>((resolve) => listener.socket.once('disconnect', resolve));
    await client.call('POST', '/api/auth/logout', { token: cem.token });
    expect(await ended).toEqual({ reason: expect.any(String) });
    expect(await closed).toBe('io server disconnect');
  });
});

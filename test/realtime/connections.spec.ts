import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createEvent,
  logout,
  login,
  listChanges,
  revokePermission,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { StreamPruningService } from '../../src/notifications/stream-pruning.service.js';
import { outcome, slot } from '../support/calls.js';
import { LIVE_KINDS, type LiveClient, openLive, plainWebSocket } from '../support/live-client.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp({ pulseSeconds: 1 })));
afterAll(() => app.close());

let ana: Person;
let eventId: string;
beforeEach(async () => {
  ana = await app.signUp('ana');
  ({ id: eventId } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } })));
});

/** So many changes, each an item of everybody on the event. */
async function edit(count: number, by = ana, name = 'Plan'): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    await ok(updateEvent({ client: by.client, path: { id: eventId }, body: { title: `${name} ${n}` } }));
  }
}

const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const closeAll = (clients: LiveClient[]): void => clients.forEach((client) => client.cut());

describe('one stream over every pipe', () => {
  it('has the same items in the same order, letter for letter, caught up on, live and asked for', async () => {
    await edit(5);
    const early = await Promise.all(LIVE_KINDS.map((kind) => openLive(kind, app.url, ana.accessToken, { after: 0 })));
    await edit(20, ana, 'Später ⏰ “Plan”');
    const late = await Promise.all(LIVE_KINDS.map((kind) => openLive(kind, app.url, ana.accessToken, { after: 0 })));
    const response = await app.fetch('/api/changes?after=0&limit=200', {
      headers: { authorization: `Bearer ${ana.accessToken}` },
    });
    const { items } = (await response.json()) as { items: object[] };
    const asked = items.map((item) => JSON.stringify(item));
    expect(items.map((item) => (item as { seq: number }).seq)).toEqual(upTo(26));
    for (const client of [...early, ...late]) {
      await client.hearsItems(26);
      expect(client.texts).toEqual(asked);
    }
    closeAll([...early, ...late]);
  });
});

describe.each(LIVE_KINDS)('%s', (kind) => {
  it('joins catching up and live items without a hole or a double while others write', async () => {
    await edit(3);
    const writing = edit(40);
    const clients: LiveClient[] = [];
    for (let n = 0; n < 8; n += 1) {
      clients.push(await openLive(kind, app.url, ana.accessToken, { after: 0 }));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await writing;
    for (const client of clients) {
      await client.hearsItems(44);
      expect(client.seqs).toEqual(upTo(44));
    }
    closeAll(clients);
  });

  it('misses nothing over cuts at any moment, when it comes back with its last number', async () => {
    const writing = edit(60);
    const heard: number[] = [];
    let cursor = 0;
    for (let cuts = 0; cuts < 8; cuts += 1) {
      const client = await openLive(kind, app.url, ana.accessToken, { after: cursor });
      await new Promise((resolve) => setTimeout(resolve, 30));
      client.cut();
      await client.ends();
      heard.push(...client.seqs);
      cursor = client.cursor ?? cursor;
    }
    await writing;
    const last = await openLive(kind, app.url, ana.accessToken, { after: cursor });
    await last.hearsItems(61 - heard.length);
    expect([...heard, ...last.seqs]).toEqual(upTo(61));
    last.cut();
  });

  it('starts with what happens from now on when it names no number', async () => {
    await edit(2);
    const client = await openLive(kind, app.url, ana.accessToken);
    expect(await client.hears('ready')).toMatchObject({ user_id: ana.id, seq: 3 });
    await edit(1);
    expect((await client.hearsItems(1)).map(({ seq }) => seq)).toEqual([4]);
    client.cut();
  });

  it('is told to load anew what is no longer kept, or never was, and goes on', async () => {
    await edit(4);
    await app.database.query(`UPDATE notifications SET created_at = now() - interval '31 days' WHERE seq <= 3`);
    expect(await app.app.get(StreamPruningService).prune()).toBeGreaterThanOrEqual(3);
    const [gone, future] = [
      await openLive(kind, app.url, ana.accessToken, { after: 2 }),
      await openLive(kind, app.url, ana.accessToken, { after: 999 }),
    ];
    const kept = await openLive(kind, app.url, ana.accessToken, { after: 3 });
    expect(await gone.hears('resync')).toEqual({ after: 5 });
    expect(await future.hears('resync')).toEqual({ after: 5 });
    await edit(1);
    expect((await gone.hearsItems(1)).map(({ seq }) => seq)).toEqual([6]);
    expect((await future.hearsItems(1)).map(({ seq }) => seq)).toEqual([6]);
    expect((await kept.hearsItems(3)).map(({ seq }) => seq)).toEqual([4, 5, 6]);
    expect(kept.names).not.toContain('resync');
    closeAll([gone, future, kept]);
  });

  it('says at intervals how far it is', async () => {
    const client = await openLive(kind, app.url, ana.accessToken);
    await edit(1);
    await client.hearsItems(1);
    await client.hears('pulse');
    expect(client.frames.filter(({ name }) => name === 'pulse').at(-1)!.data).toEqual({ seq: 2 });
    client.cut();
  });

  it('keeps from a person who was removed while he was away all but that he was', async () => {
    const ben = await app.signUp('ben');
    const path = { id: eventId };
    await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'viewer' } }));
    const before = await openLive(kind, app.url, ben.accessToken, { after: 0 });
    await before.hearsItems(1);
    before.cut();
    await edit(3);
    await outcome(revokePermission({ client: ana.client, path: { ...path, userId: ben.id } }));
    await edit(3);
    const after = await openLive(kind, app.url, ben.accessToken, { after: before.cursor });
    await after.hearsItems(1);
    await after.hears('pulse');
    expect(after.items.map(({ seq, type }) => [seq, type])).toEqual([[5, 'access_revoked']]);
    // The numbers in between are told, so that he needn't take them for lost.
    expect(after.frames.find(({ name }) => name === 'withheld')!.data).toEqual({ seq: 4 });
    after.cut();
  });

  it('ends with its session, and hears nothing of it', async () => {
    const session = await ok(login({ client: app.client(), body: { username: ana.username, password: PASSWORD } }));
    const client = await openLive(kind, app.url, session.access_token);
    await outcome(logout({ client: app.client(session.access_token), body: {} }));
    await edit(1);
    expect(await client.hears('session_ended')).toEqual({ reason: 'session_ended' });
    await client.ends();
    expect(client.texts).toEqual([]);
  });

  it('has room for ten of one person, and says so to the next', async () => {
    const open = await Promise.all(upTo(10).map(() => openLive(kind, app.url, ana.accessToken)));
    const one = await openLive(kind, app.url, ana.accessToken, { hasty: true });
    await one.ends();
    const said = one.frames.find(({ name }) => ['connect_error', 'session_ended'].includes(name))!.data;
    expect(said['code'] ?? said['reason']).toBe('too_many_sockets');
    const other = await openLive(kind, app.url, (await app.signUp('ben')).accessToken);
    open[0]!.cut();
    await open[0]!.ends();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const next = await openLive(kind, app.url, ana.accessToken);
    closeAll([...open, other, next]);
  });

  it.each(['-1', 'x', '1.5', '99999999999999999999'])('refuses %s as a number', async (after) => {
    const client = await openLive(kind, app.url, ana.accessToken, { after, hasty: true });
    await client.ends();
    const said = client.frames.find(({ name }) => ['connect_error', 'session_ended'].includes(name))!.data;
    expect(['validation_failed', 'invalid_message']).toContain(said['code'] ?? said['reason']);
    expect(client.names).not.toContain('ready');
  });

  it('refuses a token that is none', async () => {
    const client = await openLive(kind, app.url, 'nonsense', { hasty: true });
    await client.ends();
    const said = client.frames.find(({ name }) => ['connect_error', 'session_ended'].includes(name))!.data;
    expect(said['code'] ?? said['reason']).toBe('unauthenticated');
  });
});

describe.each(['socket_io', 'web_socket'] as const)('over %s a client', (kind) => {
  it('asks again for what follows a number', async () => {
    await edit(4);
    const client = await openLive(kind, app.url, ana.accessToken);
    expect(await client.say('resume', { after: 2 })).toEqual(
      kind === 'socket_io' ? { ok: true, seq: 5 } : { of: 'resume', ok: true, seq: 5 },
    );
    expect((await client.hearsItems(3)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(await client.say('resume', { after: 77 })).toMatchObject({ ok: false, code: 'resync', seq: 5 });
    expect(await client.hears('resync')).toEqual({ after: 5 });
    for (const after of [null, -1, 'x', {}]) {
      expect(await client.say('resume', { after })).toMatchObject({ ok: false, code: 'validation_failed' });
    }
    client.cut();
  });

  it('goes on with a fresh token on the same socket, past the end of the old one', async () => {
    const brief = await startApp({ accessTokenSeconds: 5 }, app.database);
    try {
      const signIn = () => ok(login({ client: brief.client(), body: { username: ana.username, password: PASSWORD } }));
      const ben = await brief.signUp('ben');
      const client = await openLive(kind, brief.url, (await signIn()).access_token);
      const oldEnds = new Promise((resolve) => setTimeout(resolve, 5_300));
      expect(await client.say('authenticate', { token: ben.accessToken })).toMatchObject({ code: 'unauthenticated' });
      expect(await client.say('authenticate', { token: 'x' })).toMatchObject({ ok: false, code: 'unauthenticated' });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const fresh = await signIn();
      expect(await client.say('authenticate', { token: fresh.access_token })).toMatchObject({ ok: true });
      await oldEnds;
      expect(client.closed).toBeNull();
      expect(await client.hears('session_ended')).toEqual({ reason: 'token_expired' });
    } finally {
      await brief.close();
    }
  });

  it('is ended when it says too much', async () => {
    const client = await openLive(kind, app.url, ana.accessToken);
    const answers = upTo(100).map(() => client.say('resume', { after: 1 }));
    expect((await Promise.all(answers)).every(({ ok: fine }) => fine)).toBe(true);
    client.say('resume', { after: 1 }).catch(() => undefined);
    expect(await client.hears('session_ended')).toEqual({ reason: 'too_many_messages' });
    await client.ends();
  });
});

describe('GET /api/changes', () => {
  it('comes in pages by number, to the end', async () => {
    await edit(6);
    const seqs: number[] = [];
    let after = 0;
    for (let more = true; more;) {
      const page = await ok(listChanges({ client: ana.client, query: { after, limit: 3 } }));
      seqs.push(...page.items.map(({ seq }) => seq));
      [after, more] = [page.last_seq, page.has_more];
    }
    expect(seqs).toEqual(upTo(7));
    expect(await ok(listChanges({ client: ana.client, query: { after } }))).toEqual({
      items: [],
      last_seq: 7,
      has_more: false,
    });
  });

  it('passes over what its reader may no longer see, and still reaches the end', async () => {
    const ben = await app.signUp('ben');
    const path = { id: eventId };
    await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'viewer' } }));
    await edit(5);
    await outcome(revokePermission({ client: ana.client, path: { ...path, userId: ben.id } }));
    const page = await ok(listChanges({ client: ben.client, query: { after: 1, limit: 3 } }));
    expect(page).toEqual({ items: [], last_seq: 4, has_more: true });
    const rest = await ok(listChanges({ client: ben.client, query: { after: 4 } }));
    expect(rest.items.map(({ seq, type }) => [seq, type])).toEqual([[7, 'access_revoked']]);
  });

  it('answers 410 resync with the number to go on from when the stream does not reach back', async () => {
    await edit(4);
    await app.database.query('DELETE FROM notifications WHERE user_id = $1 AND seq <= 3', [ana.id]);
    for (const after of [0, 2, 6]) {
      const problem = await refused(listChanges({ client: ana.client, query: { after } }));
      expect(problem).toMatchObject({ status: 410, code: 'resync', after: 5 });
    }
    for (const query of [{}, { after: 3 }]) {
      expect((await ok(listChanges({ client: ana.client, query }))).items.map(({ seq }) => seq)).toEqual([4, 5]);
    }
  });

  it.each([{ after: -1 }, { after: 1.5 }, { limit: 0 }, { limit: 201 }])('refuses %o', async (query) => {
    expect(await refused(listChanges({ client: ana.client, query }))).toMatchObject({ code: 'validation_failed' });
  });
});

describe('GET /ws/notifications', () => {
  it('takes the token as subprotocol, in a first frame, in the query or in a header', async () => {
    const path = '/ws/notifications';
    const token = ana.accessToken;
    const asProtocol = plainWebSocket(app.url, `${path}/?after=0`, ['bearer', token]);
    const inQuery = plainWebSocket(app.url, `${path}?after=0&token=${token}`);
    const inHeader = plainWebSocket(app.url, `${path}?after=0`, [], { authorization: `Bearer ${token}` });
    const inFrame = plainWebSocket(app.url, `${path}?after=0`);
    await inFrame.hears('open');
    void inFrame.say('authenticate', { token });
    for (const client of [asProtocol, inQuery, inHeader, inFrame]) {
      expect((await client.hearsItems(1)).map(({ seq }) => seq)).toEqual([1]);
    }
    expect(asProtocol.frames[0]).toEqual({ name: 'open', data: { protocol: 'bearer' } });
    closeAll([asProtocol, inQuery, inHeader, inFrame]);
  });

  it('closes on whoever says something else first, says nonsense, too much at once, or nothing for ten seconds', async () => {
    const silent = plainWebSocket(app.url, '/ws/notifications');
    const other = plainWebSocket(app.url, '/ws/notifications');
    await other.hears('open');
    void other.say('resume', { after: 0 });
    expect([await other.hears('session_ended'), await other.ends()]).toEqual([{ reason: 'unauthenticated' }, '4401']);
    const odd = await openLive('web_socket', app.url, ana.accessToken);
    void odd.say('sing', {});
    expect([await odd.hears('session_ended'), await odd.ends()]).toEqual([{ reason: 'invalid_message' }, '4400']);
    const large = await openLive('web_socket', app.url, ana.accessToken);
    void large.say('resume', { after: 'x'.repeat(70_000) });
    expect(await large.ends()).toBe('1009');
    expect([await silent.hears('session_ended'), await silent.ends()]).toEqual([{ reason: 'sign_in_timeout' }, '4401']);
  });

  it('answers a plain request with 426, and an unknown address not at all', async () => {
    const plain = await fetch(`${app.url}/ws/notifications?token=secret`);
    expect(plain.status).toBe(426);
    expect(JSON.stringify(await plain.json())).not.toContain('secret');
    const lost = plainWebSocket(app.url, '/ws/elsewhere');
    await lost.ends();
    expect(lost.frames[0]!.data['message']).toContain('404');
  });
});

describe('the Origin header', () => {
  it.each(['socket_io', 'web_socket'] as const)('must be one of ours or of the list, over %s', async (kind) => {
    const listed = await startApp({ corsOrigins: ['https://calendar.example'] }, app.database);
    try {
      for (const [origin, good] of [
        ['https://calendar.example', true],
        [listed.url, true],
        ['https://evil.example', false],
        ['null', false],
      ] as const) {
        const client = await openLive(kind, listed.url, ana.accessToken, { hasty: true, headers: { origin } });
        if (good) await client.hears('ready');
        else await client.ends();
        expect(client.names.includes('ready')).toBe(good);
        client.cut();
      }
    } finally {
      await listed.close();
    }
  });
});

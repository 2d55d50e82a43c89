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
import { OpenConnections } from '../../src/live/open-connections.js';
import { StreamPruningService } from '../../src/notifications/stream-pruning.service.js';
import { outcome, slot } from '../support/calls.js';
import { LIVE_KINDS, type LiveClient, openLive } from '../support/live-client.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp({ pulseSeconds: 1 })));
afterAll(() => app.close());

let ana: Person;
let eventId: string;
beforeEach(async () => {
  ana = await app.signUp('ana');
  ({ id: eventId } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } })));
});

/** Changes the event that many times. Each change is one item per member. */
async function edit(count: number, by = ana, name = 'Plan'): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    await ok(updateEvent({ client: by.client, path: { id: eventId }, body: { title: `${name} ${n}` } }));
  }
}

const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const closeAll = (clients: LiveClient[]): void => clients.forEach((client) => client.cut());

describe('one stream over every transport', () => {
  it('has identical items in the same order, whether caught up, live or polled', async () => {
    await edit(5);
    const early = await Promise.all(LIVE_KINDS.map((kind) => openLive(kind, app.url, ana.accessToken, { after: 0 })));
    await edit(20, ana, 'Später ⏰ “Plan”');
    const late = await Promise.all(LIVE_KINDS.map((kind) => openLive(kind, app.url, ana.accessToken, { after: 0 })));
    const response = await app.fetch('/api/changes?after=0&limit=200', {
      headers: { authorization: `Bearer ${ana.accessToken}` },
    });
    const { items } = (await response.json()) as { items: object[] };
    const polled = items.map((item) => JSON.stringify(item));
    expect(items.map((item) => (item as { seq: number }).seq)).toEqual(upTo(26));
    for (const client of [...early, ...late]) {
      await client.waitForItems(26);
      expect(client.texts).toEqual(polled);
    }
    closeAll([...early, ...late]);
  });
});

describe.each(LIVE_KINDS)('%s', (kind) => {
  it('switches from catching up to live items without a gap or a duplicate during writes', async () => {
    await edit(3);
    const writing = edit(40);
    const clients: LiveClient[] = [];
    for (let n = 0; n < 8; n += 1) {
      clients.push(await openLive(kind, app.url, ana.accessToken, { after: 0 }));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await writing;
    for (const client of clients) {
      await client.waitForItems(44);
      expect(client.seqs).toEqual(upTo(44));
    }
    closeAll(clients);
  });

  it('misses nothing when it is cut at random moments and reconnects with its last number', async () => {
    const writing = edit(60);
    const received: number[] = [];
    let cursor = 0;
    for (let cuts = 0; cuts < 8; cuts += 1) {
      const client = await openLive(kind, app.url, ana.accessToken, { after: cursor });
      await new Promise((resolve) => setTimeout(resolve, 30));
      client.cut();
      await client.waitForEnd();
      received.push(...client.seqs);
      cursor = client.cursor ?? cursor;
    }
    await writing;
    const last = await openLive(kind, app.url, ana.accessToken, { after: cursor });
    await last.waitForItems(61 - received.length);
    expect([...received, ...last.seqs]).toEqual(upTo(61));
    last.cut();
  });

  it('starts with the next change without a number', async () => {
    await edit(2);
    const client = await openLive(kind, app.url, ana.accessToken);
    expect(await client.waitFor('ready')).toMatchObject({ user_id: ana.id, seq: 3 });
    await edit(1);
    expect((await client.waitForItems(1)).map(({ seq }) => seq)).toEqual([4]);
    client.cut();
  });

  it('sends resync for a number that is pruned or beyond the end, and continues', async () => {
    await edit(4);
    await app.database.query(`UPDATE notifications SET created_at = now() - interval '31 days' WHERE seq <= 3`);
    expect(await app.app.get(StreamPruningService).prune()).toBeGreaterThanOrEqual(3);
    const [pruned, future] = [
      await openLive(kind, app.url, ana.accessToken, { after: 2 }),
      await openLive(kind, app.url, ana.accessToken, { after: 999 }),
    ];
    const stored = await openLive(kind, app.url, ana.accessToken, { after: 3 });
    expect(await pruned.waitFor('resync')).toEqual({ after: 5 });
    expect(await future.waitFor('resync')).toEqual({ after: 5 });
    await edit(1);
    expect((await pruned.waitForItems(1)).map(({ seq }) => seq)).toEqual([6]);
    expect((await future.waitForItems(1)).map(({ seq }) => seq)).toEqual([6]);
    expect((await stored.waitForItems(3)).map(({ seq }) => seq)).toEqual([4, 5, 6]);
    expect(stored.names).not.toContain('resync');
    closeAll([pruned, future, stored]);
  });

  it('sends its number at intervals', async () => {
    const client = await openLive(kind, app.url, ana.accessToken);
    await edit(1);
    await client.waitForItems(1);
    await client.waitFor('pulse');
    expect(client.frames.filter(({ name }) => name === 'pulse').at(-1)!.data).toEqual({ seq: 2 });
    client.cut();
  });

  it('sends a member who was removed while offline only the revocation', async () => {
    const ben = await app.signUp('ben');
    const path = { id: eventId };
    await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'viewer' } }));
    const before = await openLive(kind, app.url, ben.accessToken, { after: 0 });
    await before.waitForItems(1);
    before.cut();
    await edit(3);
    await outcome(revokePermission({ client: ana.client, path: { ...path, userId: ben.id } }));
    await edit(3);
    const after = await openLive(kind, app.url, ben.accessToken, { after: before.cursor });
    await after.waitForItems(1);
    await after.waitFor('pulse');
    expect(after.items.map(({ seq, type }) => [seq, type])).toEqual([[5, 'access_revoked']]);
    // `withheld` explains the gap.
    expect(after.frames.find(({ name }) => name === 'withheld')!.data).toEqual({ seq: 4 });
    after.cut();
  });

  it('sends a person who was added and removed while offline only the revocation', async () => {
    const [ben, cid] = [await app.signUp('ben'), await app.signUp('cid')];
    const path = { id: eventId };
    const users = [ben, cid].map(({ id }) => ({ user_id: id, role: 'editor' as const }));
    await ok(shareEvent({ client: ana.client, path, body: { users } }));
    await edit(2);
    await outcome(revokePermission({ client: ana.client, path: { ...path, userId: ben.id } }));
    const client = await openLive(kind, app.url, ben.accessToken, { after: 0 });
    await client.waitForItems(1);
    await client.waitFor('pulse');
    expect(client.items.map(({ seq, type }) => [seq, type])).toEqual([[4, 'access_revoked']]);
    expect(client.frames.find(({ name }) => name === 'withheld')!.data).toEqual({ seq: 3 });
    expect(JSON.stringify(client.frames)).not.toContain(cid.username);
    client.cut();
  });

  it('ends with its session and receives no item after that', async () => {
    const session = await ok(login({ client: app.client(), body: { username: ana.username, password: PASSWORD } }));
    const client = await openLive(kind, app.url, session.access_token);
    await outcome(logout({ client: app.client(session.access_token), body: {} }));
    await edit(1);
    expect(await client.waitFor('session_ended')).toEqual({ reason: 'session_ended' });
    await client.waitForEnd();
    expect(client.texts).toEqual([]);
  });

  it('allows ten connections of one user; each further one ends the oldest with a reason', async () => {
    const other = await openLive(kind, app.url, (await app.signUp('ben')).accessToken);
    const open: LiveClient[] = [];
    for (const kindOfOne of [...LIVE_KINDS, ...Array.from({ length: 7 }, () => kind)]) {
      open.push(await openLive(kindOfOne, app.url, ana.accessToken));
    }
    for (const replaced of upTo(2, 0)) {
      open.push(await openLive(kind, app.url, ana.accessToken));
      expect(await open[replaced]!.waitFor('session_ended')).toEqual({ reason: 'replaced' });
      await open[replaced]!.waitForEnd();
      if (open[replaced]!.kind === 'web_socket') expect(open[replaced]!.closed).toBe('4410');
    }
    expect([...open.slice(3), other].map(({ closed }) => closed)).toEqual(Array(11).fill(null));
    await edit(1);
    for (const client of open.slice(3)) expect((await client.waitForItems(1)).map(({ seq }) => seq)).toEqual([2]);
    expect(app.app.get(OpenConnections).of(ana.id)).toHaveLength(10);
    closeAll([...open, other]);
  });

  it('keeps ten when thirty are opened at once', async () => {
    const open = await Promise.all(upTo(30).map(() => openLive(kind, app.url, ana.accessToken, { skipReady: true })));
    const isSettled = ({ closed, names }: LiveClient): boolean => closed !== null || names.includes('ready');
    const countOpen = (): number => (open.every(isSettled) ? open.filter(({ closed }) => closed === null).length : 30);
    await expect.poll(countOpen, { timeout: PATIENCE_MS }).toBe(10);
    expect(app.app.get(OpenConnections).of(ana.id)).toHaveLength(10);
    closeAll(open);
  });

  it.each(['-1', 'x', '1.5', '99999999999999999999'])('refuses %s as after', async (after) => {
    const client = await openLive(kind, app.url, ana.accessToken, { after, skipReady: true });
    await client.waitForEnd();
    const refusal = client.frames.find(({ name }) => ['connect_error', 'session_ended'].includes(name))!.data;
    expect(['validation_failed', 'invalid_message']).toContain(refusal['code'] ?? refusal['reason']);
    expect(client.names).not.toContain('ready');
  });

  it('refuses an invalid token', async () => {
    const client = await openLive(kind, app.url, 'nonsense', { skipReady: true });
    await client.waitForEnd();
    const refusal = client.frames.find(({ name }) => ['connect_error', 'session_ended'].includes(name))!.data;
    expect(refusal['code'] ?? refusal['reason']).toBe('unauthenticated');
  });
});

describe.each(['socket_io', 'web_socket'] as const)('a client over %s', (kind) => {
  it('resumes after a number', async () => {
    await edit(4);
    const client = await openLive(kind, app.url, ana.accessToken);
    expect(await client.send('resume', { after: 2 })).toEqual(
      kind === 'socket_io' ? { ok: true, seq: 5 } : { of: 'resume', ok: true, seq: 5 },
    );
    expect((await client.waitForItems(3)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(await client.send('resume', { after: 77 })).toMatchObject({ ok: false, code: 'resync', seq: 5 });
    expect(await client.waitFor('resync')).toEqual({ after: 5 });
    for (const after of [null, -1, 'x', {}]) {
      expect(await client.send('resume', { after })).toMatchObject({ ok: false, code: 'validation_failed' });
    }
    client.cut();
  });

  it('continues with a new token after the old one expires', async () => {
    const brief = await startApp({ accessTokenSeconds: 5 }, app.database);
    try {
      const signIn = () => ok(login({ client: brief.client(), body: { username: ana.username, password: PASSWORD } }));
      const ben = await brief.signUp('ben');
      const client = await openLive(kind, brief.url, (await signIn()).access_token);
      const oldTokenExpired = new Promise((resolve) => setTimeout(resolve, 5_300));
      expect(await client.send('authenticate', { token: ben.accessToken })).toMatchObject({ code: 'unauthenticated' });
      expect(await client.send('authenticate', { token: 'x' })).toMatchObject({ ok: false, code: 'unauthenticated' });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const fresh = await signIn();
      expect(await client.send('authenticate', { token: fresh.access_token })).toMatchObject({ ok: true });
      await oldTokenExpired;
      expect(client.closed).toBeNull();
      expect(await client.waitFor('session_ended')).toEqual({ reason: 'token_expired' });
    } finally {
      await brief.close();
    }
  });

  it('is disconnected when it sends too many messages', async () => {
    const client = await openLive(kind, app.url, ana.accessToken);
    const responses = upTo(100).map(() => client.send('resume', { after: 1 }));
    expect((await Promise.all(responses)).every(({ ok: succeeded }) => succeeded)).toBe(true);
    client.send('resume', { after: 1 }).catch(() => undefined);
    expect(await client.waitFor('session_ended')).toEqual({ reason: 'too_many_messages' });
    await client.waitForEnd();
  });
});

describe('GET /api/changes', () => {
  it('returns pages by number up to the end', async () => {
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

  it('leaves out items of events that the user can no longer see, and still reaches the end', async () => {
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

  it('responds with 410 resync and the number to continue from when items have been pruned', async () => {
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

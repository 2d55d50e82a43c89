import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  changeRole,
  eraseMe,
  getEvent,
  revokePermission,
  undoChange,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView } from '../../sdk/generated/types.gen.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { createMeeting, hourOn, share, versionsOf } from '../support/meetings.js';
import { done, send, sendUndocumented, type WireAnswer } from '../support/requests.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

let app: TestApp;
let ana: Person;
let ben: Person;
let cid: Person;
let id: string;
beforeAll(async () => {
  app = await startApp();
  [ana, ben, cid] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cid')];
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ id } = await createMeeting(ana, { show_as: 'free' }));
  await share(ana, id, ben, 'editor');
});

const read = (as: Person, known?: string | null): Promise<WireAnswer> =>
  send(app, `/api/events/${id}`, { as, headers: known ? { 'if-none-match': known } : {} });
const tagOf = ({ headers }: WireAnswer): string => headers.get('etag')!;
const edit = (as: Person, body: object): Promise<EventView> =>
  ok(updateEvent({ client: as.client, path: { id }, body }));
const setRole = (by: Person, person: Person, role: 'viewer' | 'editor' | 'owner'): Promise<unknown> =>
  ok(changeRole({ client: by.client, path: { id, userId: person.id }, body: { role } }));
const revoke = (by: Person, person: Person): Promise<void> =>
  done(revokePermission({ client: by.client, path: { id, userId: person.id } }));

describe('the ETag of an event', () => {
  /** What changes the answer that Ben gets. */
  const changes: [string, () => Promise<unknown>][] = [
    ['the content', () => edit(ana, { title: 'Lunch' })],
    ['his own role', () => setRole(ana, ben, 'viewer')],
    ['a new member', () => share(ana, id, cid, 'viewer')],
    ['the transfer of the ownership to him', () => setRole(ana, ben, 'owner')],
    [
      'the role of another member',
      async () => {
        await share(ana, id, cid, 'viewer');
        const before = tagOf(await read(ben));
        await setRole(ana, cid, 'editor');
        expect(tagOf(await read(ben))).not.toBe(before);
      },
    ],
    [
      'a member who leaves',
      async () => {
        await share(ana, id, cid, 'viewer');
        const before = tagOf(await read(ben));
        await revoke(cid, cid);
        expect(tagOf(await read(ben))).not.toBe(before);
        // Without this, everything would be as it was before Cid came.
        await setRole(ana, ben, 'viewer');
      },
    ],
    [
      'the undo of a share',
      async () => {
        await share(ana, id, cid, 'viewer');
        const before = tagOf(await read(ben));
        await ok(undoChange({ client: ana.client, path: { id, position: 3 } }));
        expect(tagOf(await read(ben))).not.toBe(before);
        await setRole(ana, ben, 'viewer');
      },
    ],
    [
      'the erasure of whoever edited it last',
      async () => {
        const dee = await app.signUp('dee');
        await share(ana, id, dee, 'editor');
        await edit(dee, { title: 'Lunch' });
        const before = tagOf(await read(ben));
        await done(eraseMe({ client: dee.client, body: { password: PASSWORD } }));
        await expect.poll(async () => tagOf(await read(ben)), { timeout: PATIENCE_MS }).not.toBe(before);
      },
    ],
  ];

  it.each(changes)('changes with %s', async (_what, change) => {
    const before = await read(ben);
    expect((await read(ben, tagOf(before))).status).toBe(304);
    await change();
    const after = await read(ben, tagOf(before));
    expect(after.status).toBe(200);
    expect(tagOf(after)).not.toBe(tagOf(before));
    expect(after.bytes.equals(before.bytes)).toBe(false);
  });

  it('stays while the answer stays, and comes with a 304 that has no body', async () => {
    const first = await read(ben);
    await createMeeting(ana, { show_as: 'free' });
    await edit(ana, { title: first.json.title });
    await share(ana, id, ben, 'editor');
    const second = await read(ben, tagOf(first));
    expect([second.status, second.bytes.length, tagOf(second)]).toEqual([304, 0, tagOf(first)]);
    const head = await sendUndocumented(app, `/api/events/${id}`, { as: ben, method: 'HEAD' });
    expect([head.status, tagOf(head)]).toEqual([200, tagOf(first)]);
  });

  it('is another for each role and each format', async () => {
    await share(ana, id, cid, 'viewer');
    const packed = { as: ben, headers: { accept: 'application/msgpack' } };
    const answers = [
      ...(await Promise.all([ana, ben, cid].map((person) => read(person)))),
      await sendUndocumented(app, `/api/events/${id}`, packed),
    ];
    expect(new Set(answers.map(tagOf)).size).toBe(4);
    for (const answer of answers) expect(tagOf(answer)).toMatch(/^"1\.\d{1,15}"$/);
    const headers = { ...packed.headers, 'if-none-match': tagOf(answers[3]!) };
    expect((await sendUndocumented(app, `/api/events/${id}`, { as: ben, headers })).status).toBe(304);
  });

  it('never gives somebody the rights that they had, or that somebody else has', async () => {
    const known = tagOf(await read(ben));
    await setRole(ana, ben, 'viewer');
    expect(await read(ben, known)).toMatchObject({ status: 200, json: { role: 'viewer', can: ['read'] } });
    expect(await read(ana, known)).toMatchObject({ status: 200, json: { role: 'owner' } });
    const asViewer = tagOf(await read(ben));
    await revoke(ana, ben);
    for (const tag of [known, asViewer, '*']) expect((await read(ben, tag)).status).toBe(404);
  });

  it('is the same after a write as in the next read', async () => {
    const write = (path: string, method: string, body: object, as = ana): Promise<WireAnswer> =>
      send(app, `/api/events${path}`, { as, method, body });
    const series = { ...hourOn(1), show_as: 'free', recurrence_pattern: 'FREQ=DAILY;COUNT=9' };
    const created = await write('', 'POST', { title: 'Standup', description: 'é😀', ...series });
    const path = `/${created.json.id}`;
    await share(ana, created.json.id, ben, 'editor');
    const writes: [path: string, method: string, body: object, as?: Person][] = [
      [path, 'PUT', { title: 'Daily' }],
      [path, 'PATCH', { location: 'Room 4' }, ben],
      [path, 'PUT', {}, ben],
      [`${path}?occurrence=${hourOn(2).start_time}`, 'PUT', { title: 'Once' }],
      [`${path}?occurrence=${hourOn(5).start_time}&scope=following`, 'PUT', { title: 'Tail' }, ben],
      [`${path}/rollback/1`, 'POST', {}],
      [`${path}/revert/2`, 'POST', {}],
      [`${path}/changelog/2/undo`, 'POST', {}],
    ];
    for (const [target, method, body, as] of writes) {
      const written = await write(target, method, body, as);
      expect([target, written.status]).toEqual([target, 200]);
      const again = await send(app, `/api/events/${written.json.id}`, { as: as ?? ana });
      expect([target, tagOf(written)]).toEqual([target, tagOf(again)]);
    }
    expect((await send(app, `/api/events${path}`, { as: ana, method: 'DELETE' })).status).toBe(204);
    const restored = await write(`${path}/restore`, 'POST', {});
    expect(tagOf(restored)).toBe(tagOf(await send(app, `/api/events${path}`, { as: ana })));
  });
});

describe('If-Match', () => {
  it('takes the tag, a weakened tag and the bare version, whatever happened to members since', async () => {
    const tag = tagOf(await read(ben));
    await share(ana, id, cid, 'viewer');
    let version = 1;
    for (const one of [tag, `W/${tag}`, '"1"']) {
      const headers = { 'if-match': one.replace('"1', `"${version}`) };
      const body = { title: `Lunch ${version}` };
      const { status, json } = await send(app, `/api/events/${id}`, { as: ben, method: 'PUT', body, headers });
      expect([status, json.version]).toEqual([200, (version += 1)]);
    }
    expect((await read(ben)).json.permissions).toHaveLength(3);
  });

  it('does not restore a role that was lost since', async () => {
    const tag = tagOf(await read(ben));
    await setRole(ana, ben, 'viewer');
    const request = { as: ben, method: 'PUT', body: { title: 'Mine' }, headers: { 'if-match': tag } };
    expect(await send(app, `/api/events/${id}`, request)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(await versionsOf(app.database, id)).toEqual(['1 created']);
  });

  it('merges, or refuses, by the version in the tag', async () => {
    const tag = tagOf(await read(ben));
    await edit(ana, { title: 'Lunch' });
    const put = (body: object, prefer: string): Promise<WireAnswer> =>
      send(app, `/api/events/${id}`, { as: ben, method: 'PUT', body, headers: { 'if-match': tag, prefer } });
    expect((await put({ location: 'Room 4' }, 'handling=strict')).json).toMatchObject({ code: 'stale_version' });
    const merged = await put({ location: 'Room 4' }, '');
    expect([merged.headers.get('convene-merged'), merged.json.title]).toEqual(['1..2', 'Lunch']);
    expect((await put({ title: 'Dinner' }, '')).status).toBe(412);
  });
});

it('readers who revalidate while roles change see every change, and one tag is always one answer', async () => {
  const answers = new Map<string, string>();
  let writing = true;
  const keepReading = async (as: Person): Promise<void> => {
    let known: string | null = null;
    while (writing) {
      const answer: WireAnswer = await read(as, known);
      known = tagOf(answer);
      if (answer.status === 200) {
        const text = answer.bytes.toString('utf8');
        expect(answers.get(known) ?? text).toBe(text);
        answers.set(known, text);
      }
      expect(answers.has(known)).toBe(true);
    }
  };
  const readers = [ana, ben, ben].map(keepReading);
  try {
    for (let round = 0; round < 12; round += 1) {
      const known = tagOf(await read(ben));
      const role = round % 2 ? 'editor' : 'viewer';
      await setRole(ana, ben, role);
      expect(await read(ben, known)).toMatchObject({ status: 200, json: { role } });
      if (round % 3 === 0) await edit(ana, { title: `Round ${round}` });
    }
  } finally {
    writing = false;
    await Promise.all(readers);
  }
  expect(answers.size).toBeGreaterThan(12);
});

describe('Cache-Control and Vary', () => {
  const PRIVATE = ['private, no-cache', ['authorization', 'accept', 'origin']];
  const cachingOf = ({ headers }: WireAnswer): unknown[] => [
    headers.get('cache-control'),
    (headers.get('vary') ?? '')
      .toLowerCase()
      .split(', ')
      .filter((name) => name !== 'accept-encoding'),
  ];

  it('let only the reader store data, and never use it without asking', async () => {
    const tag = tagOf(await read(ben));
    const requests: [number, string, Parameters<typeof send>[2]][] = [
      [200, `/api/events/${id}`, { as: ben }],
      [304, `/api/events/${id}`, { as: ben, headers: { 'if-none-match': tag } }],
      [200, '/api/events', { as: ben }],
      [200, '/api/auth/me', { as: ben }],
      [200, `/api/events/${id}/permissions`, { as: ben }],
      [200, '/api/changes', { as: ben }],
      [401, `/api/events/${id}`, {}],
      [403, `/api/events/${id}`, { as: ben, method: 'DELETE' }],
      [404, `/api/events/${id}`, { as: cid }],
      [404, '/api/nothing', {}],
      [406, `/api/events/${id}`, { as: ben, headers: { accept: 'image/png' } }],
      [422, '/api/events', { as: ben, body: {} }],
    ];
    for (const [status, path, request] of requests) {
      const answer = await sendUndocumented(app, path, request);
      expect([path, answer.status, ...cachingOf(answer)]).toEqual([path, status, ...PRIVATE]);
    }
  });

  it('let nobody store tokens', async () => {
    const { username } = await app.signUp('dee');
    const login = await send(app, '/api/auth/login', { body: { username, password: PASSWORD } });
    const refresh = await send(app, '/api/auth/refresh', { body: { refresh_token: login.json.refresh_token } });
    const account = { username: `${username}-2`, email: `${username}-2@example.com`, password: PASSWORD };
    const register = await send(app, '/api/auth/register', { body: account });
    for (const answer of [login, refresh, register]) {
      expect([answer.json.token_type, answer.headers.get('cache-control')]).toEqual(['Bearer', 'no-store']);
    }
    // Every operation whose response has a token is one of these.
    const { paths } = openApiDocument(app.app) as unknown as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const withTokens = Object.values(paths)
      .flatMap((operations) => Object.values(operations))
      .filter((operation) => JSON.stringify(operation).includes('/TokensView"'))
      .map(({ operationId }) => operationId);
    expect(withTokens.sort()).toEqual(['login', 'refresh', 'register']);
  });
});

it('an event as of an earlier time has a tag of its own', async () => {
  const created = await ok(getEvent({ client: ana.client, path: { id } }));
  await edit(ana, { title: 'Lunch' });
  const path = `/api/events/${id}?as_of=${created.updated_at}`;
  const earlier = await send(app, path, { as: ana });
  expect(tagOf(earlier)).toMatch(/^"1\./);
  expect((await send(app, path, { as: ana, headers: { 'if-none-match': tagOf(earlier) } })).status).toBe(304);
  expect((await read(ana, tagOf(earlier))).status).toBe(200);
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, eraseMe, revokePermission, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { packMessage } from '../../src/platform/http/message-pack.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { IdempotencyService } from '../../src/platform/idempotency/idempotency.service.js';
import { checksums } from '../support/checksums.js';
import { complaints, done, send, sendUndocumented, type WireAnswer, type WireRequest } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';
import { HOUR, type Setting, OF_INVITATIONS, WRITE_CALLS, type WriteCall } from '../support/write-operations.js';

/** POSTs under /api/events that only ask. */
const QUESTIONS = ['checkConflicts'];

describe('Idempotency-Key', () => {
  let app: TestApp;
  let setting: Setting;
  let number = 0;

  beforeAll(async () => {
    // One connection: a keyed request that reads outside of its transaction waits for it in vain.
    app = await startApp({ databasePoolSize: 1, databaseWaitSeconds: 2 });
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    const [ana, ben, cleo] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cleo')];
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Team meeting', ...HOUR } }));
    await ok(shareEvent({ client: ana.client, path: { id }, body: { username: ben.username, role: 'editor' } }));
    setting = { ana, ben, cleo, eventId: id };
  });

  const newKey = (): string => `key ${(number += 1)}`;
  const withKey = (key: string, request: WireRequest): WireRequest => ({
    ...request,
    headers: { ...request.headers, 'idempotency-key': key },
  });
  const create = (key: string, body: object, as = setting.ana): Promise<WireAnswer> =>
    send(app, '/api/events', withKey(key, { as, body }));
  const event = (title: string): object => ({ title, ...HOUR, show_as: 'free' });
  const titles = async (title: string): Promise<number> =>
    (await app.database.query(`SELECT 1 FROM events WHERE title = $1`, [title])).length;

  it('is accepted by every write on events, and by nothing else', () => {
    const { paths } = openApiDocument(app.app) as unknown as {
      paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[] }>>;
    };
    const all = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    const writes = all
      .filter(({ path, method }) => path.startsWith('/api/events') && method !== 'get')
      .map(({ operationId }) => operationId)
      .filter((id) => !QUESTIONS.includes(id));
    const keyed = all.filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'));
    expect(keyed.map(({ operationId }) => operationId).sort()).toEqual([...writes, 'importCalendar'].sort());
    const called = WRITE_CALLS.map(({ operation }) => operation);
    expect([...new Set([...called, ...OF_INVITATIONS])].sort()).toEqual(writes.sort());
  });

  it.each(WRITE_CALLS.map((call): [string, WriteCall] => [call.operation + (call.circumstance ?? ''), call]))(
    'lets %s be done once and answered twice',
    async (_name, { before, request }) => {
      await before?.(setting);
      const { path, ...rest } = request(setting);
      const keyed = withKey(newKey(), { as: setting.ana, ...rest });

      const first = await send(app, path, keyed);
      expect(first.status, JSON.stringify(first.json)).toBeLessThan(300);
      expect(first.headers.get('idempotent-replayed')).toBeNull();
      const after = await checksums(app.database);

      const second = await send(app, path, keyed);
      expect(second.headers.get('idempotent-replayed')).toBe('true');
      expect(second.status).toBe(first.status);
      expect(second.bytes.equals(first.bytes)).toBe(true);
      for (const name of ['etag', 'location']) expect(second.headers.get(name)).toBe(first.headers.get(name));
      expect(await checksums(app.database)).toEqual(after);
    },
  );

  it('returns the original response, whatever happened to the event since', async () => {
    const key = newKey();
    const first = await create(key, event('Then'));
    await send(app, `/api/events/${first.json.id}`, { as: setting.ana, method: 'PUT', body: { title: 'Since' } });
    const { json, headers } = await create(key, event('Then'));
    expect([json.title, headers.get('etag'), headers.get('location')]).toEqual([
      'Then',
      first.headers.get('etag'),
      `/api/events/${first.json.id}`,
    ]);
  });

  it('knows the request again in MessagePack, with its members in another order and a slash at its end', async () => {
    const key = newKey();
    const first = await create(key, { title: 'Formats', ...HOUR, show_as: 'free' });
    const again = await create(key, { show_as: 'free', ...HOUR, title: 'Formats' });
    expect(again.json).toEqual(first.json);
    const packed = await sendUndocumented(
      app,
      '/api/events/',
      withKey(key, {
        as: setting.ana,
        body: packMessage({ title: 'Formats', ...HOUR, show_as: 'free' }),
        headers: { 'content-type': 'application/msgpack', accept: 'application/msgpack' },
      }),
    );
    expect(packed.headers.get('idempotent-replayed')).toBe('true');
    expect(packed.bytes.equals(packMessage(first.json))).toBe(true);
    expect(await titles('Formats')).toBe(1);
  });

  it('refuses another request with the same key: another body, another address', async () => {
    const key = newKey();
    await create(key, event('First'));
    const before = await checksums(app.database);
    const { eventId } = setting;
    const reused = '/header/idempotency-key key_reused';
    for (const [path, body, complaint] of [
      ['/api/events', event('Second'), reused],
      ['/api/events?on=1', event('First'), '/query/on unknown_field'],
      ['/api/events/batch', event('First'), reused],
      [`/api/events/${eventId}/share`, { username: setting.cleo.username, role: 'viewer' }, reused],
    ] as const) {
      const { status, json } = await send(app, path, withKey(key, { as: setting.ana, body }));
      expect([status, ...complaints(json)]).toEqual([422, complaint]);
    }
    expect(await checksums(app.database)).toEqual(before);
  });

  it('refuses the same change with the same key, based on another version or not to be merged', async () => {
    const [key, path] = [newKey(), `/api/events/${setting.eventId}`];
    const change = (version: number, headers = {}) =>
      send(app, path, {
        as: setting.ana,
        method: 'PUT',
        body: { title: 'Based' },
        headers: { 'idempotency-key': key, 'if-match': `"${version}"`, ...headers },
      });
    const { json } = await send(app, path, { as: setting.ana });
    const { version } = json as { version: number };
    expect((await change(version)).status).toBe(200);
    const again = await change(version);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    for (const other of [await change(version + 1), await change(version, { prefer: 'handling=strict' })]) {
      expect([other.status, ...complaints(other.json)]).toEqual([422, '/header/idempotency-key key_reused']);
    }
  });

  it('belongs to one person: the same key of another is another', async () => {
    const key = newKey();
    const [mine, theirs] = [await create(key, event('Both')), await create(key, event('Both'), setting.ben)];
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.json.owner.id).toBe(setting.ben.id);
    expect(await titles('Both')).toBe(2);
  });

  it('is free again after a refusal: only what was done is kept', async () => {
    const key = newKey();
    const conflicting = { title: 'Conflicting', ...HOUR };
    expect((await create(key, conflicting)).status).toBe(409);
    expect((await create(key, { title: '', ...HOUR })).status).toBe(422);
    await send(app, `/api/events/${setting.eventId}`, { as: setting.ana, method: 'DELETE' });
    const { status, headers } = await create(key, conflicting);
    expect([status, headers.get('idempotent-replayed')]).toEqual([201, null]);
  });

  it('is not used up by a dry run', async () => {
    const key = newKey();
    const dry = await send(app, '/api/events?dry_run=true', withKey(key, { as: setting.ana, body: event('Dry') }));
    expect(dry.status).toBe(200);
    expect((await create(key, event('Dry'))).status).toBe(201);
    expect(await titles('Dry')).toBe(1);
  });

  it('is answered with 409 and Retry-After while the first request is running', async () => {
    const key = newKey();
    const client = await app.database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('idempotency:' || $1 || ':' || $2, 0))`, [
        setting.ana.id,
        key,
      ]);
      const { status, json, headers } = await create(key, event('Running'));
      expect([status, json.code, headers.get('retry-after')]).toEqual([409, 'request_running', '1']);
      expect(await titles('Running')).toBe(0);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect((await create(key, event('Running'))).status).toBe(201);
  });

  it.each([
    ['empty', ''],
    ['longer than 255 characters', 'k'.repeat(256)],
    ['not of printable ASCII', 'clé'],
  ])('is refused when it is %s', async (_what, key) => {
    const { status, json } = await create(key, event('Unkeyed'));
    expect([status, ...complaints(json)]).toEqual([422, '/header/idempotency-key invalid']);
    expect(await titles('Unkeyed')).toBe(0);
  });

  it('may have 255 characters', async () => {
    const key = 'k'.repeat(255);
    const answers = [await create(key, event('Long')), await create(key, event('Long'))];
    expect(answers.map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
  });

  it('starts again as a whole, the handler too, when the database asks for it', async () => {
    await app.database.query(`CREATE SEQUENCE tries`);
    await app.database.query(`
      CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') % 3 <> 0 THEN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END IF;
        RETURN NULL;
      END $$`);
    await app.database.query(`
      CREATE TRIGGER stumble AFTER INSERT ON notifications FOR EACH STATEMENT EXECUTE FUNCTION stumble()`);
    try {
      const key = newKey();
      const answers = [await create(key, event('Stumbled')), await create(key, event('Stumbled'))];
      expect(answers.map(({ status, json }) => [status, json.id])).toEqual([
        [201, answers[0]!.json.id],
        [201, answers[0]!.json.id],
      ]);
      expect(answers[0]!.headers.get('location')).toBe(`/api/events/${answers[0]!.json.id}`);
      const dry = await send(app, '/api/events?dry_run=true', { as: setting.ana, body: event('Stumbled') });
      expect([dry.status, dry.json.changes.length]).toEqual([200, 1]);
      expect(await titles('Stumbled')).toBe(1);
    } finally {
      await app.database.query(`DROP FUNCTION stumble CASCADE`);
      await app.database.query(`DROP SEQUENCE tries`);
    }
  });

  describe('of a write after which its caller may do less', () => {
    const twice = async (path: string, request: WireRequest): Promise<[WireAnswer, WireAnswer, WireAnswer]> => {
      const keyed = withKey(newKey(), request);
      const first = await send(app, path, keyed);
      const before = await checksums(app.database);
      const answers = [first, await send(app, path, keyed), await send(app, path, request)] as const;
      expect(await checksums(app.database)).toEqual(before);
      expect(answers[1].headers.get('idempotent-replayed')).toBe('true');
      expect(answers[1].bytes.equals(first.bytes)).toBe(true);
      return [...answers];
    };
    const statuses = (answers: WireAnswer[]): number[] => answers.map(({ status }) => status);

    it('repeats the answer to a transfer of ownership, where another request is 403', async () => {
      const { ana, ben, eventId } = setting;
      const body = { role: 'owner' };
      const answers = await twice(`/api/events/${eventId}/permissions/${ben.id}`, { as: ana, method: 'PUT', body });
      expect(statuses(answers)).toEqual([200, 200, 403]);
    });

    it('repeats the answer to leaving after a transfer of ownership', async () => {
      const { ana, ben, eventId } = setting;
      const role = { as: ana, method: 'PUT', body: { role: 'owner' } };
      await send(app, `/api/events/${eventId}/permissions/${ben.id}`, role);
      const answers = await twice(`/api/events/${eventId}/permissions/${ana.id}`, { as: ana, method: 'DELETE' });
      expect(statuses(answers)).toEqual([204, 204, 404]);
    });

    it('repeats the answer to deleting and to leaving, where another request is 404', async () => {
      const { ana, ben, eventId } = setting;
      const left = await twice(`/api/events/${eventId}/permissions/${ben.id}`, { as: ben, method: 'DELETE' });
      expect(statuses(left)).toEqual([204, 204, 404]);
      const deleted = await twice(`/api/events/${eventId}`, { as: ana, method: 'DELETE' });
      expect(statuses(deleted)).toEqual([204, 204, 404]);
    });

    it('repeats the answer to a split, where another request finds no such occurrence', async () => {
      const { ana } = setting;
      const daily = { title: 'Daily', ...HOUR, show_as: 'free', recurrence_pattern: 'FREQ=DAILY;COUNT=9' };
      const { json } = await send(app, '/api/events', { as: ana, body: daily });
      const path = `/api/events/${json.id}?occurrence=2026-06-04T10:00:00Z&scope=following`;
      const answers = await twice(path, { as: ana, method: 'PUT', body: { title: 'From here' } });
      expect(statuses(answers)).toEqual([200, 200, 404]);
    });

    it('repeats the answer to an edit of an event that somebody else deleted since', async () => {
      const { ana, ben, eventId } = setting;
      const edit = withKey(newKey(), { as: ben, method: 'PATCH', body: { title: 'Renamed' } });
      const first = await send(app, `/api/events/${eventId}`, edit);
      await send(app, `/api/events/${eventId}`, { as: ana, method: 'DELETE' });
      const again = await send(app, `/api/events/${eventId}`, edit);
      expect([again.status, again.json]).toEqual([200, first.json]);
    });

    it('tells a person whose access was revoked nothing, and a stranger nothing new', async () => {
      const { ana, ben, cleo, eventId } = setting;
      const path = `/api/events/${eventId}/rollback/1`;
      const request = withKey(newKey(), { as: ben, method: 'POST', body: {} });
      await send(app, `/api/events/${eventId}`, { as: ana, method: 'PUT', body: { title: 'Renamed' } });
      expect((await send(app, path, request)).status).toBe(200);
      await done(revokePermission({ client: ana.client, path: { id: eventId, userId: ben.id } }));
      expect((await send(app, path, request)).status).toBe(404);
      const stranger = withKey(newKey(), { as: cleo, method: 'PUT', body: { title: 'Stolen' } });
      const attempts = [1, 2].map(() => send(app, `/api/events/${eventId}`, stranger));
      expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([404, 404]);
    });

    it('refuses another request with the key as if it had none', async () => {
      const { ana, ben, eventId } = setting;
      const path = `/api/events/${eventId}/permissions/${ben.id}`;
      const transfer = withKey(newKey(), { as: ana, method: 'PUT', body: { role: 'owner' } });
      expect((await send(app, path, transfer)).status).toBe(200);
      expect((await send(app, path, { ...transfer, body: { role: 'viewer' } })).status).toBe(403);
    });
  });

  it('expires after 24 hours, and is deleted in the background', async () => {
    const [old, young] = [newKey(), newKey()];
    await create(old, event('Old'));
    await create(young, event('Young'));
    await app.database.query(
      `UPDATE idempotency_keys SET created_at = created_at - interval '24 hours 1 second' WHERE key = $1`,
      [old],
    );
    const again = await create(old, event('Old'));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect((await create(old, event('Old'))).json).toEqual(again.json);
    expect(await titles('Old')).toBe(2);

    await app.database.query(
      `UPDATE idempotency_keys SET created_at = created_at - interval '24 hours 1 second' WHERE key = $1`,
      [old],
    );
    await app.app.get(IdempotencyService).prune();
    const left = await app.database.query(`SELECT key FROM idempotency_keys WHERE key = ANY($1)`, [[old, young]]);
    expect(left).toEqual([{ key: young }]);
  });

  it('of others outlives an erased person: a retry is still a retry, without the name', async () => {
    const { ana, ben, cleo, eventId } = setting;
    await send(app, `/api/events/${eventId}`, { as: ana, method: 'PUT', body: { title: 'Renamed' } });
    const keyed = withKey(newKey(), { as: ana, body: { on_conflict: 'allow' } });
    const path = `/api/events/${eventId}/rollback/1`;
    const first = await send(app, path, keyed);
    const share = withKey(newKey(), { as: ana, body: { username: ben.username, role: 'viewer' } });
    await send(app, `/api/events/${eventId}/share`, share);
    await create(newKey(), event('Of Ben'), ben);
    await create(newKey(), event('Of Cleo'), cleo);
    await send(app, `/api/events/${eventId}`, { as: ana, method: 'PUT', body: { title: 'Renamed again' } });

    await done(eraseMe({ client: ben.client, body: { password: ben.password } }));
    const rows = await app.database.query<{ user_id: string; text: string }>(
      `SELECT user_id, k::text AS text FROM idempotency_keys k WHERE user_id = ANY($1) ORDER BY created_at`,
      [[ana.id, ben.id, cleo.id]],
    );
    expect(rows.map((row) => row.user_id)).toEqual([ana.id, ana.id, cleo.id]);
    expect(rows.filter(({ text }) => text.includes(ben.username))).toEqual([]);

    const before = await checksums(app.database);
    const again = await send(app, path, keyed);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(again.bytes.toString()).toBe(first.bytes.toString().replaceAll(ben.username, 'Deleted user'));
    expect((await send(app, `/api/events/${eventId}/share`, share)).status).toBe(200);
    expect(await checksums(app.database)).toEqual(before);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeRole, createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { checksums } from '../support/checksums.js';
import { LiveSocket } from '../support/live-socket.js';
import { send } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';
import { HOUR, type Setting, OF_INVITATIONS, WRITE_CALLS, type WriteCall } from '../support/write-operations.js';

/** Writes under /api/events that only ask. */
const QUESTIONS = ['checkConflicts'];

interface DryRun {
  would: unknown;
  changes: { event_id: string; kind: string; version: number; changed?: string[]; people?: object[] }[];
  conflicts: { title: string }[];
  notified: { id: string; username: string }[];
}

const named = (call: WriteCall): [string, WriteCall] => [call.operation + (call.circumstance ?? ''), call];

const withDryRun = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}dry_run=true`;

/** Replaces new ids and instants by the order in which they first appear. */
function normalised(value: unknown, known: string[]): unknown {
  const places = new Map<string, string>();
  const text = JSON.stringify(value)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/g, (id) => {
      if (known.includes(id)) return id;
      if (!places.has(id)) places.set(id, `new-${places.size}`);
      return places.get(id)!;
    })
    .replace(/"(created_at|updated_at|granted_at|deleted_at)":"[^"]+"/g, '"$1":"then"');
  return JSON.parse(text) as unknown;
}

describe('a dry run', () => {
  let app: TestApp;
  let setting: Setting;
  let sockets: LiveSocket[];

  beforeAll(async () => {
    // One connection: a dry run that reads outside of its transaction waits for it in vain.
    app = await startApp({ databasePoolSize: 1, databaseWaitSeconds: 2 });
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    const [ana, ben, cleo] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cleo')];
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Team meeting', ...HOUR } }));
    await ok(shareEvent({ client: ana.client, path: { id }, body: { username: ben.username, role: 'editor' } }));
    setting = { ana, ben, cleo, eventId: id };
    sockets = [];
    for (const person of [ana, ben, cleo]) sockets.push(await LiveSocket.open(app.url, person.accessToken));
    return () => sockets.forEach((socket) => socket.close());
  });

  const call = (path: string, { request }: WriteCall) => {
    const { path: _path, ...rest } = request(setting);
    return send(app, path, { as: setting.ana, ...rest });
  };

  it('is there for every write on events, and nowhere else', () => {
    const { paths } = openApiDocument(app.app) as unknown as {
      paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[] }>>;
    };
    const all = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    const writes = all.filter(({ path, method }) => path.startsWith('/api/events') && method !== 'get');
    const ids = writes.map(({ operationId }) => operationId).filter((id) => !QUESTIONS.includes(id));
    const offered = all.filter(({ parameters }) => parameters.some(({ name }) => name === 'dry_run'));
    expect(offered.map(({ operationId }) => operationId).sort()).toEqual([...ids, 'importCalendar'].sort());
    const called = WRITE_CALLS.map(({ operation }) => operation);
    expect([...new Set([...called, ...OF_INVITATIONS])].sort()).toEqual(ids.sort());
  });

  it.each(WRITE_CALLS.map(named))(
    'of %s leaves nothing behind and reports what the call then does',
    async (_name, row) => {
      await row.before?.(setting);
      await settled();
      const { path } = row.request(setting);
      const heard = sockets.map((socket) => socket.items.length);
      const before = await checksums(app.database);

      const dry = await call(withDryRun(path), row);
      expect(dry.status, JSON.stringify(dry.json)).toBe(200);
      expect(dry.headers.get('etag')).toBeNull();
      expect(dry.headers.get('location')).toBeNull();
      expect(await Promise.all(sockets.map((socket) => socket.staysQuiet(100)))).toEqual([true, true, true]);
      expect(sockets.map((socket) => socket.items.length)).toEqual(heard);
      expect(await checksums(app.database)).toEqual(before);

      const result = dry.json as DryRun;
      expect(result.changes.map(({ kind, version }) => `${kind} ${version}`)).toEqual(row.changes);
      const { ben, cleo } = setting;
      const readers = row.notified.map((name) => ({ ben, cleo })[name]);
      expect(result.notified).toEqual(readers.map(({ id, username }) => ({ id, username })));

      const real = await call(path, row);
      expect(real.status, JSON.stringify(real.json)).toBeLessThan(300);
      const known = [setting.ana.id, ben.id, cleo.id, setting.eventId];
      expect(normalised(result.would, known)).toEqual(normalised(real.json ?? null, known));
      expect(await lastChanges(row.changes.length)).toEqual(
        result.changes.map(({ kind, version, changed, people }) => ({
          kind,
          version,
          what: changed ?? people!.length,
        })),
      );
      await settled();
    },
  );

  /** Everything that happened was heard: nothing is on its way any more. */
  async function settled(): Promise<void> {
    for (const [index, { id }] of [setting.ana, setting.ben, setting.cleo].entries()) {
      const [stream] = await app.database.query<{ last: string }>(
        `SELECT last_seq AS last FROM notification_streams WHERE user_id = $1`,
        [id],
      );
      const { seq } = (await sockets[index]!.waitFor('ready')) as { seq: number };
      await sockets[index]!.waitForItems(Number(stream?.last ?? 0) - seq);
    }
  }

  /** The latest entries of all history, in the words of a dry run. */
  const lastChanges = async (count: number): Promise<unknown[]> => {
    const rows = await app.database.query(
      `SELECT kind, version, what FROM (
         SELECT kind, version, to_jsonb(changed) AS what, created_at, ctid FROM event_versions
         UNION ALL
         SELECT kind, version, to_jsonb(jsonb_array_length(members)), created_at, ctid FROM member_changes) AS h
        ORDER BY created_at DESC, ctid DESC LIMIT $1`,
      [count],
    );
    return rows.reverse();
  };

  it('reports the conflicts that would be allowed, and those that would be skipped', async () => {
    const conflicts = async (body: object): Promise<string[]> => {
      const { json } = await send(app, '/api/events?dry_run=true', { as: setting.ana, body });
      return (json as DryRun).conflicts.map(({ title }) => title);
    };
    const event = { title: 'Another', ...HOUR };
    expect(await conflicts({ ...event, on_conflict: 'allow' })).toEqual(['Team meeting']);
    const daily = { ...event, is_recurring: true, recurrence_pattern: 'FREQ=DAILY;COUNT=3' };
    expect(await conflicts({ ...daily, on_conflict: 'skip' })).toEqual(['Team meeting']);
    expect(await conflicts({ ...event, show_as: 'free' })).toEqual([]);
  });

  it('reports whose role would change, and how', async () => {
    const { eventId, ben, cleo } = setting;
    const body = [
      { username: ben.username, role: 'viewer' },
      { username: cleo.username, role: 'editor' },
    ];
    const { json } = await send(app, `/api/events/${eventId}/share?dry_run=1`, { as: setting.ana, body });
    expect(json).toMatchObject({
      would: { items: [{ role: 'owner' }, { user_id: ben.id, role: 'viewer' }, { user_id: cleo.id, role: 'editor' }] },
      changes: [
        { event_id: eventId, kind: 'shared', version: 1, people: [{ user_id: cleo.id, from: null, to: 'editor' }] },
        { kind: 'role_changed', people: [{ user_id: ben.id, from: 'editor', to: 'viewer' }] },
      ],
    });
  });

  it.each([
    ['a conflict', 'POST', '', { title: 'Another', ...HOUR }, 'ana', 409],
    ['a bad value', 'POST', '', { title: 'Another', ...HOUR, end_time: HOUR.start_time }, 'ana', 422],
    ['an unknown field', 'POST', '', { title: 'Another', ...HOUR, colour: 'red' }, 'ana', 422],
    [
      'a bad item of a batch',
      'POST',
      '/batch',
      [{ title: 'x', ...HOUR, on_conflict: 'allow' }, { title: '' }],
      'ana',
      422,
    ],
    ['an unknown person', 'POST', '/:id/share', { username: 'nobody-at-all', role: 'viewer' }, 'ana', 422],
    ['a role that is too low', 'DELETE', '/:id', undefined, 'ben', 403],
    ['a stranger', 'PUT', '/:id', { title: 'Stolen' }, 'cleo', 404],
    ['an owner who would lower their own role', 'PUT', '/:id/permissions/:ana', { role: 'viewer' }, 'ana', 409],
    ['a version that is not there', 'POST', '/:id/rollback/9', {}, 'ana', 404],
  ] as const)(
    'refuses %s as the call does, and leaves nothing behind',
    async (_what, method, rest, body, name, status) => {
      const path = `/api/events${rest.replace(':id', setting.eventId).replace(':ana', setting.ana.id)}`;
      const before = await checksums(app.database);
      const dry = await send(app, withDryRun(path), { as: setting[name], method, body });
      const real = await send(app, path, { as: setting[name], method, body });
      expect([dry.status, real.status]).toEqual([status, status]);
      const { request_id: _dry, ...dryProblem } = dry.json as Record<string, unknown>;
      const { request_id: _real, ...realProblem } = real.json as Record<string, unknown>;
      expect(dryProblem).toEqual(realProblem);
      expect(await checksums(app.database)).toEqual(before);
    },
  );

  it('of an undo is refused as the call is, with the names of those whose roles changed since', async () => {
    const { ana, ben, eventId } = setting;
    await ok(changeRole({ client: ana.client, path: { id: eventId, userId: ben.id }, body: { role: 'viewer' } }));
    const path = `/api/events/${eventId}/changelog/2/undo`;
    const before = await checksums(app.database);
    const [dry, real] = [
      await send(app, withDryRun(path), { as: ana, body: {} }),
      await send(app, path, { as: ana, body: {} }),
    ];
    expect([dry.status, dry.json.clashes]).toEqual([409, real.json.clashes]);
    expect(dry.json.clashes).toMatchObject([{ person: { username: ben.username } }]);
    expect(await checksums(app.database)).toEqual(before);
  });

  it('lets everything speak that COMMIT would ask', async () => {
    await app.database.query(`CREATE SEQUENCE asked`);
    await app.database.query(`
      CREATE FUNCTION ask() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('asked'); RETURN NULL; END $$`);
    await app.database.query(`
      CREATE CONSTRAINT TRIGGER ask AFTER UPDATE ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION ask()`);
    try {
      const path = `/api/events/${setting.eventId}?dry_run=true`;
      await send(app, path, { as: setting.ana, method: 'PUT', body: { title: 'Renamed' } });
      expect(await app.database.query(`SELECT is_called FROM asked`)).toEqual([{ is_called: true }]);
    } finally {
      await app.database.query(`DROP FUNCTION ask CASCADE`);
      await app.database.query(`DROP SEQUENCE asked`);
    }
  });

  it('of a stale write is merged as the call is', async () => {
    const { ana, eventId } = setting;
    await send(app, `/api/events/${eventId}`, { as: ana, method: 'PUT', body: { title: 'Renamed' } });
    const request = { as: ana, method: 'PUT', body: { location: 'Room 4' }, headers: { 'if-match': '"1"' } };
    const before = await checksums(app.database);
    const dry = await send(app, `/api/events/${eventId}?dry_run=true`, request);
    expect([dry.status, dry.headers.get('convene-merged')]).toEqual([200, '1..2']);
    expect(dry.json.would).toMatchObject({ title: 'Renamed', location: 'Room 4', version: 3 });
    expect(await checksums(app.database)).toEqual(before);
  });

  it.each(WRITE_CALLS.map(named))('that is misspelt is no real call: %s', async (_name, row) => {
    await row.before?.(setting);
    const { path, ...rest } = row.request(setting);
    const before = await checksums(app.database);
    const typo = withDryRun(path).replace('dry_run', 'dryrun');
    const { status, json } = await send(app, typo, { as: setting.ana, ...rest });
    expect([status, json.errors]).toEqual([422, [expect.objectContaining({ pointer: '/query/dryrun' })]]);
    expect(await checksums(app.database)).toEqual(before);
  });

  it('refuses a stale If-Match as the call does', async () => {
    const request = { as: setting.ana, method: 'PUT', body: { title: 'x' }, headers: { 'if-match': '"0"' } };
    const [dry, real] = [
      await send(app, `/api/events/${setting.eventId}?dry_run=true`, request),
      await send(app, `/api/events/${setting.eventId}`, request),
    ];
    expect([dry.status, dry.json.code]).toEqual([real.status, real.json.code]);
  });

  it('needs a plain yes or no', async () => {
    const before = await checksums(app.database);
    for (const query of ['dry_run=maybe', 'dry_run=true&dry_run=false']) {
      const { status, json } = await send(app, `/api/events?${query}`, {
        as: setting.ana,
        body: { title: 'x', ...HOUR },
      });
      expect({ status, errors: json.errors }).toMatchObject({ status: 422, errors: [{ pointer: '/query/dry_run' }] });
    }
    expect(await checksums(app.database)).toEqual(before);
  });

  it('is refused where there is none, instead of a real call in its place', async () => {
    const before = await checksums(app.database);
    for (const path of ['/api/auth/logout', '/api/notifications/read-all']) {
      const { status, json } = await send(app, `${path}?dry_run=true`, { as: setting.ben, method: 'POST' });
      expect({ status, errors: json.errors }).toMatchObject({
        status: 422,
        errors: [{ pointer: '/query/dry_run', code: 'unknown_field' }],
      });
    }
    expect(await checksums(app.database)).toEqual(before);
  });

  it('is no dry run with `dry_run=false`', async () => {
    const body = { title: 'Real', ...HOUR, show_as: 'free' };
    const { status, headers } = await send(app, '/api/events?dry_run=false', { as: setting.ana, body });
    expect([status, headers.get('etag')]).toEqual([201, expect.stringMatching(/^"1\./)]);
  });
});

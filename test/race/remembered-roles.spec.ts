import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  deleteEvent,
  getEvent,
  revokePermission,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let database: TestDatabase;
let here: TestApp;
let there: TestApp;
let ana: Person;
let ben: Person;
let id: string;

beforeEach(async () => {
  database = await createDatabase();
  here = await startApp({}, database);
  there = await startApp({}, database);
  [ana, ben] = [await there.signUp('ana'), await here.signUp('ben')];
  ({ id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } })));
  await ok(shareEvent({ client: ana.client, path: { id }, body: { users: [{ user_id: ben.id, role: 'editor' }] } }));
});
afterEach(async () => {
  await Promise.all([here.close(), there.close()]);
  await database.drop();
});

const edit = async (title: string): Promise<number | undefined> =>
  (await updateEvent({ client: ben.client, path: { id }, body: { title } })).response?.status;

const countLookUps = async (): Promise<Record<string, number>> => {
  const text = await (await fetch(`${here.url}/metrics`)).text();
  const counts = [...text.matchAll(/^convene_role_cache_total\{result="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(counts.map(([, result, count]) => [result, Number(count)]));
};

describe('a role that is remembered before a write', () => {
  it('saves the look-up of every write but the first', async () => {
    for (let n = 0; n < 10; n += 1) expect(await edit(`Plan ${n}`)).toBe(200);
    expect(await countLookUps()).toEqual({ miss: 1, hit: 9 });
  });

  it('lets nothing through after access was revoked on another server', async () => {
    expect(await edit('Before')).toBe(200);
    await revokePermission({ client: ana.client, path: { id, userId: ben.id } });
    expect(await edit('After')).toBe(404);
    const path = { id, version: 1 };
    expect((await rollbackEvent({ client: ben.client, path, body: {} })).response?.status).toBe(404);
    expect(await ok(getEvent({ client: ana.client, path: { id } }))).toMatchObject({ title: 'Before', version: 2 });
  });

  it('lets nothing through that a lower role does not allow', async () => {
    expect(await edit('Before')).toBe(200);
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'viewer' } }));
    expect(await edit('After')).toBe(403);
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'editor' } }));
    expect(await edit('Again')).toBe(200);
  });

  it('refuses nothing that a higher role allows', async () => {
    expect((await deleteEvent({ client: ben.client, path: { id } })).response?.status).toBe(403);
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' } }));
    expect((await deleteEvent({ client: ben.client, path: { id } })).response?.status).toBe(204);
  });

  it('refuses nothing to a person who was no member before', async () => {
    await revokePermission({ client: ana.client, path: { id, userId: ben.id } });
    expect(await edit('Outside')).toBe(404);
    await ok(shareEvent({ client: ana.client, path: { id }, body: { users: [{ user_id: ben.id, role: 'editor' }] } }));
    expect(await edit('Inside')).toBe(200);
  });

  it('tells nobody whose access has ended why else a write is refused', async () => {
    expect(await edit('Before')).toBe(200);
    await revokePermission({ client: ana.client, path: { id, userId: ben.id } });
    const [cleo, dora] = [await there.signUp('cleo'), await there.signUp('dora')];
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: dora.id, role: 'viewer' } }));
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'After' } }));

    const attempts: [method: string, path: string, body?: object][] = [
      ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((position): [string, string, object][] => [
        ['POST', `/changelog/${position}/undo`, {}],
        ['POST', `/changelog/${position}/undo?dry_run=true`, {}],
      ]),
      ['POST', '/revert/1', {}],
      ['POST', '/revert/3', {}],
      ['POST', '/rollback/1', { fields: ['nothing'] }],
      ['POST', '/rollback/99', {}],
      ['PATCH', '', { title: 5 }],
      ['PUT', '', { unknown: true }],
      ['PUT', '?scope=never', { title: 'Plan' }],
    ];
    const refusal = async (app: TestApp, as: Person, [method, path, body]: (typeof attempts)[number]) => {
      const { json } = await send(app, `/api/events/${id}${path}`, { as, method, body });
      const { request_id: _, instance: __, ...problem } = json as Record<string, unknown>;
      return problem;
    };
    for (const attempt of attempts) {
      // Each as if it were the first since then.
      await here.app.get<Cache>(CACHE_MANAGER).set(`${id} ${ben.id}`, { role: 'editor', ownerId: ana.id });
      expect(await refusal(here, ben, attempt), `${attempt[0]} ${attempt[1]}`).toEqual(
        await refusal(there, cleo, attempt),
      );
    }
  });
});

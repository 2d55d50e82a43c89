import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarOf, importFile, vevent } from '../support/calendar-files.js';
import { LockHolder } from '../support/held-locks.js';
import { expectInvariants } from '../support/invariants.js';
import { send, type WireAnswer } from '../support/requests.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

/** Parts in which the events of the file are written. */
const PARTS = 3;
const FILE = calendarOf(
  ...Array.from({ length: PARTS * 200 }, (_, n) =>
    vevent(`n${n}@example.org`, 'DTSTART:20270301T100000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT', `SUMMARY:${n}`),
  ).flat(),
);
/** Any number: the import waits for it in its middle. */
const MIDDLE = 4_711;

let app: TestApp;
let root: Person;
beforeAll(async () => {
  // A statement that waits for the import is given up.
  app = await startApp({ databaseLockSeconds: 1 });
  root = await app.signUp('chief');
  await app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [root.id]);
  // Sequences count what is rolled back, too.
  for (const name of ['parts', 'sightings']) {
    await app.database.query(`CREATE SEQUENCE ${name}`);
    await app.database.query(`SELECT nextval('${name}')`);
  }
  await app.database.query(`
    CREATE FUNCTION pause_in_the_middle() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS $$
    BEGIN
      PERFORM nextval('parts'), pg_advisory_xact_lock_shared(${MIDDLE});
      RETURN NULL;
    END $$`);
  await app.database.query(`
    CREATE TRIGGER middle AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION pause_in_the_middle()`);
  await app.database.query(`
    CREATE FUNCTION count_sightings() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM nextval('sightings'); RETURN NULL; END $$`);
  await app.database.query(`
    CREATE TRIGGER sightings AFTER UPDATE ON import_jobs FOR EACH STATEMENT EXECUTE FUNCTION count_sightings()`);
});
afterAll(() => app.close());
afterEach(() => expectInvariants(app.database));

const count = async (of: 'parts' | 'sightings'): Promise<number> =>
  Number((await app.database.query<{ n: string }>(`SELECT last_value AS n FROM ${of}`))[0]!.n);

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}

/** Runs an act while an import has written its first part, and lets the import go on until it has ended. */
async function inTheMiddle<T>(importer: Person, act: () => Promise<T>): Promise<{ done: T; parts: number }> {
  const before = await count('parts');
  const holder = await LockHolder.begin(app.database);
  try {
    await holder.query('SELECT pg_advisory_xact_lock($1)', [MIDDLE]);
    expect((await importFile(app, importer, FILE, '', { prefer: 'respond-async' })).status).toBe(202);
    await until(async () => (await count('parts')) > before);
    const done = await act();
    // One may have begun before the act.
    const sightings = await count('sightings');
    await until(async () => (await count('sightings')) >= sightings + 2);
    await holder.release();
    await until(async () => ['done', 'failed', undefined].includes((await jobOf(importer))?.state));
    return { done, parts: (await count('parts')) - before };
  } finally {
    await holder.release();
  }
}

interface JobRow {
  state: string;
  result: { code?: string };
}
const jobOf = async ({ id }: Person): Promise<JobRow | undefined> =>
  (await app.database.query<JobRow>('SELECT state, result FROM import_jobs WHERE user_id = $1', [id]))[0];
const countEvents = async ({ id }: Person): Promise<number> =>
  (await app.database.query('SELECT FROM events WHERE updated_by = $1', [id])).length;

const administer = (method: string, path: string): Promise<WireAnswer> =>
  send(app, `/api/admin/users/${path}`, { as: root, method });

describe('an import that is in its middle', () => {
  it('does not keep an administrator from disabling its account, ends, and stores nothing', async () => {
    const ana = await app.signUp('ana');
    const { done, parts } = await inTheMiddle(ana, () => administer('POST', `${ana.id}/disable`));
    expect([done.status, parts]).toEqual([200, 1]);
    expect(await jobOf(ana)).toMatchObject({ state: 'failed', result: { code: 'unauthenticated' } });
    expect(await countEvents(ana)).toBe(0);
  });

  it.each([
    ['an administrator', (ana: Person) => administer('DELETE', ana.id)],
    [
      'its person',
      (ana: Person) => send(app, '/api/auth/me', { as: ana, method: 'DELETE', body: { password: PASSWORD } }),
    ],
  ])('does not keep %s from erasing its account, ends, and stores nothing', async (_who, erase) => {
    const ana = await app.signUp('ana');
    const { done, parts } = await inTheMiddle(ana, () => erase(ana));
    expect([done.status, parts]).toEqual([204, 1]);
    expect([await jobOf(ana), await countEvents(ana)]).toEqual([undefined, 0]);
  });

  it('of an administrator does not keep another one from signing people out', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    await app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [ana.id]);
    const { done, parts } = await inTheMiddle(ana, () => administer('POST', `${ben.id}/sign-out`));
    expect([done.status, done.json.sessions, parts]).toEqual([200, 1, PARTS]);
    expect([(await jobOf(ana))?.state, await countEvents(ana)]).toEqual(['done', PARTS * 200]);
  });
});

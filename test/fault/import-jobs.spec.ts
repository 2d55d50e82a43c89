import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportJobView } from '../../sdk/generated/types.gen.js';
import { calendarOf, vevent } from '../support/calendar-files.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { PlainClient, type PlainPerson } from '../support/plain-client.js';
import { type RunningServer, startServerOn } from '../support/running-server.js';

const EVENTS = 2_000;
const FILE = calendarOf(
  ...Array.from({ length: EVENTS }, (_, n) =>
    vevent(`n${n}@example.org`, 'DTSTART:20270301T100000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT', `SUMMARY:${n}`),
  ).flat(),
);

describe('an import that goes on after the response', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let ana: PlainPerson;

  const start = async (): Promise<void> => void (server = await startServerOn(database));
  beforeEach(async () => {
    database = await createDatabase();
    // Each part of the file takes a while.
    await database.query(`
      CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$`);
    await database.query(`
      CREATE TRIGGER linger AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION linger()`);
    await start();
    ana = await new PlainClient(server.url).signUp('ana');
  });
  afterEach(async () => {
    await server.stop();
    await database.drop();
  });

  const begin = async (): Promise<string> => {
    const response = await fetch(`${server.url}/api/calendar/import`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ana.token}`,
        'content-type': 'text/calendar',
        prefer: 'respond-async',
      },
      body: FILE,
    });
    expect(response.status).toBe(202);
    return response.headers.get('location')!;
  };
  const read = async (path: string): Promise<ImportJobView> =>
    (await new PlainClient(server.url).call<ImportJobView>('GET', path, { token: ana.token })).body;
  const wait = async (path: string, isAs: (job: ImportJobView) => boolean): Promise<ImportJobView> => {
    for (;;) {
      const job = await read(path);
      if (isAs(job)) return job;
      await sleep(50);
    }
  };
  const isHalf = ({ state, done }: ImportJobView): boolean => state === 'running' && done > 0;
  const countEvents = async (): Promise<number> =>
    (await database.query<{ n: number }>('SELECT count(*)::int AS n FROM events'))[0]!.n;

  it('stores nothing when the server is killed in its middle, says so, and can be sent again', async () => {
    const path = await begin();
    const half = await wait(path, isHalf);
    expect(half).toMatchObject({ total: EVENTS, report: null, problem: null, finished_at: null });
    expect(half.done).toBeLessThan(EVENTS);
    process.kill(server.pid, 'SIGKILL');
    await server.stop();
    await start();
    expect((await read(path)).state).toBe('running');
    // Half a minute later.
    await database.query(`UPDATE import_jobs SET seen_at = seen_at - interval '30 seconds'`);
    expect(await read(path)).toMatchObject({
      state: 'failed',
      report: null,
      problem: { code: 'import_interrupted' },
    });
    expect(await countEvents()).toBe(0);
    const again = await wait(await begin(), ({ finished_at }) => finished_at !== null);
    expect(again).toMatchObject({ state: 'done', done: EVENTS, total: EVENTS, report: { created: EVENTS } });
    expect(await countEvents()).toBe(EVENTS);
    await expectInvariants(database);
  });

  it('is completed by a server that is asked to stop', async () => {
    const path = await begin();
    await wait(path, isHalf);
    expect(await server.stop()).toBe(0);
    await start();
    expect(await read(path)).toMatchObject({ state: 'done', done: EVENTS, report: { created: EVENTS } });
    expect(await countEvents()).toBe(EVENTS);
    await expectInvariants(database);
  });
});

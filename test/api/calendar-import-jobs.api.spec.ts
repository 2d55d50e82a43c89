import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImportJobs, JOB_HOURS, MAX_JOBS_PER_PERSON, SILENT_SECONDS } from '../../src/calendar/import-jobs.service.js';
import { calendarOf, importFile, vevent } from '../support/calendar-files.js';
import { LockHolder } from '../support/held-locks.js';
import { send, type WireAnswer } from '../support/requests.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const HOUR = ['DTSTART:20270301T100000Z', 'DTEND:20270301T110000Z', 'SUMMARY:Review'];
const fileOf = (...uids: string[]): string => calendarOf(...uids.flatMap((uid) => vevent(uid, ...HOUR)));

/** Begins an import that goes on after the response. */
const begin = (as: Person, file: string, query = '', headers: Record<string, string> = {}): Promise<WireAnswer> =>
  importFile(app, as, file, query, { prefer: 'respond-async', ...headers });

const read = (as: Person, path: string): Promise<WireAnswer> => send(app, path, { as });

/** Asks until a job is as expected. */
async function wait(
  as: Person,
  path: string,
  isAs: (job: WireAnswer['json']) => boolean = ({ state }) => state === 'done' || state === 'failed',
): Promise<WireAnswer['json']> {
  for (;;) {
    const { json } = await read(as, path);
    if (isAs(json)) return json;
    await sleep(20);
  }
}

const pathOf = ({ headers }: WireAnswer): string => headers.get('location')!;
const eventsOf = async (as: Person): Promise<{ uid: string }[]> => (await read(as, '/api/events')).json.items;

describe('POST /api/calendar/import with Prefer: respond-async', () => {
  it('answers at once, and says where to ask; the job has the report of the import', async () => {
    const ana = await app.signUp('ana');
    const begun = await begin(ana, fileOf('a@example.org', 'b@example.org'), '', {
      prefer: 'handling=lenient, respond-async; wait=10',
    });
    expect([begun.status, begun.headers.get('preference-applied'), begun.headers.get('retry-after')]).toEqual([
      202,
      'respond-async',
      '1',
    ]);
    expect(begun.json).toMatchObject({ state: 'waiting', dry_run: false, done: 0, total: null, report: null });
    expect(pathOf(begun)).toBe(`/api/calendar/imports/${begun.json.id}`);
    const job = await wait(ana, pathOf(begun));
    expect(job).toMatchObject({ state: 'done', done: 2, total: 2, problem: null });
    expect(job.report).toMatchObject({ created: 2, dry_run: false });
    expect((await read(ana, pathOf(begun))).headers.get('retry-after')).toBeNull();
    expect(await eventsOf(ana)).toHaveLength(2);
    const synchronous = await importFile(app, ana, fileOf('a@example.org', 'b@example.org'));
    expect([synchronous.status, synchronous.json.unchanged]).toEqual([200, 2]);
  });

  it('previews', async () => {
    const ana = await app.signUp('ana');
    const job = await wait(ana, pathOf(await begin(ana, fileOf('a@example.org'), '?dry_run=true')));
    expect([job.state, job.dry_run, job.report.created, job.report.dry_run]).toEqual(['done', true, 1, true]);
    expect(await eventsOf(ana)).toEqual([]);
  });

  it('fails with the problem that the response would have been, and stores nothing', async () => {
    const ana = await app.signUp('ana');
    const unreadable = await wait(ana, pathOf(await begin(ana, 'BEGIN:NOTHING')));
    expect([unreadable.state, unreadable.report, unreadable.problem]).toMatchObject([
      'failed',
      null,
      { code: 'unreadable_calendar', status: 422, skipped: [{ line: 1 }] },
    ]);
    const conflicting = await wait(
      ana,
      pathOf(await begin(ana, fileOf('x@example.org', 'y@example.org'), '?on_conflict=reject')),
    );
    expect([conflicting.state, conflicting.problem.code]).toEqual(['failed', 'event_conflict']);
    expect(await eventsOf(ana)).toEqual([]);
  });

  it('says how far it is, while nothing of it can be seen', async () => {
    const ana = await app.signUp('ana');
    const holder = await LockHolder.begin(app.database);
    try {
      await holder.lockAvailability(ana.id);
      const path = pathOf(await begin(ana, fileOf('a@example.org', 'b@example.org')));
      const running = await wait(ana, path, ({ total }) => total !== null);
      expect(running).toMatchObject({ state: 'running', done: 0, total: 2, report: null, finished_at: null });
      expect(await eventsOf(ana)).toEqual([]);
      await holder.release();
      expect((await wait(ana, path)).state).toBe('done');
    } finally {
      await holder.release();
    }
  });

  it('begins an import once, however often it is sent with one key', async () => {
    const ana = await app.signUp('ana');
    const file = fileOf('once@example.org');
    const first = await begin(ana, file, '', { 'idempotency-key': 'once' });
    const again = await begin(ana, file, '', { 'idempotency-key': 'once' });
    expect([again.status, pathOf(again), again.headers.get('idempotent-replayed')]).toEqual([
      202,
      pathOf(first),
      'true',
    ]);
    expect((await wait(ana, pathOf(first))).report.created).toBe(1);
    expect(await app.database.query('SELECT id FROM import_jobs WHERE user_id = $1', [ana.id])).toHaveLength(1);
  });

  it('lets a person have a few, one after another', async () => {
    const ana = await app.signUp('ana');
    const holder = await LockHolder.begin(app.database);
    try {
      await holder.lockAvailability(ana.id);
      const begun: WireAnswer[] = [];
      for (let n = 0; n < MAX_JOBS_PER_PERSON; n += 1) begun.push(await begin(ana, fileOf(`n${n}@example.org`)));
      const more = await begin(ana, fileOf('more@example.org'));
      expect([more.status, more.json.code]).toEqual([503, 'unavailable']);
      await wait(ana, pathOf(begun[0]!), ({ state }) => state === 'running');
      expect((await read(ana, pathOf(begun[1]!))).json.state).toBe('waiting');
      await holder.release();
      for (const one of begun) expect((await wait(ana, pathOf(one))).state).toBe('done');
      expect(await eventsOf(ana)).toHaveLength(MAX_JOBS_PER_PERSON);
    } finally {
      await holder.release();
    }
  });

  it('is nobody else’s', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const path = pathOf(await begin(ana, fileOf('mine@example.org')));
    await wait(ana, path);
    expect((await read(ben, path)).status).toBe(404);
    expect((await read(ana, '/api/calendar/imports/0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11')).status).toBe(404);
    expect((await read(ana, '/api/calendar/imports/nonsense')).status).toBe(422);
  });

  it('of a server that says nothing any more has failed, and can then store nothing', async () => {
    const ana = await app.signUp('ana');
    const holder = await LockHolder.begin(app.database);
    try {
      await holder.lockAvailability(ana.id);
      const path = pathOf(await begin(ana, fileOf('late@example.org')));
      const { id } = await wait(ana, path, ({ total }) => total !== null);
      // As if it had stopped, until somebody asks: from then on, nothing that it says counts.
      const silence = `seen_at = clock_timestamp() - ${SILENT_SECONDS} * interval '1 second'`;
      let job: WireAnswer['json'];
      do {
        await app.database.query(`UPDATE import_jobs SET ${silence} WHERE id = $1`, [id]);
        job = (await read(ana, path)).json;
      } while (job.state === 'running');
      expect([job.state, job.problem.code, job.problem.instance]).toEqual(['failed', 'import_interrupted', path]);
      await holder.release();
      await app.app.get(ImportJobs).idle();
      expect(await eventsOf(ana)).toEqual([]);
      expect((await read(ana, path)).json).toEqual(job);
    } finally {
      await holder.release();
    }
  });

  it('is forgotten with the account, and after a day', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    for (const as of [ana, ben]) await wait(as, pathOf(await begin(as, fileOf('gone@example.org'))));
    await send(app, '/api/auth/me', { as: ana, method: 'DELETE', body: { password: PASSWORD } });
    const jobsOf = ({ id }: Person): Promise<unknown[]> =>
      app.database.query('SELECT id FROM import_jobs WHERE user_id = $1', [id]);
    expect([(await jobsOf(ana)).length, (await jobsOf(ben)).length]).toEqual([0, 1]);
    await app.database.query(`UPDATE import_jobs SET created_at = created_at - ${JOB_HOURS + 1} * interval '1 hour'`);
    await app.app.get(ImportJobs).prune();
    expect(await jobsOf(ben)).toEqual([]);
  });
});

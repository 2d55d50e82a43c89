import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, createEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { LockHolder } from '../support/held-locks.js';
import { EVERY_MINUTE } from '../support/hostile-scene.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

const SECONDS = 2;
const TOO_SLOW = {
  ...{ status: 503, code: 'unavailable' },
  detail: `This took longer than ${SECONDS} seconds, and nothing of it was stored. Send it in smaller parts, or try again later.`,
};

let app: TestApp;
let ana: Person;
/** Another server of the same database, on which whatever is to succeed may take longer. */
let patient: TestApp;
let patientAna: Person['client'];
beforeAll(async () => {
  app = await startApp({ databaseTransactionSeconds: SECONDS });
  ana = await app.signUp('ana');
  patient = await startApp({}, app.database);
  patientAna = patient.client(ana.accessToken);
});
afterAll(async () => {
  await patient.close();
  await app.close();
});

const countEvents = async (): Promise<number> => {
  const [row] = await app.database.query<{ n: number }>('SELECT count(*)::int AS n FROM events');
  return row!.n;
};
const openTransactions = async (): Promise<number> => {
  const [row] = await app.database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
  );
  return row!.n;
};

describe('a request that takes too long in one transaction', () => {
  it('is given up while it waits for a lock, however long a wait for one lock may be', async () => {
    const event = await ok(createEvent({ client: ana.client, body: { title: 'Held', ...slot(1) } }));
    const holder = await LockHolder.begin(app.database);
    try {
      await holder.query('SELECT FROM events WHERE id = $1 FOR UPDATE', [event.id]);
      const edit = updateEvent({ client: ana.client, path: { id: event.id }, body: { title: 'Late' } });
      expect(await refused(edit)).toMatchObject(TOO_SLOW);
    } finally {
      await holder.release();
    }
    const edited = await ok(updateEvent({ client: patientAna, path: { id: event.id }, body: { title: 'Now' } }));
    expect(edited).toMatchObject({ title: 'Now', version: 2 });
  });

  it('is given up between its statements, stores nothing, and can be sent again with the same key', async () => {
    const dense = { title: 'Dense', ...slot(0), on_conflict: 'allow' as const, recurrence_pattern: EVERY_MINUTE };
    await ok(
      createEvent({ client: patientAna, body: { ...dense, end_time: slot(0).start_time.replace(':00:', ':01:') } }),
    );
    const before = await countEvents();
    const events = Array.from({ length: 250 }, (_, n) => ({
      ...{ title: `Series ${n}`, on_conflict: 'allow' as const, recurrence_pattern: 'FREQ=DAILY;COUNT=10000' },
      ...slot(n),
    }));
    const headers = { 'idempotency-key': 'too-much' };
    const batch = (client: Person['client'], list: typeof events): ReturnType<typeof createEvents> =>
      createEvents({ client, headers, body: { events: list } });
    expect(await refused(batch(ana.client, events))).toMatchObject(TOO_SLOW);
    expect(await countEvents()).toBe(before);
    expect(await openTransactions()).toBe(0);
    // The key belongs to nothing: another body may have it.
    await ok(batch(patientAna, events.slice(0, 1)));
    expect(await countEvents()).toBe(before + 1);
  });

  it('is given up in a dry run as well', async () => {
    const before = await countEvents();
    const events = Array.from({ length: 250 }, (_, n) => ({
      ...{ title: `Series ${n}`, on_conflict: 'allow' as const, recurrence_pattern: 'FREQ=DAILY;COUNT=10000' },
      ...slot(n),
    }));
    const response = await app.fetch('/api/events/batch?dry_run=true', {
      method: 'POST',
      headers: { authorization: `Bearer ${ana.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
    expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject(TOO_SLOW);
    expect(await countEvents()).toBe(before);
    expect(await openTransactions()).toBe(0);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createEvent } from '../../sdk/generated/sdk.gen.js';
import { createDatabase } from '../support/database.js';
import { MEETING } from '../support/meetings.js';
import { startApp } from '../support/test-app.js';

describe('shutting down', () => {
  it('answers what is in flight, and waits for no connection that is merely kept alive', async () => {
    const database = await createDatabase();
    const app = await startApp({}, database);
    const ana = await app.signUp('ana');
    const holder = await database.pool.connect();
    await holder.query(`SELECT pg_advisory_lock(hashtextextended($1, 0))`, [ana.id]);

    const creating = createEvent({ client: ana.client, body: MEETING });
    const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
    while ((await database.query(waiting)).length === 0) await sleep(5);
    const began = performance.now();
    const closing = app.close();
    await sleep(50);
    await holder.query(`SELECT pg_advisory_unlock_all()`);
    holder.release();

    expect((await creating).response.status).toBe(201);
    await closing;
    // Waiting for connections that are merely open would take a minute or more.
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(await database.query(`SELECT title FROM events`)).toEqual([{ title: MEETING.title }]);
    await database.drop();
  });
});

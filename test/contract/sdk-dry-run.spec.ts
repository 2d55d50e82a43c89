import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, deleteEvent, dryRun, updateEvent } from '../../sdk/operations.js';
import { createMeeting, MEETING } from '../support/meetings.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

describe('dryRun() of the client', () => {
  let app: TestApp;
  let ana: Person;

  beforeAll(async () => {
    app = await startApp();
    ana = await app.signUp('ana');
  });
  afterAll(() => app.close());

  it('answers with what the write would do, typed by the write', async () => {
    const { client } = ana;
    const event = await createMeeting(ana);
    const path = { id: event.id };
    const update = await ok(dryRun(updateEvent, { client, path, body: { title: 'Renamed' } }));
    const renamed: { title: string; version: number } = update.would;
    expect([renamed.title, renamed.version, update.changes[0]!.changed]).toEqual(['Renamed', 2, ['title']]);
    const deletion = await ok(dryRun(deleteEvent, { client, path }));
    const nothing: null = deletion.would;
    expect([nothing, deletion.changes[0]!.kind]).toEqual([null, 'deleted']);
    expect(await app.database.query(`SELECT title, version, deleted_at FROM events`)).toEqual([
      { title: event.title, version: 1, deleted_at: null },
    ]);
  });

  it('refuses as the write does', async () => {
    const call = dryRun(createEvent, { client: ana.client, body: MEETING });
    expect(await refused(call)).toMatchObject({ status: 409, code: 'event_conflict' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  deleteEvent,
  getEvent,
  listVersions,
  patchEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, share, versionsOf } from '../support/meetings.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
});
afterAll(() => app.close());

const shared = async (): Promise<EventView> => {
  const event = await createMeeting(ana, { show_as: 'free', description: 'Weekly sync' });
  await share(ana, event.id, ben, 'editor');
  return event;
};
const put = (
  person: Person,
  id: string,
  body: object,
  version?: number,
  prefer?: string,
): ReturnType<typeof updateEvent> => {
  const headers = { ...(version ? { 'If-Match': `"${version}"` } : {}), ...(prefer ? { Prefer: prefer } : {}) };
  return updateEvent({ client: person.client, path: { id }, body, headers });
};

describe('a write that was made for an older version', () => {
  it('is applied to fields that nobody else changed since, and returns the merged versions', async () => {
    const { id } = await shared();
    await ok(put(ana, id, { title: 'Lunch' }));
    await ok(put(ana, id, { location: 'Room 4' }));
    const { data, response } = await put(ben, id, { description: 'Bring plates' }, 1);
    expect(data).toMatchObject({ title: 'Lunch', location: 'Room 4', description: 'Bring plates', version: 4 });
    expect(response.headers.get('convene-merged')).toBe('1..3');
    expect(response.headers.get('etag')).toMatch(/^"4\./);
    const [latest] = (await ok(listVersions({ client: ana.client, path: { id } }))).items;
    expect(latest).toMatchObject({ version: 4, author: { id: ben.id }, changed: ['description'] });
  });

  it('may send every field back as it was read: only what it changed counts', async () => {
    const event = await shared();
    await ok(put(ana, event.id, { title: 'Lunch', ...hourOn(2) }));
    const { title, start_time, end_time, time_zone, all_day, location } = event;
    const whole = { title, start_time, end_time, time_zone, all_day, location, description: 'Mine' };
    const merged = await ok(put(ben, event.id, whole, 1));
    expect(merged).toMatchObject({ title: 'Lunch', start_time: hourOn(2).start_time, description: 'Mine' });
  });

  it('is refused where both changed the same differently, with what each wanted, and stores nothing', async () => {
    const { id } = await shared();
    await ok(put(ana, id, { title: 'Lunch', location: 'Canteen' }));
    const problem = await refused(put(ben, id, { title: 'Breakfast', description: 'Mine' }, 1));
    expect(problem).toMatchObject({
      status: 412,
      code: 'stale_version',
      current_version: 2,
      clashes: [{ field: 'title', base: 'Team Meeting', theirs: 'Lunch', yours: 'Breakfast' }],
    });
    expect(await versionsOf(app.database, id)).toEqual(['1 created', '2 updated']);
    expect(await ok(getEvent({ client: ana.client, path: { id } }))).toMatchObject({ description: 'Weekly sync' });
  });

  it('says so when the event never had that version, and changes nothing', async () => {
    const { id } = await shared();
    for (const version of ['"9"', '"0"', '"9.123"']) {
      const headers = { 'If-Match': version };
      const problem = await refused(
        updateEvent({ client: ben.client, path: { id }, body: { title: 'Mine' }, headers }),
      );
      expect(problem).toMatchObject({ status: 412, code: 'stale_version', current_version: 1 });
      expect(problem.detail).toContain('never had the version that you sent');
      const removal = await refused(deleteEvent({ client: ana.client, path: { id }, headers }));
      expect(removal.detail).toBe(problem.detail);
    }
    const based = await refused(put(ben, id, { title: 'Mine', version: 4 }));
    expect(based.detail).toContain('never had the version that you sent');
    expect(await versionsOf(app.database, id)).toEqual(['1 created']);
  });

  it('merges descriptions line by line, with what both appended, and is refused over the same line', async () => {
    const { id } = await shared();
    await ok(put(ana, id, { description: 'Weekly sync\nBudget' }));
    const merged = await ok(put(ben, id, { description: 'Weekly sync\nHiring' }, 1));
    expect(merged.description).toBe('Weekly sync\nBudget\nHiring');
    await ok(put(ana, id, { description: 'Weekly sync\nCosts\nHiring' }));
    const problem = await refused(put(ben, id, { description: 'Weekly sync\nMoney\nHiring' }, 3));
    expect(problem).toMatchObject({ status: 412, clashes: [{ field: 'description' }] });
  });

  it('is refused when the merged description would be too long', async () => {
    const { id } = await shared();
    const long = 'x'.repeat(12_000);
    await ok(put(ana, id, { description: `Weekly sync\n${long}` }));
    const problem = await refused(put(ben, id, { description: `Weekly sync\n${long}y` }, 1));
    expect(problem).toMatchObject({ status: 412, clashes: [{ field: 'description' }] });
  });

  it('is not a clash when both sides chose the same value', async () => {
    const { id } = await shared();
    await ok(put(ana, id, { title: 'Lunch' }));
    expect(await ok(put(ben, id, { title: 'Lunch' }, 1))).toMatchObject({ title: 'Lunch', version: 2 });
  });

  it('takes times, zone, all-day and recurrence for one', async () => {
    const { id } = await shared();
    await ok(put(ana, id, hourOn(1)));
    const problem = await refused(put(ben, id, { recurrence_pattern: 'FREQ=DAILY;COUNT=3' }, 1));
    expect(problem).toMatchObject({ status: 412 });
    expect((problem.clashes as { field: string }[]).map(({ field }) => field)).toEqual([
      'start_time',
      'end_time',
      'is_recurring',
      'recurrence_pattern',
    ]);
  });

  it('puts changes of different occurrences of a series together', async () => {
    const body = { title: 'Daily', ...hourOn(0), recurrence_pattern: 'FREQ=DAILY;COUNT=9', show_as: 'free' as const };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    await share(ana, id, ben, 'editor');
    const change = (person: Person, day: number, title: string): ReturnType<typeof patchEvent> =>
      patchEvent({
        client: person.client,
        path: { id },
        query: { occurrence: hourOn(day).start_time, scope: 'this' },
        headers: { 'If-Match': '"1"' },
        body: { title },
      });
    await ok(change(ana, 2, 'From Ana'));
    const merged = await ok(change(ben, 3, 'From Ben'));
    expect(merged.overrides.map(({ title }) => title)).toEqual(['From Ana', 'From Ben']);
    const occurrence = hourOn(2).start_time;
    expect(await refused(change(ben, 2, 'From Ben as well'))).toMatchObject({
      status: 412,
      code: 'stale_version',
      clashes: [{ field: 'title', occurrence, base: 'Daily', theirs: 'From Ana', yours: 'From Ben as well' }],
    });
  });

  it('adds and cancels different dates of a series together', async () => {
    const body = { title: 'Daily', ...hourOn(0), recurrence_pattern: 'FREQ=DAILY;COUNT=3', show_as: 'free' as const };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    await share(ana, id, ben, 'editor');
    await ok(put(ana, id, { added: [hourOn(10).start_time] }, 1));
    await ok(put(ben, id, { added: [hourOn(8).start_time] }, 1));
    const merged = await ok(put(ana, id, { excluded: [hourOn(1).start_time] }, 1));
    expect(merged).toMatchObject({
      version: 4,
      added: [hourOn(8).start_time, hourOn(10).start_time],
      excluded: [hourOn(1).start_time],
    });
  });

  it('is checked for conflicts as it comes out', async () => {
    const day = 60;
    await createMeeting(ana, { title: 'In the way', ...hourOn(day + 1) });
    const event = await createMeeting(ana, hourOn(day));
    await ok(put(ana, event.id, { title: 'Lunch' }));
    expect(await refused(put(ana, event.id, hourOn(day + 1), 1))).toMatchObject({
      status: 409,
      code: 'event_conflict',
    });
  });

  it('is refused as a whole when the caller wants no merging', async () => {
    const { id } = await shared();
    await ok(put(ana, id, { title: 'Lunch' }));
    const problem = await refused(put(ben, id, { description: 'Mine' }, 1, 'handling=strict'));
    expect(problem).toMatchObject({ status: 412, current_version: 2 });
    expect(problem).not.toHaveProperty('clashes');
  });

  it('cannot be made for a version that is yet to come', async () => {
    const { id } = await shared();
    expect(await refused(put(ben, id, { title: 'x' }, 7))).toMatchObject({ status: 412, current_version: 1 });
  });
});

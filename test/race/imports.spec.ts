import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { getEvent, revokePermission, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { ImportedEventsRepository } from '../../src/calendar/imported-events.repository.js';
import { calendarOf, importFile, vevent } from '../support/calendar-files.js';
import { createMeeting, share, versionsOf } from '../support/meetings.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

// An import compares its events with those that are stored, and writes each of them later: minutes later, in a long file.

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterEach(() => vi.restoreAllMocks());
afterAll(() => app.close());

/** Has something happen once an import has found which of its events are stored. */
function afterComparing(happen: () => Promise<unknown>): void {
  const repository = app.app.get(ImportedEventsRepository, { strict: false });
  const find = repository.findByUid.bind(repository);
  vi.spyOn(repository, 'findByUid').mockImplementationOnce(async (...question) => {
    const found = await find(...question);
    await happen();
    return found;
  });
}

const HOUR = ['DTSTART:20270301T100000Z', 'DTEND:20270301T110000Z'];
const fileOf = (uid: string, sequence: number, title: string, ...more: string[]): string =>
  calendarOf(
    ...vevent(uid, ...HOUR, `SEQUENCE:${sequence}`, 'LAST-MODIFIED:20260101T100000Z', `SUMMARY:${title}`),
    ...more,
  );

/** An imported event. Returns its id. */
async function imported(ana: Person, uid: string): Promise<string> {
  const { json } = await importFile(app, ana, fileOf(uid, 0, 'Imported'));
  return (json.items as { id: string }[])[0]!.id;
}

describe('an event that is changed here while a file is imported', () => {
  it('stays as it is when the file is older than the change', async () => {
    const ana = await app.signUp('ana');
    const id = await imported(ana, 'older@example.org');
    const edit = { client: ana.client, path: { id }, body: { title: 'Edited meanwhile' } };
    afterComparing(() => ok(updateEvent(edit)));
    // The change is one more than what was imported, as this file is, and later.
    const { status, json } = await importFile(app, ana, fileOf('older@example.org', 1, 'Of the file'));
    expect([status, json.updated, json.unchanged]).toEqual([200, 0, 1]);
    expect((await ok(getEvent({ client: ana.client, path: { id } }))).title).toBe('Edited meanwhile');
    expect(await versionsOf(app.database, id)).toEqual(['1 created', '2 updated']);
  });

  it('is replaced when the file is newer than the change as well', async () => {
    const ana = await app.signUp('ana');
    const id = await imported(ana, 'newer@example.org');
    const edit = { client: ana.client, path: { id }, body: { title: 'Edited meanwhile' } };
    afterComparing(() => ok(updateEvent(edit)));
    const { json } = await importFile(app, ana, fileOf('newer@example.org', 2, 'Of the file'));
    expect(json.updated).toBe(1);
    expect(await versionsOf(app.database, id)).toEqual(['1 created', '2 updated', '3 updated']);
  });
});

it('an event that is no longer shared with the importer is left out, and the others are imported', async () => {
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const { id } = await createMeeting(ben);
  await share(ben, id, ana, 'editor');
  afterComparing(() => revokePermission({ client: ben.client, path: { id, userId: ana.id }, throwOnError: true }));
  const file = fileOf(`${id}@convene`, 1, 'Of the file', ...vevent('other@example.org', ...HOUR, 'SUMMARY:Other'));
  const { status, json } = await importFile(app, ana, file);
  expect([status, json.created, json.updated]).toEqual([200, 1, 0]);
  expect(json.skipped).toMatchObject([
    { uid: `${id}@convene`, reason: 'You may no longer change the event with this UID.' },
  ]);
  expect(await versionsOf(app.database, id)).toEqual(['1 created']);
});

describe('an export while the file of its event is imported again', () => {
  const numbered = (number: number): string =>
    calendarOf(
      ...vevent('kept@example.org', ...HOUR, `SEQUENCE:${number}`, `SUMMARY:Title ${number}`, `X-KEPT:${number}`),
    );

  it.each(['/api/events/:id.ics', '/api/calendar.ics'])(
    'has the lines of the version that it has: %s',
    async (path) => {
      const ana = await app.signUp('ana');
      const { json } = await importFile(app, ana, numbered(1));
      const [{ id }] = json.items as [{ id: string }];
      const repository = app.app.get(ImportedEventsRepository, { strict: false });
      const list = repository.list.bind(repository);
      vi.spyOn(repository, 'list').mockImplementationOnce(async (ids, queries) => {
        // The event has been read when this is answered.
        await queries?.query('SELECT 1');
        expect((await importFile(app, ana, numbered(2))).json.updated).toBe(1);
        return list(ids, queries);
      });
      const headers = { authorization: `Bearer ${ana.accessToken}` };
      const read = async (): Promise<string[]> => {
        const text = await (await app.fetch(path.replace(':id', id), { headers })).text();
        return [...text.matchAll(/^(?:SUMMARY:Title|X-KEPT:)\s?(\d)/gm)].map(([, number]) => number!);
      };
      expect(await read()).toEqual(['1', '1']);
      expect(await read()).toEqual(['2', '2']);
    },
  );
});

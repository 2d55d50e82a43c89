import { DAVClient } from 'tsdav';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  deleteEvent,
  revokeAppPassword,
  revokePermission,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { caldavStorage, CalendarComputer } from '../support/calendar-computer.js';
import { hasCalendarPrograms, unlessMissing } from '../support/calendar-programs.js';
import { calendarOf, importFile, vevent } from '../support/calendar-files.js';
import { type DavAccount, signUpWithPhone } from '../support/dav.js';
import { done } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const create = async ({ person }: DavAccount, body: object): Promise<string> =>
  (await ok(createEvent({ client: person.client, body: { on_conflict: 'allow', ...body } as never }))).id;
const rename = ({ person }: DavAccount, id: string, title: string): Promise<unknown> =>
  ok(updateEvent({ client: person.client, path: { id }, body: { title } }));
const remove = ({ person }: DavAccount, id: string): Promise<unknown> =>
  done(deleteEvent({ client: person.client, path: { id } }));

const ONE = { title: 'One', start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };

describe('tsdav', () => {
  const signIn = async ({ person, secret }: DavAccount): Promise<DAVClient> => {
    const client = new DAVClient({
      serverUrl: app.url,
      credentials: { username: person.username, password: secret },
      authMethod: 'Basic',
      defaultAccountType: 'caldav',
    });
    await client.login();
    return client;
  };

  it('finds the calendar from the host alone, and reads it', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'Europe/Paris');
    const id = await create(ana, ONE);
    const client = await signIn(ana);
    const calendars = await client.fetchCalendars();
    expect(calendars.map(({ url, displayName, components }) => [url, displayName, components])).toEqual([
      [app.url + ana.calendar, 'Convene', ['VEVENT']],
    ]);
    expect(calendars[0]!.reports).toEqual(
      expect.arrayContaining(['calendarQuery', 'calendarMultiget', 'syncCollection']),
    );
    expect(calendars[0]!.timezone).toContain('Europe/Paris');
    const objects = await client.fetchCalendarObjects({ calendar: calendars[0]! });
    expect(objects.map(({ url }) => url)).toEqual([`${app.url}${ana.calendar}${id}.ics`]);
    expect(objects[0]!.data).toContain('SUMMARY:One');
    const inRange = (start: string, end: string): Promise<unknown[]> =>
      client.fetchCalendarObjects({ calendar: calendars[0]!, timeRange: { start, end } });
    expect(await inRange('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z')).toHaveLength(1);
    expect(await inRange('2026-06-02T00:00:00Z', '2026-06-03T00:00:00Z')).toHaveLength(0);
  });

  it('keeps its copy by sync-collection, and loses what is no longer shared', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    const [changed, deleted] = [await create(ana, ONE), await create(ana, { ...ONE, title: 'Two' })];
    const shared = await create(ben, { ...ONE, title: 'Shared' });
    const users = [{ user_id: ana.person.id, role: 'viewer' as const }];
    await ok(shareEvent({ client: ben.person.client, path: { id: shared }, body: { users } }));
    const client = await signIn(ana);
    const [calendar] = await client.fetchCalendars();
    const first = { ...calendar!, objects: await client.fetchCalendarObjects({ calendar: calendar! }) };
    expect(first.objects).toHaveLength(3);
    await rename(ana, changed, 'Changed');
    await remove(ana, deleted);
    await done(revokePermission({ client: ben.person.client, path: { id: shared, userId: ana.person.id } }));
    const created = await create(ana, { ...ONE, title: 'Three' });
    const isDirty = await client.isCollectionDirty({ collection: first });
    expect(isDirty.isDirty).toBe(true);
    const collection = {
      ...first,
      objectMultiGet: (request: Parameters<DAVClient['calendarMultiGet']>[0]) => client.calendarMultiGet(request),
    };
    const changes = await client.smartCollectionSync({ collection, method: 'webdav', detailedResult: true } as never);
    const { objects } = changes as unknown as {
      objects: Record<'created' | 'updated' | 'deleted', { url: string; data?: string }[]>;
    };
    const urlOf = (id: string): string => `${app.url}${ana.calendar}${id}.ics`;
    expect(objects.created.map(({ url }) => url)).toEqual([urlOf(created)]);
    expect(objects.updated.map(({ url, data }) => [url, /SUMMARY:(.*)\r/.exec(String(data))?.[1]])).toEqual([
      [urlOf(changed), 'Changed'],
    ]);
    expect(objects.deleted.map(({ url }) => url).sort()).toEqual([urlOf(deleted), urlOf(shared)].sort());
  });

  it('learns that it may not write', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const client = await signIn(ana);
    const [calendar] = await client.fetchCalendars();
    const iCalString = calendarOf(...vevent('new@example.org', 'DTSTART:20310101T100000Z', 'DURATION:PT1H'));
    const response = await client.createCalendarObject({ calendar: calendar!, filename: 'new.ics', iCalString });
    expect([response.status, response.ok]).toEqual([403, false]);
    const id = await create(ana, ONE);
    const [object] = await client.fetchCalendarObjects({ calendar: calendar! });
    expect(object!.url).toContain(id);
    expect((await client.updateCalendarObject({ calendarObject: object! })).status).toBe(403);
    expect((await client.deleteCalendarObject({ calendarObject: object! })).status).toBe(403);
  });
});

describe.skipIf(!hasCalendarPrograms)(`vdirsyncer and khal${unlessMissing}`, () => {
  const computers: CalendarComputer[] = [];
  afterEach(async () => {
    for (const computer of computers.splice(0)) await computer.dispose();
  });
  const setUp = async (account: DavAccount, timeZone: string): Promise<CalendarComputer> => {
    const computer = await CalendarComputer.create(caldavStorage(app.url, account), timeZone);
    computers.push(computer);
    expect(await computer.discover()).toMatchObject({ code: 0 });
    return computer;
  };
  const synced = async (computer: CalendarComputer): Promise<void> =>
    expect(await computer.sync()).toMatchObject({ code: 0 });

  it('show the right local times on both sides of summer time, in two zones', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'Europe/Paris');
    const weekly = { is_recurring: true, recurrence_pattern: 'FREQ=WEEKLY', time_zone: 'Europe/Paris' };
    const id = await create(ana, {
      ...{ title: 'Standup', start_time: '2026-10-12T09:00:00', end_time: '2026-10-12T09:30:00' },
      ...weekly,
    });
    const edit = (occurrence: string, body: object): Promise<unknown> =>
      ok(updateEvent({ client: ana.person.client, path: { id }, query: { occurrence, scope: 'this' }, body }));
    await edit('2026-11-09T09:00:00', {
      title: 'Late standup',
      start_time: '2026-11-09T15:00:00',
      end_time: '2026-11-09T15:30:00',
    });
    await edit('2026-11-16T09:00:00', { status: 'cancelled' });
    await done(
      deleteEvent({
        client: ana.person.client,
        path: { id },
        query: { occurrence: '2026-11-02T09:00:00', scope: 'this' },
      }),
    );
    await create(ana, { title: 'Fair', all_day: true, start_time: '2026-10-25', end_time: '2026-10-27' });
    await importFile(
      app,
      ana.person,
      calendarOf(
        ...vevent(
          'calls@example.org',
          'DTSTART;TZID=America/New_York:20261026T090000',
          'DURATION:PT1H',
          'RRULE:FREQ=WEEKLY;COUNT=2',
          'RDATE;TZID=America/New_York:20261028T120000',
          'SUMMARY:Call',
        ),
      ),
    );
    const paris = await setUp(ana, 'Europe/Paris');
    await synced(paris);
    expect(await paris.list('2026-10-19', 30)).toEqual([
      '2026-10-19 09:00|2026-10-19 09:30|Standup',
      '2026-10-25|2026-10-26|Fair',
      '2026-10-25|2026-10-26|Fair',
      '2026-10-26 09:00|2026-10-26 09:30|Standup',
      // New York is an hour closer for a week.
      '2026-10-26 14:00|2026-10-26 15:00|Call',
      '2026-10-28 17:00|2026-10-28 18:00|Call',
      '2026-11-02 15:00|2026-11-02 16:00|Call',
      '2026-11-09 15:00|2026-11-09 15:30|Late standup',
      '2026-11-16 09:00|2026-11-16 09:30|CANCELLED Standup',
    ]);
    const tokyo = await setUp(ana, 'Asia/Tokyo');
    await synced(tokyo);
    expect(await tokyo.list('2026-10-19', 9)).toEqual([
      '2026-10-19 16:00|2026-10-19 16:30|Standup',
      '2026-10-25|2026-10-26|Fair',
      '2026-10-25|2026-10-26|Fair',
      '2026-10-26 17:00|2026-10-26 17:30|Standup',
      '2026-10-26 22:00|2026-10-26 23:00|Call',
    ]);
  });

  it('follow every change, also when a share is revoked', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    const [changed, deleted] = [await create(ana, ONE), await create(ana, { ...ONE, title: 'Two' })];
    const shared = await create(ben, { ...ONE, title: 'Shared' });
    const users = [{ user_id: ana.person.id, role: 'viewer' as const }];
    await ok(shareEvent({ client: ben.person.client, path: { id: shared }, body: { users } }));
    const computer = await setUp(ana, 'UTC');
    await synced(computer);
    const titles = async (): Promise<string[]> =>
      (await computer.list('2026-06-01', 1)).map((line) => line.split('|')[2]!).sort();
    expect(await titles()).toEqual(['One', 'Shared', 'Two']);
    await rename(ana, changed, 'Changed');
    await remove(ana, deleted);
    await done(revokePermission({ client: ben.person.client, path: { id: shared, userId: ana.person.id } }));
    await synced(computer);
    expect(await titles()).toEqual(['Changed']);
    const files = await computer.files();
    await synced(computer);
    expect(await computer.files()).toEqual(files);
  });

  it('keep the copy when the password is revoked', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    await create(ana, ONE);
    const computer = await setUp(ana, 'UTC');
    await synced(computer);
    const files = await computer.files();
    expect(files).toHaveLength(1);
    await done(revokeAppPassword({ client: ana.person.client, path: { id: ana.passwordId } }));
    expect(await computer.sync()).toMatchObject({ code: 1 });
    expect(await computer.files()).toEqual(files);
  });

  it('keep the copy of several events with one UID', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    const file = calendarOf(...vevent('fair@example.org', 'DTSTART:20310101T100000Z', 'DURATION:PT1H', 'SUMMARY:Fair'));
    for (const account of [ana, ben]) await importFile(app, account.person, file);
    const [id] = await app.database.query<{ id: string }>(
      `SELECT event_id AS id FROM event_permissions WHERE user_id = $1`,
      [ben.person.id],
    );
    const users = [{ user_id: ana.person.id, role: 'viewer' as const }];
    await ok(shareEvent({ client: ben.person.client, path: id!, body: { users } }));
    const computer = await setUp(ana, 'UTC');
    await synced(computer);
    expect(await computer.files()).toHaveLength(2);
  });
});

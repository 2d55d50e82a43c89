import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, deleteEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import {
  type DavAccount,
  type DavAnswer,
  type DavResponse,
  responsesOf,
  sendDav,
  signUpWithPhone,
  syncTokenOf,
} from '../support/dav.js';
import { CALENDAR_CLIENTS } from '../support/dav-requests.js';
import { done } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const create = async ({ person }: DavAccount, title: string, month: number): Promise<string> => {
  const times = { start_time: `2026-0${month}-01T10:00:00Z`, end_time: `2026-0${month}-01T11:00:00Z` };
  return (await ok(createEvent({ client: person.client, body: { title, ...times } }))).id;
};

describe.each(CALENDAR_CLIENTS.map((client) => [client.name, client] as const))('%s', (_name, client) => {
  let ana: DavAccount;
  beforeAll(async () => void (ana = await signUpWithPhone(app, 'ana', 'Europe/Paris')));
  const send = (
    method: string,
    path: string,
    depth: string,
    body: string,
    as: DavAccount | null = ana,
  ): Promise<DavAnswer> => sendDav(app, as, { method, path, body, headers: { ...client.headers, depth } });
  const one = async (method: string, path: string, body: string): Promise<DavResponse> =>
    responsesOf(await send(method, path, '0', body))[0]!;

  it('sets up the account, reads the calendar, and follows it', async () => {
    // Nobody is signed in at first: the redirect and the challenge lead on.
    const known = await send('PROPFIND', '/.well-known/caldav', '0', client.discovery, null);
    expect(known.status).toBe(301);
    const root = known.headers.get('location')!;
    const challenge = await send('PROPFIND', root, '0', client.discovery, null);
    expect([challenge.status, challenge.headers.get('www-authenticate')?.slice(0, 5)]).toEqual([401, 'Basic']);
    const { found: start } = await one('PROPFIND', root, client.discovery);
    const { found: principal } = await one('PROPFIND', start['current-user-principal']!, client.principal);
    const home = principal['calendar-home-set']!;
    const calendars = responsesOf(await send('PROPFIND', home, '1', client.calendars)).filter(({ elements }) =>
      elements['resourcetype']?.children.some(({ name }) => name === 'calendar'),
    );
    expect(calendars.map(({ href }) => href)).toEqual([ana.calendar]);
    expect(calendars[0]!.found).toMatchObject({ displayname: 'Convene' });
    expect(calendars[0]!.elements['current-user-privilege-set']!.children).toHaveLength(3);
    if (client.proppatch) {
      const patched = await send('PROPPATCH', ana.calendar, '0', client.proppatch);
      expect(responsesOf(patched)[0]!.missing).toEqual(['calendar-order']);
    }

    const [kept, deleted] = [await create(ana, 'Kept', 1), await create(ana, 'Deleted', 2)];
    const pathOf = (id: string): string => `${ana.calendar}${id}.ics`;
    const eventsIn = (answer: DavAnswer): DavResponse[] =>
      responsesOf(answer).filter(({ href }) => href.endsWith('.ics'));
    const listed = eventsIn(await send(client.list.method, ana.calendar, '1', client.list.body));
    expect(listed.map(({ href }) => href)).toEqual([pathOf(kept), pathOf(deleted)]);
    const first = await send('REPORT', ana.calendar, '1', client.sync(''));
    expect(eventsIn(first).map(({ href }) => href)).toEqual([pathOf(kept), pathOf(deleted)]);
    const got = eventsIn(await send('REPORT', ana.calendar, '1', client.multiget([pathOf(kept), pathOf(deleted)])));
    expect(got.map(({ found }) => found['getetag'])).toEqual(listed.map(({ found }) => found['getetag']));
    expect(got[0]!.found['calendar-data']).toContain('SUMMARY:Kept\r\n');

    await ok(updateEvent({ client: ana.person.client, path: { id: kept }, body: { title: 'Changed' } }));
    await done(deleteEvent({ client: ana.person.client, path: { id: deleted } }));
    const created = await create(ana, 'Created', 3);
    const changes = eventsIn(await send('REPORT', ana.calendar, '1', client.sync(syncTokenOf(first))));
    expect(new Map(changes.map(({ href, status }) => [href, status]))).toEqual(
      new Map([
        [pathOf(kept), null],
        [pathOf(created), null],
        [pathOf(deleted), 404],
      ]),
    );
    const again = eventsIn(await send(client.list.method, ana.calendar, '1', client.list.body));
    const etags = (list: DavResponse[]): Map<string, string | undefined> =>
      new Map(list.filter(({ status }) => status === null).map(({ href, found }) => [href, found['getetag']]));
    expect(etags(again)).toEqual(etags(changes));
  });
});

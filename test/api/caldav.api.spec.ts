import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokePermission, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { calendarOf, importFile, vevent } from '../support/calendar-files.js';
import {
  CALENDAR_DATA,
  conditionOf,
  davCalls,
  multiget,
  PROPFIND_ETAGS,
  PROPPATCH,
  queryBody,
  responsesOf,
  sendDav,
  signUpWithPhone,
  syncBody,
  syncTokenOf,
} from '../support/dav.js';
import { done, send } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const { create, share, pathOf, propfind, report, sync, listed } = davCalls(() => app);

describe('the discovery of calendars', () => {
  it('leads from the host to the calendar, as applications ask', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'Europe/Paris');
    const known = await sendDav(app, null, { method: 'PROPFIND', path: '/.well-known/caldav', body: PROPFIND_ETAGS });
    expect([known.status, known.headers.get('location')]).toEqual([301, '/dav/']);
    const principalOf = '<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>';
    const [root] = responsesOf(await propfind(ana, '/dav/', '0', principalOf));
    const principal = root!.found['current-user-principal']!;
    const homeOf =
      '<a:propfind xmlns:a="DAV:" xmlns:b="urn:ietf:params:xml:ns:caldav"><a:prop><b:calendar-home-set/><a:displayname/></a:prop></a:propfind>';
    const [found] = responsesOf(await propfind(ana, principal, '0', homeOf));
    expect(found!.found['displayname']).toBe(ana.person.username);
    const all = '<propfind xmlns="DAV:"><prop><resourcetype/><displayname/></prop></propfind>';
    const inHome = responsesOf(await propfind(ana, found!.found['calendar-home-set']!, '1', all));
    expect(inHome.map(({ href }) => href)).toEqual([`/dav/calendars/${ana.person.id}/`, ana.calendar]);
    expect(inHome[1]!.elements['resourcetype']!.children.map(({ name }) => name)).toEqual(['collection', 'calendar']);
    expect(inHome[1]!.found['displayname']).toBe('Convene');
  });

  it('says on every level what the server can do and that the calendar is read-only', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'Europe/Paris');
    const id = await create(ana);
    for (const path of ['/dav/', '/dav', `/dav/principals/${ana.person.id}/`, ana.calendar, pathOf(ana, id)]) {
      const options = await sendDav(app, ana, { method: 'OPTIONS', path });
      expect([path, options.status, options.headers.get('dav')]).toEqual([path, 200, '1, 3, calendar-access']);
      expect(options.headers.get('allow')).toBe('OPTIONS, GET, HEAD, PROPFIND, PROPPATCH, REPORT');
    }
    const refused = await sendDav(app, null, { method: 'OPTIONS', path: '/dav/' });
    expect([refused.status, refused.headers.get('dav')]).toEqual([401, '1, 3, calendar-access']);
    const asked = `<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/"><D:prop>
      <D:current-user-privilege-set/><D:supported-report-set/><C:supported-calendar-component-set/><D:owner/><S:getctag/>
      <D:sync-token/><C:calendar-timezone/><A:calendar-color/><D:quota-available-bytes/></D:prop></D:propfind>`;
    const [calendar] = responsesOf(await propfind(ana, ana.calendar, '0', asked));
    const { elements, found, missing } = calendar!;
    const privileges = elements['current-user-privilege-set']!.children.map(({ children }) => children[0]!.name);
    expect(privileges).toEqual(['read', 'read-current-user-privilege-set', 'read-free-busy']);
    const reports = elements['supported-report-set']!.children.map((one) => one.children[0]!.children[0]!.name);
    expect(reports).toEqual(['calendar-query', 'calendar-multiget', 'free-busy-query', 'sync-collection']);
    expect(elements['supported-calendar-component-set']!.children[0]!.attributes.get('name')).toBe('VEVENT');
    expect(found['owner']).toBe(`/dav/principals/${ana.person.id}/`);
    expect(found['getctag']).toBe(found['sync-token']);
    expect(found['calendar-timezone']).toContain('\r\nTZID:Europe/Paris\r\n');
    expect(missing).toEqual(['calendar-color', 'quota-available-bytes']);
  });

  it('answers allprop, propname and an empty body, and leaves out what is missing when asked to', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const id = await create(ana);
    const names = async (body?: string, path = pathOf(ana, id)): Promise<string[]> => {
      const [found] = responsesOf(await propfind(ana, path, '0', body));
      return Object.keys(found!.found);
    };
    const standard = ['resourcetype', 'getetag', 'getcontenttype', 'getcontentlength', 'getlastmodified'];
    expect(await names()).toEqual(standard);
    expect(await names('<propfind xmlns="DAV:"><allprop/></propfind>')).toEqual(standard);
    const included = '<propfind xmlns="DAV:"><allprop/><include><owner/></include></propfind>';
    expect(await names(included)).toEqual([...standard, 'owner']);
    expect(await names('<propfind xmlns="DAV:"><propname/></propfind>', ana.calendar)).toContain('sync-token');
    const odd =
      '<propfind xmlns="DAV:"><prop><getetag/><x:color xmlns:x="urn:example &amp; &quot;co&quot;"/></prop></propfind>';
    const [full] = responsesOf(await propfind(ana, pathOf(ana, id), '0', odd));
    expect(full!.missing).toEqual(['color']);
    const headers = { depth: '0', prefer: 'return=minimal' };
    const minimal = await sendDav(app, ana, { method: 'PROPFIND', path: pathOf(ana, id), body: odd, headers });
    expect(responsesOf(minimal)[0]!.missing).toEqual([]);
  });

  it.each(['infinity', ''])('refuses Depth "%s"', async (depth) => {
    const ana = await signUpWithPhone(app, 'ana');
    const answer = await sendDav(app, ana, { method: 'PROPFIND', path: ana.calendar, headers: depth ? { depth } : {} });
    expect([answer.status, conditionOf(answer)]).toEqual([403, 'propfind-finite-depth']);
  });
});

describe('events as resources', () => {
  it('have a strong tag that is the same in lists, in reports and on the file, and changes with the file', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'Europe/Paris');
    const id = await create(ana, { time_zone: 'Europe/Paris', description: 'Déjà vu & <b> ]]> \u{1F600}' });
    const path = pathOf(ana, id);
    const file = await sendDav(app, ana, { method: 'GET', path });
    expect(file.headers.get('content-type')).toBe('text/calendar; charset=utf-8; component=vevent');
    expect(file.headers.get('cache-control')).toBe('private, no-cache');
    const etag = file.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(await listed(ana)).toEqual(new Map([[path, etag]]));
    const [found] = responsesOf(await report(ana, multiget(path)));
    expect(found!.found).toEqual({ getetag: etag, 'calendar-data': file.text });
    const exported = await send(app, `/api/events/${id}.ics`, { as: ana.person, headers: { accept: 'text/calendar' } });
    expect(file.text).toBe(exported.bytes.toString('utf8'));
    const again = await sendDav(app, ana, { method: 'GET', path, headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([304, '']);
    const head = await sendDav(app, ana, { method: 'HEAD', path });
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', etag]);
    await ok(updateEvent({ client: ana.person.client, path: { id }, body: { title: 'Other plan' } }));
    expect((await listed(ana)).get(path)).not.toBe(etag);
  });

  it('are 404 to those who do not see them, in multigets too, and nobody has another person’s calendar', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    const id = await create(ana);
    const [hidden, absent] = [pathOf(ben, id), pathOf(ben, '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02')];
    for (const path of [hidden, absent, pathOf(ana, id), ana.calendar, `${ben.calendar}%41`, '/dav/nothing']) {
      const answers = await Promise.all([
        sendDav(app, ben, { method: 'GET', path }),
        propfind(ben, path, '0', PROPFIND_ETAGS),
        sendDav(app, ben, { method: 'PROPPATCH', path, body: PROPPATCH }),
      ]);
      expect([path, ...answers.map(({ status }) => status)]).toEqual([path, 404, 404, 404]);
    }
    const got = responsesOf(await report(ben, multiget(hidden, absent, pathOf(ana, id), 'http://a.b/%%', '')));
    expect(got.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(got.map(({ href }) => href)).toEqual([hidden, absent, pathOf(ana, id), 'http://a.b/%%', '']);
    expect(await listed(ben)).toEqual(new Map());
  });

  it('include a series with its overrides as one file, and its tail after a split as another', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'Europe/Paris');
    const series = { is_recurring: true, recurrence_pattern: 'FREQ=DAILY;COUNT=10', time_zone: 'Europe/Paris' };
    const id = await create(ana, series);
    const edit = (occurrence: string, scope: 'this' | 'following', body: object) =>
      ok(updateEvent({ client: ana.person.client, path: { id }, query: { occurrence, scope }, body }));
    await edit('2026-06-02T10:00:00Z', 'this', { title: 'Moved' });
    await edit('2026-06-05T10:00:00Z', 'following', { title: 'Tail' });
    const files = responsesOf(await report(ana, queryBody('<C:comp-filter name="VEVENT"/>', CALENDAR_DATA))).map(
      ({ found }) => found['calendar-data']!,
    );
    expect(files.map((file) => file.match(/BEGIN:VEVENT/g)!.length)).toEqual([2, 1]);
    expect(files[0]).toContain('RECURRENCE-ID;TZID=Europe/Paris:20260602T120000');
    expect(new Set(files.map((file) => /UID:.*/.exec(file)![0])).size).toBe(2);
  });

  it('have different UIDs when several people imported the same one, and the first keeps it', async () => {
    const [ana, ben, cleo] = [
      await signUpWithPhone(app, 'ana'),
      await signUpWithPhone(app, 'ben'),
      await signUpWithPhone(app, 'cleo'),
    ];
    const file = calendarOf(...vevent('fair@example.org', 'DTSTART:20310101T100000Z', 'DURATION:PT1H', 'SUMMARY:Fair'));
    for (const account of [ana, ben]) await importFile(app, account.person, file);
    const [ofAna, ofBen] = await Promise.all(
      [ana, ben].map(async ({ person }) => {
        const { json } = await send(app, '/api/events', { as: person });
        return (json as { items: { id: string }[] }).items[0]!.id;
      }),
    );
    for (const [from, id] of [
      [ana, ofAna!],
      [ben, ofBen!],
    ] as const) {
      await share(from, id, cleo);
    }
    const uids = async (): Promise<Record<string, string>> => {
      const found = responsesOf(await report(cleo, queryBody('<C:comp-filter name="VEVENT"/>', CALENDAR_DATA)));
      return Object.fromEntries(found.map((one) => [one.href, /UID:(.*)\r/.exec(one.found['calendar-data']!)![1]!]));
    };
    const [first, second] = [ofAna!, ofBen!].sort();
    expect(await uids()).toEqual({
      [pathOf(cleo, first!)]: 'fair@example.org',
      [pathOf(cleo, second!)]: `${second}@convene`,
    });
    // The other one has the UID as soon as the first is gone, and a client learns both.
    const { token, etags } = { token: syncTokenOf(await sync(cleo, '')), etags: await listed(cleo) };
    const owner = first === ofAna ? ana : ben;
    await done(revokePermission({ client: owner.person.client, path: { id: first!, userId: cleo.person.id } }));
    const changes = responsesOf(await sync(cleo, token));
    expect(changes.map(({ href, status }) => [href, status])).toEqual([
      [pathOf(cleo, second!), null],
      [pathOf(cleo, first!), 404],
    ]);
    expect(changes[0]!.found['getetag']).not.toBe(etags.get(pathOf(cleo, second!)));
    expect(await uids()).toEqual({ [pathOf(cleo, second!)]: 'fair@example.org' });
  });
});

describe('what cannot be done yet', () => {
  it.each(['PUT', 'DELETE', 'POST', 'MKCALENDAR', 'MKCOL', 'MOVE', 'COPY', 'LOCK', 'UNLOCK', 'PATCH'])(
    '%s is refused with an explanation, and nothing changes',
    async (method) => {
      const ana = await signUpWithPhone(app, 'ana');
      const id = await create(ana);
      const before = await listed(ana);
      const isPut = method === 'PUT';
      const answer = await sendDav(app, ana, {
        method,
        path: pathOf(ana, id),
        ...(isPut ? { body: calendarOf(...vevent('a@b', 'DTSTART:20310101T100000Z')) } : {}),
        headers: isPut ? { 'content-type': 'text/calendar; charset=utf-8' } : { destination: ana.calendar },
      });
      expect([answer.status, conditionOf(answer)]).toEqual([403, 'need-privileges']);
      expect(answer.text).toContain('writing will come later');
      expect(await listed(ana)).toEqual(before);
    },
  );

  it('PROPPATCH is answered with a 403 for each property', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const answer = await sendDav(app, ana, { method: 'PROPPATCH', path: ana.calendar, body: PROPPATCH });
    const [response] = responsesOf(answer);
    expect(response).toMatchObject({ href: ana.calendar, found: {}, missing: ['calendar-color', 'displayname'] });
    expect(answer.text).toContain('<D:status>HTTP/1.1 403 Forbidden</D:status>');
  });

  it('other reports, and reports of what is no calendar, are refused', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const search = '<D:principal-search-property-set xmlns:D="DAV:"/>';
    const refused = [
      await report(ana, search, '/dav/'),
      await report(ana, '<D:expand-property xmlns:D="DAV:"/>', `/dav/principals/${ana.person.id}/`),
      await report(
        ana,
        '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"/>',
        `/dav/calendars/${ana.person.id}/`,
      ),
      await report(ana, syncBody(''), `/dav/calendars/${ana.person.id}/`),
    ];
    for (const answer of refused) expect([answer.status, conditionOf(answer)]).toEqual([403, 'supported-report']);
  });

  it('reading a collection as a file is refused', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const answer = await sendDav(app, ana, { method: 'GET', path: ana.calendar });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'OPTIONS, PROPFIND, PROPPATCH, REPORT']);
  });
});

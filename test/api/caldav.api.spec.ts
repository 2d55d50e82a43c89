import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, deleteEvent, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { calendarOf, importFile, vevent } from '../support/calendar-files.js';
import {
  basic,
  conditionOf,
  type DavAccount,
  PROPFIND_ETAGS,
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

const HOUR = { start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
const CALENDAR_DATA = '<D:getetag/><C:calendar-data/>';

const create = async ({ person }: DavAccount, body: object = {}): Promise<string> =>
  (await ok(createEvent({ client: person.client, body: { title: 'Plan', ...HOUR, on_conflict: 'allow', ...body } })))
    .id;
const share = (from: DavAccount, id: string, to: DavAccount): Promise<unknown> =>
  ok(
    shareEvent({
      client: from.person.client,
      path: { id },
      body: { users: [{ user_id: to.person.id, role: 'viewer' }] },
    }),
  );
const pathOf = ({ calendar }: DavAccount, id: string): string => `${calendar}${id}.ics`;
const propfind = (account: DavAccount, path: string, depth: string, body?: string) =>
  sendDav(app, account, { method: 'PROPFIND', path, headers: { depth }, ...(body === undefined ? {} : { body }) });
const report = (account: DavAccount, body: string, path = account.calendar) =>
  sendDav(app, account, { method: 'REPORT', path, body, headers: { depth: '1' } });
const sync = (account: DavAccount, token: string, limit?: number) => report(account, syncBody(token, limit));
const listed = async (account: DavAccount): Promise<Map<string, string>> => {
  const [self, ...events] = responsesOf(await propfind(account, account.calendar, '1', PROPFIND_ETAGS));
  expect(self!.href).toBe(account.calendar);
  return new Map(events.map(({ href, found }) => [href, found['getetag']!]));
};

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
    expect(privileges).toEqual(['read', 'read-current-user-privilege-set']);
    const reports = elements['supported-report-set']!.children.map((one) => one.children[0]!.children[0]!.name);
    expect(reports).toEqual(['calendar-query', 'calendar-multiget', 'sync-collection']);
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

const multiget = (...paths: string[]): string =>
  `<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>${CALENDAR_DATA}</D:prop>${paths.map((path) => `<D:href>${path}</D:href>`).join('')}</C:calendar-multiget>`;
const PROPPATCH = `<D:propertyupdate xmlns:D="DAV:" xmlns:A="http://apple.com/ns/ical/"><D:set><D:prop><A:calendar-color>#ff0000ff</A:calendar-color></D:prop></D:set><D:remove><D:prop><D:displayname/></D:prop></D:remove></D:propertyupdate>`;

describe('calendar-query', () => {
  const event = (...inside: string[]): string => `<C:comp-filter name="VEVENT">${inside.join('')}</C:comp-filter>`;
  const range = (start: string, end: string): string => `<C:time-range start="${start}" end="${end}"/>`;
  const prop = (name: string, inside = ''): string => `<C:prop-filter name="${name}">${inside}</C:prop-filter>`;
  const match = (text: string, attributes = ''): string => `<C:text-match ${attributes}>${text}</C:text-match>`;
  let ana: DavAccount;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    ana = await signUpWithPhone(app, 'ana', 'America/New_York');
    ids['single'] = await create(ana, { title: 'Plan & review' });
    const series = { is_recurring: true, recurrence_pattern: 'FREQ=WEEKLY', time_zone: 'Europe/Paris' };
    ids['series'] = await create(ana, { title: 'Standup', location: 'Room 1', ...series });
    ids['day'] = await create(ana, { title: 'Fair', all_day: true, start_time: '2026-07-01', end_time: '2026-07-02' });
  });
  const found = async (filter: string): Promise<string[]> => {
    const hrefs = responsesOf(await report(ana, queryBody(filter))).map(({ href }) => href);
    return Object.keys(ids).filter((name) => hrefs.includes(pathOf(ana, ids[name]!)));
  };

  it.each([
    ['all events', event(), ['single', 'series', 'day']],
    ['all of the calendar', '', ['single', 'series', 'day']],
    ['the hour of the first occurrence', event(range('20260601T103000Z', '20260601T103100Z')), ['single', 'series']],
    ['a touching range', event(range('20260601T110000Z', '20260601T120000Z')), []],
    ['an occurrence years later', event(range('20360603T000000Z', '20360604T000000Z')), []],
    ['an occurrence years later, on its day', event(range('20360602T000000Z', '20360609T000000Z')), ['series']],
    ['the evening of New York on the day', event(range('20260702T030000Z', '20260702T040000Z')), ['day']],
    ['the morning of Paris on the day', event(range('20260701T000000Z', '20260701T040000Z')), []],
    ['everything from a time on', event('<C:time-range start="20260615T000000Z"/>'), ['series', 'day']],
    ['everything up to a time', event('<C:time-range end="20260615T000000Z"/>'), ['single', 'series']],
    ['all of history', event(range('00010101T000000Z', '99991231T000000Z')), ['single', 'series', 'day']],
    ['tasks', '<C:comp-filter name="VTODO"/>', []],
    [
      'everything without tasks',
      '<C:comp-filter name="VTODO"><C:is-not-defined/></C:comp-filter>',
      ['single', 'series', 'day'],
    ],
    ['events with alarms', event('<C:comp-filter name="VALARM"/>'), []],
    ['a title', event(prop('SUMMARY', match('PLAN &amp;'))), ['single']],
    ['a title exactly', event(prop('SUMMARY', match('PLAN', 'collation="i;octet"'))), []],
    ['others than a title', event(prop('SUMMARY', match('plan', 'negate-condition="yes"'))), ['series', 'day']],
    ['a place', event(prop('LOCATION')), ['series']],
    ['no place', event(prop('LOCATION', '<C:is-not-defined/>')), ['single', 'day']],
    ['a rule in a range', event(range('20260608T000000Z', '20260609T000000Z'), prop('RRULE')), ['series']],
  ])('finds %s', async (_what, filter, expected) => expect(await found(filter)).toEqual(expected));

  it('finds a UID', async () => {
    expect(await found(event(prop('UID', match(`${ids['day']}@convene`, 'collation="i;octet"'))))).toEqual(['day']);
  });

  it.each([
    ['valid-filter', '<C:filter/>'],
    ['valid-filter', '<C:filter><C:comp-filter name="VEVENT"/></C:filter>'],
    ['valid-filter', calendar(event('<C:time-range start="2026-06-01"/>'))],
    ['valid-filter', calendar(event(range('20260602T000000Z', '20260601T000000Z')))],
    ['supported-filter', calendar('<C:prop-filter name="VERSION"/>')],
    ['supported-filter', calendar('<C:comp-filter name="X-OTHER"/>')],
    ['supported-filter', calendar(event(prop('ATTENDEE', '<C:param-filter name="PARTSTAT"/>')))],
    ['supported-filter', calendar(event(prop('DTSTART', range('20260601T000000Z', '20260602T000000Z'))))],
    ['supported-collation', calendar(event(prop('SUMMARY', match('a', 'collation="i;none"'))))],
  ])('refuses with %s: %s', async (condition, filter) => {
    const body = `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop>${filter}</C:calendar-query>`;
    const answer = await report(ana, body);
    expect([answer.status, conditionOf(answer)]).toEqual([403, condition]);
  });

  it('expands series in UTC for those who ask', async () => {
    const expand = `<C:calendar-data><C:expand start="20261019T000000Z" end="20261103T000000Z"/></C:calendar-data>`;
    const filter = event(range('20261019T000000Z', '20261103T000000Z'));
    const [series] = responsesOf(await report(ana, queryBody(filter, expand)));
    const lines = series!.found['calendar-data']!.split('\r\n');
    // 12:00 in Paris, before and after its clocks change.
    expect(lines.filter((line) => /^(?:DTSTART|DTEND|RECURRENCE-ID)/.test(line))).toEqual(
      ['20261019T10', '20261026T11', '20261102T11'].flatMap((hour) => [
        `RECURRENCE-ID:${hour}0000Z`,
        `DTSTART:${hour}0000Z`,
        `DTEND:${hour.slice(0, -2)}${Number(hour.slice(-2)) + 1}0000Z`,
      ]),
    );
    expect(lines.filter((line) => /^(?:RRULE|BEGIN:VTIMEZONE)/.test(line))).toEqual([]);
  });
});

function calendar(inside: string): string {
  return `<C:filter><C:comp-filter name="VCALENDAR">${inside}</C:comp-filter></C:filter>`;
}

describe('sync-collection', () => {
  it('lists everything, then what changed, each event once and as it is now', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    const [kept, changed, deleted, shared] = [
      await create(ana),
      await create(ana),
      await create(ana),
      await create(ben),
    ];
    await share(ben, shared, ana);
    const first = await sync(ana, '');
    expect(
      responsesOf(first)
        .map(({ href }) => href)
        .sort(),
    ).toEqual([kept, changed, deleted, shared].map((id) => pathOf(ana, id)).sort());
    const token = syncTokenOf(first);
    expect(responsesOf(await sync(ana, token))).toEqual([]);
    for (const title of ['One', 'Two']) {
      await ok(updateEvent({ client: ana.person.client, path: { id: changed }, body: { title } }));
    }
    await done(deleteEvent({ client: ana.person.client, path: { id: deleted } }));
    await done(revokePermission({ client: ben.person.client, path: { id: shared, userId: ana.person.id } }));
    const created = await create(ana);
    const second = await sync(ana, token);
    const etags = await listed(ana);
    const found = new Map(responsesOf(second).map((one) => [one.href, one.status ?? one.found['getetag']]));
    expect(found).toEqual(
      new Map<string, unknown>([
        [pathOf(ana, changed), etags.get(pathOf(ana, changed))],
        [pathOf(ana, created), etags.get(pathOf(ana, created))],
        [pathOf(ana, deleted), 404],
        [pathOf(ana, shared), 404],
      ]),
    );
    expect([...etags.keys()].sort()).toEqual([kept, changed, created].map((id) => pathOf(ana, id)).sort());
    // The token of the calendar is the one that a sync ends with.
    const tokenOf = '<propfind xmlns="DAV:"><prop><sync-token/></prop></propfind>';
    const [own] = responsesOf(await propfind(ana, ana.calendar, '0', tokenOf));
    expect(own!.found['sync-token']).toBe(syncTokenOf(second));
    expect(responsesOf(await sync(ana, own!.found['sync-token']!))).toEqual([]);
  });

  it('divides what is too much, and misses nothing that changes between the parts', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const ids: string[] = [];
    for (let day = 1; day <= 5; day += 1) {
      const start = `2026-06-0${day}T10:00:00Z`;
      ids.push(await create(ana, { start_time: start, end_time: start.replace('T10', 'T11') }));
    }
    const copy = new Map<string, string>();
    /** Reads until nothing is left, as a client does. Returns the number of parts. */
    const readAll = async (
      from: string,
      between: () => Promise<unknown> = async () => {},
    ): Promise<[string, number]> => {
      for (let [token, parts] = [from, 1]; ; parts += 1) {
        const answer = await sync(ana, token, 2);
        const responses = responsesOf(answer);
        const truncated = responses.filter(({ href }) => href === ana.calendar);
        expect(responses.length - truncated.length).toBeLessThanOrEqual(2);
        for (const { href, status, found } of responses) {
          if (href === ana.calendar) expect(status).toBe(507);
          else if (status === 404) copy.delete(href);
          else copy.set(href, found['getetag']!);
        }
        token = syncTokenOf(answer);
        if (truncated.length === 0) return [token, parts];
        if (parts === 1) await between();
      }
    };
    const [token, parts] = await readAll('', async () => {
      // From a part that is still to come into one that was read.
      const body = { start_time: '2026-05-01T10:00:00Z', end_time: '2026-05-01T11:00:00Z' };
      await ok(updateEvent({ client: ana.person.client, path: { id: ids[4]! }, body }));
      await done(deleteEvent({ client: ana.person.client, path: { id: ids[0]! } }));
    });
    expect(parts).toBe(2);
    const [next] = await readAll(token);
    expect(copy).toEqual(await listed(ana));
    for (const id of ids.slice(1)) {
      await ok(updateEvent({ client: ana.person.client, path: { id }, body: { title: 'Changed' } }));
    }
    expect((await readAll(next))[1]).toBe(2);
    expect(copy).toEqual(await listed(ana));
  });

  it('refuses tokens that it cannot continue, so that clients read everything again', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    await create(ana);
    const token = syncTokenOf(await sync(ana, ''));
    const forged = (value: unknown): string =>
      `urn:convene:sync:${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
    const user = ana.person.id;
    const wrong = [
      'x',
      'urn:convene:sync:',
      'http://sabre.io/ns/sync/1',
      `${token}A`,
      forged(['caldav', user, 'nothing', null]),
      forged(['caldav', user, '', ['2026-06-01T10:00:00.000Z']]),
      forged(['caldav', user, '', ['a', 'b', 'c']]),
      forged(['caldav', user, '', {}]),
      forged({ length: 4 }),
      forged(['caldav', user, Buffer.from(JSON.stringify(['sync', user, 999, {}])).toString('base64url'), null]),
    ];
    for (const one of wrong) {
      const answer = await sync(ana, one);
      expect([one, answer.status, conditionOf(answer)]).toEqual([one, 403, 'valid-sync-token']);
    }
    expect(conditionOf(await sync(ben, token))).toBe('valid-sync-token');
    // The items after the token are gone.
    await create(ana);
    await app.database.query(`DELETE FROM notifications WHERE user_id = $1`, [user]);
    expect(conditionOf(await sync(ana, token))).toBe('valid-sync-token');
    expect(responsesOf(await sync(ana, '')).length).toBe(2);
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
      await report(ana, '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"/>'),
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

describe('hostile bodies', () => {
  let ana: DavAccount;
  beforeAll(async () => void (ana = await signUpWithPhone(app, 'ana')));
  const laughs = `<!DOCTYPE p [<!ENTITY a "${'ha'.repeat(100)}">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>`;

  it.each([
    ['no XML', 'BEGIN:VCALENDAR'],
    ['JSON', '{"propfind": true}'],
    ['half of a document', '<propfind xmlns="DAV:"><prop>'],
    ['two documents', '<propfind xmlns="DAV:"/><propfind xmlns="DAV:"/>'],
    ['wrong nesting', '<propfind xmlns="DAV:"><prop></propfind></prop>'],
    ['an unknown prefix', '<D:propfind/>'],
    ['another root', '<D:multistatus xmlns:D="DAV:"/>'],
    ['the same attribute twice', '<propfind xmlns="DAV:" a="1" a="2"/>'],
    ['an unknown entity', '<propfind xmlns="DAV:">&nbsp;</propfind>'],
    ['a character that XML has not', '<propfind xmlns="DAV:">&#0;</propfind>'],
    ['a billion laughs', `${laughs}<propfind xmlns="DAV:">&j;</propfind>`],
    ['a file', '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><propfind xmlns="DAV:">&x;</propfind>'],
    ['a document type elsewhere', '<!DOCTYPE p SYSTEM "http://127.0.0.1:1/x.dtd"><propfind xmlns="DAV:"/>'],
    ['deep nesting', `<propfind xmlns="DAV:">${'<a>'.repeat(10_000)}`],
    ['many elements', `<propfind xmlns="DAV:">${'<a/>'.repeat(25_000)}</propfind>`],
    ['many attributes', `<propfind xmlns="DAV:" ${Array.from({ length: 20_000 }, (_, i) => `a${i}=""`).join(' ')}/>`],
    [
      'many namespaces',
      `<propfind xmlns="DAV:" ${Array.from({ length: 20_000 }, (_, i) => `xmlns:a${i}="b"`).join(' ')}/>`,
    ],
    [
      'many properties',
      `<propfind xmlns="DAV:"><prop>${Array.from({ length: 500 }, (_, i) => `<a${i}/>`).join('')}</prop></propfind>`,
    ],
    ['a long name', `<${'p'.repeat(500_000)}`],
    ['a NUL', '<propfind xmlns="DAV:">\0</propfind>'],
  ])('with %s are a 400', async (_what, body) => {
    const answer = await propfind(ana, ana.calendar, '1', body);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      expect.objectContaining({ code: 'unreadable_body' }),
    ]);
  });

  it('in other encodings are a 400, larger ones a 413, and other types a 415', async () => {
    const request = { method: 'PROPFIND', path: ana.calendar };
    const statusOf = async (body: Buffer, type = 'application/xml'): Promise<number> => {
      const headers = { authorization: basic(ana.person.username, ana.secret), depth: '0', 'content-type': type };
      return (
        await fetch(new URL(request.path, app.url), { method: request.method, headers, body: new Uint8Array(body) })
      ).status;
    };
    expect(await statusOf(Buffer.from('\ufeff<propfind xmlns="DAV:"/>', 'utf16le'))).toBe(400);
    expect(await statusOf(Buffer.from([0x3c, 0xff, 0xfe, 0x3e]))).toBe(400);
    expect(await statusOf(Buffer.from('\ufeff<propfind xmlns="DAV:"/>'))).toBe(207);
    expect(await statusOf(Buffer.alloc(1_048_577, ' '))).toBe(413);
    expect(await statusOf(Buffer.from('{}'), 'text/plain')).toBe(415);
    // No other route takes XML.
    const created = await send(app, '/api/events', {
      as: ana.person,
      body: '<event/>',
      headers: { 'content-type': 'application/xml' },
    });
    expect(created.status).toBe(415);
  });
});

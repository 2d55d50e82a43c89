import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteEvent, revokePermission, updateEvent } from '../../sdk/generated/sdk.gen.js';
import {
  conditionOf,
  davCalls,
  queryBody,
  responsesOf,
  signUpWithPhone,
  syncTokenOf,
  type DavAccount,
} from '../support/dav.js';
import { done } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const { create, share, pathOf, propfind, report, sync, listed } = davCalls(() => app);

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

describe('expanded events', () => {
  const dataOf = async (account: DavAccount, start: string, end: string): Promise<string[]> => {
    const expand = `<C:calendar-data><C:expand start="${start}" end="${end}"/></C:calendar-data>`;
    const filter = `<C:comp-filter name="VEVENT"><C:time-range start="${start}" end="${end}"/></C:comp-filter>`;
    const files = responsesOf(await report(account, queryBody(filter, expand)));
    return files
      .flatMap(({ found }) => found['calendar-data']!.split('\r\n'))
      .filter((line) => /^(?:DTSTART|DTEND|DURATION|RECURRENCE-ID|SUMMARY|RRULE|EXDATE)/.test(line));
  };

  it('have the values of their overrides, without the dates that are excluded', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'Europe/Paris');
    const id = await create(ana, { recurrence_pattern: 'FREQ=DAILY;COUNT=4', time_zone: 'Europe/Paris' });
    const client = ana.person.client;
    const of = (day: number) => ({ occurrence: `2026-06-0${day}T10:00:00Z`, scope: 'this' as const });
    const moved = { title: 'Moved', start_time: '2026-06-02T15:00:00Z', end_time: '2026-06-02T15:30:00Z' };
    await ok(updateEvent({ client, path: { id }, query: of(2), body: moved }));
    await done(deleteEvent({ client, path: { id }, query: of(3) }));
    expect(await dataOf(ana, '20260602T000000Z', '20260610T000000Z')).toEqual([
      'RECURRENCE-ID:20260602T100000Z',
      'DTSTART:20260602T150000Z',
      'DTEND:20260602T153000Z',
      'SUMMARY:Moved',
      'RECURRENCE-ID:20260604T100000Z',
      'DTSTART:20260604T100000Z',
      'DTEND:20260604T110000Z',
      'SUMMARY:Plan',
    ]);
  });

  it('keep dates as dates, and single events without a recurrence', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'America/New_York');
    const day = { all_day: true, start_time: '2026-06-01', end_time: '2026-06-03' };
    await create(ana, { title: 'Fair', ...day, recurrence_pattern: 'FREQ=YEARLY;COUNT=3' });
    await create(ana, {
      start_time: '2027-06-01T10:00:00Z',
      end_time: '2027-06-01T11:00:00Z',
      time_zone: 'Asia/Tokyo',
    });
    expect(await dataOf(ana, '20270501T000000Z', '20270701T000000Z')).toEqual([
      'RECURRENCE-ID;VALUE=DATE:20270601',
      'DTSTART;VALUE=DATE:20270601',
      'DTEND;VALUE=DATE:20270603',
      'SUMMARY:Fair',
      'DTSTART:20270601T100000Z',
      'DTEND:20270601T110000Z',
      'SUMMARY:Plan',
    ]);
  });

  it.each(['start="20260602T000000Z"', 'start="x" end="y"', 'start="20260602T000000Z" end="20260601T000000Z"'])(
    'need a range: %s',
    async (attributes) => {
      const ana = await signUpWithPhone(app, 'ana');
      const expand = `<C:calendar-data><C:expand ${attributes}/></C:calendar-data>`;
      const answer = await report(ana, queryBody('<C:comp-filter name="VEVENT"/>', expand));
      expect([answer.status, conditionOf(answer)]).toEqual([403, 'valid-calendar-data']);
    },
  );
});

describe('limit-recurrence-set', () => {
  it('leaves out the changed occurrences that neither are in the range nor were to be', async () => {
    const ana = await signUpWithPhone(app, 'ana', 'Europe/Paris');
    const id = await create(ana, { recurrence_pattern: 'FREQ=DAILY;COUNT=10', time_zone: 'Europe/Paris' });
    const change = (day: string, body: object): Promise<unknown> =>
      ok(
        updateEvent({
          client: ana.person.client,
          path: { id },
          query: { occurrence: `2026-06-${day}T10:00:00Z`, scope: 'this' },
          body,
        }),
      );
    await change('02', { title: 'Second' });
    await change('03', { start_time: '2026-06-20T10:00:00Z', end_time: '2026-06-20T11:00:00Z', title: 'Third' });
    await change('08', { title: 'Eighth' });
    const titles = async (start: string, end: string): Promise<string[]> => {
      const limit = `<C:calendar-data><C:limit-recurrence-set start="${start}" end="${end}"/></C:calendar-data>`;
      const [one] = responsesOf(await report(ana, queryBody('<C:comp-filter name="VEVENT"/>', limit)));
      const data = one!.found['calendar-data']!;
      expect(data).toMatch(/^BEGIN:VCALENDAR\r?\n[^]*BEGIN:VTIMEZONE[^]*RRULE:[^]*END:VCALENDAR\r?\n$/);
      return [...data.matchAll(/^SUMMARY:(\w+)/gm)].map(([, title]) => title!);
    };
    expect(await titles('20260602T000000Z', '20260603T000000Z')).toEqual(['Plan', 'Second']);
    expect(await titles('20260603T000000Z', '20260604T000000Z')).toEqual(['Plan', 'Third']);
    expect(await titles('20260620T000000Z', '20260621T000000Z')).toEqual(['Plan', 'Third']);
    expect(await titles('20260608T110000Z', '20260609T000000Z')).toEqual(['Plan']);
    expect(await titles('20260601T000000Z', '20260701T000000Z')).toEqual(['Plan', 'Second', 'Third', 'Eighth']);
  });
});

describe('free-busy-query', () => {
  const query = (inside: string): string =>
    `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">${inside}</C:free-busy-query>`;
  const range = (attributes: string): string => query(`<C:time-range ${attributes}/>`);

  it('says when the person is busy, as the API does, and nothing else', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    await create(ana, { title: 'Secret', recurrence_pattern: 'FREQ=DAILY;COUNT=40' });
    await create(ana, {
      title: 'Free',
      show_as: 'free',
      start_time: '2026-06-02T12:00:00Z',
      end_time: '2026-06-02T13:00:00Z',
    });
    const theirs = await create(ben, { start_time: '2026-06-02T15:00:00Z', end_time: '2026-06-02T16:00:00Z' });
    await share(ben, theirs, ana);
    const { status, headers, text } = await report(ana, range('start="20260601T103000Z" end="20260702T000000Z"'));
    expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    const lines = text.replaceAll('\r\n ', '').split('\r\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'BEGIN:VFREEBUSY',
        'DTSTART:20260601T103000Z',
        'DTEND:20260702T000000Z',
        'END:VFREEBUSY',
      ]),
    );
    const periods = lines.filter((line) => line.startsWith('FREEBUSY:')).flatMap((line) => line.slice(9).split(','));
    expect(periods.slice(0, 2)).toEqual(['20260601T103000Z/20260601T110000Z', '20260602T100000Z/20260602T110000Z']);
    expect(periods).toHaveLength(31);
    expect(text).not.toContain('Secret');
  });

  it.each([
    ['without a range', query(''), 'valid-filter'],
    ['without an end', range('start="20260601T000000Z"'), 'valid-filter'],
    ['that ends before it starts', range('start="20260602T000000Z" end="20260601T000000Z"'), 'valid-filter'],
  ])('is refused %s', async (_name, body, condition) => {
    const ana = await signUpWithPhone(app, 'ana');
    const answer = await report(ana, body);
    expect([answer.status, conditionOf(answer)]).toEqual([403, condition]);
  });
});

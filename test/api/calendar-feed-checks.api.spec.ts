import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { FeedService } from '../../src/calendar/feed.service.js';
import { flushLines } from '../../src/platform/logging/log-output.js';
import { feedCalls, feedOf, named } from '../support/calendar-feeds.js';
import { calendarFile, calendarOf, importFile, vevent } from '../support/calendar-files.js';
import { CutProxy } from '../support/cut-proxy.js';
import { per, startLimitedApp } from '../support/limited-app.js';
import { createMeeting, hourOn, share } from '../support/meetings.js';
import { send } from '../support/requests.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';
import { TraceCollector } from '../support/trace-collector.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const { makeFeed, get } = feedCalls(() => app);
const edit = (as: Person, id: string, body: object, rest = ''): Promise<unknown> =>
  send(app, `/api/events/${id}${rest}`, { as, method: 'PUT', body });

/** Every check of feed-checks.json, by its name. */
const CHECKS: Record<string, () => Promise<void>> = {
  'if-none-match': async () => {
    const ana = await app.signUp('ana');
    await createMeeting(ana);
    const { path } = await makeFeed(ana);
    const { etag } = (await get(path)).headers;
    for (const tag of [etag!, etag!.replace(/^(?:W\/)?/, 'W/'), `"a", ${etag}, W/"b"`, '*']) {
      const { status, headers, bytes } = await get(path, { 'if-none-match': tag });
      expect([status, headers.etag, headers['cache-control'], bytes.length]).toEqual([
        304,
        etag,
        'private, no-cache',
        0,
      ]);
    }
  },

  'if-none-match-wins': async () => {
    const ana = await app.signUp('ana');
    await createMeeting(ana);
    const { path } = await makeFeed(ana);
    const fresh = new Date(Date.now() + 60_000).toUTCString();
    const { status, text } = await get(path, { 'if-none-match': 'W/"stale"', 'if-modified-since': fresh });
    expect([status, named(text, 'SUMMARY')]).toEqual([200, ['Team Meeting']]);
  },

  'change-changes-etag': async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const mine = await createMeeting(ana);
    const [theirs, later] = [await createMeeting(ben), await createMeeting(ben, { ...hourOn(1), title: 'Later' })];
    await share(ben, theirs.id, ana, 'viewer');
    const { path } = await makeFeed(ana);
    let known = (await get(path)).headers.etag!;
    const changes: (() => Promise<unknown>)[] = [
      () => edit(ana, mine.id, { title: 'Renamed' }),
      () => edit(ana, mine.id, hourOn(3)),
      () => send(app, `/api/events/${theirs.id}/permissions/${ana.id}`, { as: ben, method: 'DELETE' }),
      () => share(ben, later.id, ana, 'viewer'),
      () => send(app, `/api/events/${mine.id}`, { as: ana, method: 'DELETE' }),
    ];
    for (const change of changes) {
      await change();
      const { status, headers } = await get(path, { 'if-none-match': known });
      expect([status, headers.etag === known]).toEqual([200, false]);
      known = headers.etag!;
    }
    expect(named((await get(path)).text, 'SUMMARY')).toEqual(['Later']);
  },

  'no-accept': async () => {
    const ana = await app.signUp('ana');
    const { path } = await makeFeed(ana);
    for (const headers of [{}, { accept: '*/*' }, { accept: 'text/calendar' }, { accept: 'text/html' }]) {
      const { status, headers: answered } = await get(path, headers as Record<string, string>);
      expect([status, answered['content-type'], answered['content-disposition']]).toEqual([
        200,
        'text/calendar; charset=utf-8',
        undefined,
      ]);
    }
  },

  head: async () => {
    const ana = await app.signUp('ana');
    await createMeeting(ana);
    const { path } = await makeFeed(ana);
    const [whole, head] = [await get(path), await get(path, {}, 'HEAD')];
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    for (const name of ['etag', 'cache-control', 'content-type']) expect(head.headers[name]).toBe(whole.headers[name]);
    expect([undefined, String(whole.bytes.length)]).toContain(head.headers['content-length']);
  },

  gzip: async () => {
    const ana = await app.signUp('ana');
    for (let day = 0; day < 10; day += 1) await createMeeting(ana, hourOn(day));
    const { path } = await makeFeed(ana);
    const packed = await get(path, { 'accept-encoding': 'gzip' });
    const plain = await get(path, { 'accept-encoding': 'identity' });
    expect([packed.headers['content-encoding'], plain.headers['content-encoding']]).toEqual(['gzip', undefined]);
    expect(packed.text).toBe(plain.text);
    expect(packed.headers.etag).toBe(plain.headers.etag);
    expect(packed.headers.etag).toMatch(/^W\//);
    for (const encoding of ['gzip', 'identity']) {
      const again = await get(path, { 'accept-encoding': encoding, 'if-none-match': packed.headers.etag! });
      expect(again.status).toBe(304);
    }
    for (const { headers } of [packed, plain]) expect(headers.vary).toBe('accept-encoding');
  },

  'wrong-secret': async () => {
    const ana = await app.signUp('ana');
    await createMeeting(ana);
    const [good, revoked, rotated] = [await makeFeed(ana), await makeFeed(ana), await makeFeed(ana)];
    await send(app, `/api/calendar/feed/${revoked.id}`, { as: ana, method: 'DELETE' });
    const next = await send(app, `/api/calendar/feed/${rotated.id}/rotate`, { as: ana, body: {} });
    expect((await get(feedOf(next.json).path)).status).toBe(200);
    const changed = good.secret.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    const bodies = new Set<string>();
    for (const secret of [changed, '', revoked.secret, rotated.secret, 'x'.repeat(10_000)]) {
      const { status, headers, text } = await get(`/feeds/${secret}.ics`);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
        'no-store',
      ]);
      // No route serves an empty one: its path has no secret to hide.
      const { request_id: _id, instance, ...document } = JSON.parse(text) as Record<string, unknown>;
      expect(instance).toBe(secret === '' ? '/feeds/.ics' : '/feeds/:secret.ics');
      bodies.add(JSON.stringify(document));
    }
    expect([...bodies]).toHaveLength(1);
  },

  'database-down': async () => {
    const proxy = await CutProxy.start(app.database.url);
    const url = new URL(app.database.url);
    [url.hostname, url.port] = ['127.0.0.1', new URL(proxy.url).port];
    const other = await startApp({ databaseUrl: url.href, databaseWaitSeconds: 1 }, app.database);
    try {
      const ana = await app.signUp('ana');
      await createMeeting(ana);
      const { path } = await makeFeed(ana);
      expect((await get(path, {}, 'GET', other)).status).toBe(200);
      proxy.down(true);
      const { status, headers, text } = await get(path, {}, 'GET', other);
      expect([status, headers['retry-after'], JSON.parse(text)]).toMatchObject([503, /^\d+$/, { code: 'unavailable' }]);
      expect(headers['cache-control']).toBe('no-store');
    } finally {
      proxy.down(false);
      await other.close();
      proxy.close();
    }
  },

  'secret-not-logged': async () => {
    let logged = '';
    const capture = ((text: string) => {
      logged += text;
      return true;
    }) as never;
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation(capture),
    );
    const collector = await TraceCollector.start();
    const limited = await startLimitedApp({ logLevel: 'debug', limitFeeds: per(3, 60), traceEndpoint: collector.url });
    const documents: string[] = [];
    const secrets: string[] = [];
    const statuses: number[] = [];
    const fetchFrom = async (path: string): Promise<void> => {
      const { status, text } = await get(path, {}, 'GET', limited);
      statuses.push(status);
      if (status !== 200) documents.push(text);
    };
    try {
      const ana = await limited.signUp('ana');
      const feed = await makeFeed(ana, {}, limited);
      const wrong = feed.secret.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
      secrets.push(feed.secret, wrong);
      await fetchFrom(feed.path);
      await fetchFrom(`/feeds/${wrong}.ics`);
      const broken = vi.spyOn(limited.app.get(FeedService), 'write').mockRejectedValue(new Error('broken'));
      await fetchFrom(feed.path);
      broken.mockRestore();
      for (let n = 0; n < 3; n += 1) await fetchFrom(feed.path);
      // No route serves these.
      const escaped = `%${feed.secret.charCodeAt(0).toString(16)}${feed.secret.slice(1)}`;
      secrets.push(feed.secret.slice(1));
      for (const path of [
        `/feeds/${feed.secret}`,
        `/%66eeds/${feed.secret}.ICS`,
        `/feeds/${escaped}.txt`,
        `/feeds/${feed.secret}.ics%zz`,
        `/feeds/${feed.secret}.ics/more`,
      ])
        await fetchFrom(path);
      await limited.app.get(AuditTrail).flush();
      expect(statuses.slice(0, 3)).toEqual([200, 404, 500]);
      expect(statuses.slice(3)).toContain(429);
      expect(new Set(statuses.slice(6))).toEqual(new Set([400, 404]));
      const [metrics, audit, stored] = [
        await (await fetch(new URL('/metrics', limited.url))).text(),
        JSON.stringify(await limited.database.query('SELECT * FROM audit_entries')),
        JSON.stringify(await limited.database.query(`SELECT f.*, encode(secret_hash, 'escape') FROM calendar_feeds f`)),
      ];
      expect(audit).toContain('feed_made');
      await limited.close();
      flushLines();
      expect(logged).toContain('/feeds/:secret.ics');
      expect(JSON.stringify(collector.spans)).toContain('/feeds/:secret.ics');
      for (const text of [logged, metrics, audit, stored, JSON.stringify(collector.spans), ...documents])
        for (const secret of secrets) expect(text).not.toContain(secret);
    } finally {
      for (const spy of spies) spy.mockRestore();
      await collector.stop();
    }
  },

  'uid-stable': async () => {
    const own = await startApp({}, app.database);
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await createMeeting(ana);
    await share(ana, id, ben, 'editor');
    const feeds = [await makeFeed(ana), await makeFeed(ana, { kind: 'role', role: 'owner' }), await makeFeed(ben)];
    const uids = async (paths: string[], at = app): Promise<string[]> =>
      (await Promise.all(paths.map((path) => get(path, {}, 'GET', at)))).flatMap(({ text }) => named(text, 'UID'));
    const before = await uids(feeds.map(({ path }) => path));
    expect(new Set(before)).toEqual(new Set([`${id}@convene`]));
    expect(before).toHaveLength(3);
    await edit(ana, id, { title: 'Other', time_zone: 'Europe/Paris', ...hourOn(9) });
    await send(app, `/api/events/${id}/permissions/${ben.id}`, { as: ana, method: 'PUT', body: { role: 'owner' } });
    const rotated = await send(app, `/api/calendar/feed/${feeds[0]!.id}/rotate`, { as: ana, body: {} });
    // Another server stands for one that was restarted: it remembers nothing.
    expect(await uids([feedOf(rotated.json).path, feeds[2]!.path], own)).toEqual(before.slice(1));
    const file = await send(app, `/api/events/${id}.ics`, { as: ben, headers: { accept: 'text/calendar' } });
    expect(named(file.bytes.toString('utf8'), 'UID')).toEqual([before[0]]);
    await own.close();
  },

  'no-needless-override': async () => {
    const ana = await app.signUp('ana');
    const { id } = await createMeeting(ana, { recurrence_pattern: 'FREQ=DAILY;COUNT=4' });
    await edit(ana, id, { title: 'Special' }, '?occurrence=2026-06-02T10:00:00Z&scope=this');
    // One that is changed and changed back equals its series.
    await edit(ana, id, { title: 'Other' }, '?occurrence=2026-06-03T10:00:00Z&scope=this');
    await edit(ana, id, { title: 'Team Meeting' }, '?occurrence=2026-06-03T10:00:00Z&scope=this');
    const { text } = await get((await makeFeed(ana)).path);
    expect(named(text, 'SUMMARY')).toEqual(['Team Meeting', 'Special']);
    expect(named(text, 'RECURRENCE-ID')).toEqual(['20260602T100000Z']);
    expect([named(text, 'RRULE').length, named(text, 'EXDATE').length]).toEqual([1, 0]);
  },

  vtimezone: async () => {
    const ana = await app.signUp('ana');
    const zones = ['Europe/Paris', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'UTC'];
    for (const [day, time_zone] of zones.entries()) {
      const times = { start_time: `2026-06-0${day + 1}T10:00:00`, end_time: `2026-06-0${day + 1}T11:00:00`, time_zone };
      await createMeeting(ana, { ...times, recurrence_pattern: 'FREQ=MONTHLY' });
    }
    const { text } = await get((await makeFeed(ana)).path);
    const described = text.split('END:VTIMEZONE').slice(0, -1);
    expect(described.map((zone) => named(zone, 'TZID')[0])).toEqual([...zones.slice(0, 3)].sort());
    for (const zone of described) {
      expect(zone).toContain('BEGIN:STANDARD');
      expect(zone.includes('BEGIN:DAYLIGHT')).toBe(!zone.includes('Sao_Paulo'));
    }
    expect(named(text, 'DTSTART').at(-1)).toMatch(/Z$/);
  },

  'vtimezone-small': async () => {
    const ana = await app.signUp('ana');
    const events = Array.from({ length: 500 }, (_, n) =>
      vevent(
        `${n}@example.org`,
        `DTSTART;TZID=Europe/Paris:2026${String(1 + (n % 12)).padStart(2, '0')}${String(1 + (n % 28)).padStart(2, '0')}T100000`,
        'DURATION:PT1H',
      ),
    );
    await importFile(app, ana, calendarOf(...events.flat()));
    const { text } = await get((await makeFeed(ana)).path);
    expect(named(text, 'UID')).toHaveLength(500);
    const [zone, ...others] = text.split('BEGIN:VTIMEZONE').slice(1);
    expect(others).toEqual([]);
    expect(zone!.split('END:VTIMEZONE')[0]!.trim().split('\r\n').length).toBeLessThan(20);
    expect(zone).not.toMatch(/:1[0-8]\d\d/);
  },

  'dtend-always': async () => {
    const ana = await app.signUp('ana');
    for (const name of ['09-no-end.ics', '10-durations.ics', '12-midnight.ics', '20-exdate-all-day.ics'])
      await importFile(app, ana, calendarFile(name));
    const { text } = await get((await makeFeed(ana)).path);
    const components = text.split('BEGIN:VEVENT').slice(1);
    expect(components.length).toBeGreaterThan(5);
    for (const component of components) {
      const [start, [end], [duration]] = [
        named(component, 'DTSTART')[0]!,
        named(component, 'DTEND'),
        named(component, 'DURATION'),
      ];
      expect([end, duration].filter((value) => value !== undefined)).toHaveLength(1);
      if (end !== undefined) expect(end > start).toBe(true);
      else expect(duration).toMatch(/^P.*[1-9]/);
    }
  },

  transp: async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const texts = { title: 'Dentist', description: 'Painful', location: 'Here', url: 'https://example.com/x' };
    const busy = await createMeeting(ana, { ...texts, recurrence_pattern: 'FREQ=DAILY;COUNT=3' });
    await edit(ana, busy.id, { title: 'Surgeon' }, '?occurrence=2026-06-02T10:00:00Z&scope=this');
    await edit(ana, busy.id, { location: 'There', ...hourOn(2, 15) }, '?occurrence=2026-06-03T10:00:00Z&scope=this');
    await createMeeting(ana, { ...texts, title: 'Free', show_as: 'free' });
    await createMeeting(ana, { ...texts, ...hourOn(20), status: 'cancelled' });
    const theirs = await createMeeting(ben, { title: 'Their time' });
    await share(ben, theirs.id, ana, 'viewer');
    await importFile(
      app,
      ana,
      calendarOf(...vevent('known@example.org', 'DTSTART:20270101T100000Z', 'CATEGORIES:Health', 'SUMMARY:Dentist')),
    );
    const all = (await get((await makeFeed(ana)).path)).text;
    const of = (title: string): string => all.split('BEGIN:VEVENT').find((part) => part.includes(`SUMMARY:${title}`))!;
    expect([named(of('Free'), 'TRANSP'), named(of('Dentist'), 'TRANSP')]).toEqual([['TRANSPARENT'], ['OPAQUE']]);

    const { text } = await get((await makeFeed(ana, { kind: 'busy' })).path);
    expect(new Set(named(text, 'SUMMARY'))).toEqual(new Set(['Busy']));
    expect(new Set(named(text, 'TRANSP'))).toEqual(new Set(['OPAQUE']));
    // The changed title is no difference any more; the moved occurrence is one.
    const uids = named(text, 'UID');
    expect(uids.map((uid) => uids.indexOf(uid))).toEqual([0, 0, 2]);
    expect(named(text, 'RECURRENCE-ID')).toEqual(['20260603T100000Z']);
    expect(text).not.toMatch(/DESCRIPTION|LOCATION|^URL|ATTENDEE|CATEGORIES|Dentist|Surgeon|There|Painful/m);
    // An application knows an event again; two feeds do not say that theirs are the same.
    const other = await makeFeed(ana, { kind: 'busy' });
    const again = named((await get(other.path)).text, 'UID');
    expect(named((await get(other.path)).text, 'UID')).toEqual(again);
    for (const uid of [...uids, ...again]) expect(uid).toMatch(/^[\w-]{43}@convene$/);
    expect(again.filter((uid) => uids.includes(uid))).toEqual([]);
  },

  'line-injection': async () => {
    const ana = await app.signUp('ana');
    const evil = 'a\rb\nc\r\nd\u2028e\nATTENDEE:mailto:x@example.org';
    await createMeeting(ana, { title: `T ${evil}`, description: `D ${evil}`, location: `L ${evil}` });
    await importFile(
      app,
      ana,
      calendarOf(
        ...vevent(
          'x@example.org',
          'DTSTART:20270101T100000Z',
          'X-EVIL:a\u0000b\u2028\\nATTENDEE:mailto:x',
          'X-MORE;P="^nATTENDEE:x":1',
          'URL:https://example.com/\u000bATTENDEE:x',
        ),
      ),
    );
    const { text } = await get((await makeFeed(ana)).path);
    const ours =
      /^(?:BEGIN|END|VERSION|PRODID|CALSCALE|NAME|X-WR-CALNAME|REFRESH-INTERVAL|X-PUBLISHED-TTL|UID|DTSTAMP|LAST-MODIFIED|SEQUENCE|DTSTART|DTEND|SUMMARY|DESCRIPTION|LOCATION|URL|STATUS|TRANSP|X-EVIL|X-MORE)[:;]/;
    for (const line of text.split(/[\r\n\u2028\u2029]/).filter(Boolean)) {
      if (!line.startsWith(' '))
        expect(line.replace(/^e\\nATTENDEE.*/, 'URL:')).toMatch(/^\\nATTENDEE|^e/.test(line) ? /./ : ours);
    }
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    const ben = await app.signUp('ben');
    await importFile(app, ben, text);
    const { items } = (await send(app, '/api/events', { as: ben })).json as { items: Record<string, string>[] };
    expect(items[0]!.description).toBe(`D ${evil.replaceAll(/\r\n?/g, '\n')}`);
  },
};

describe('the checks of a feed', () => {
  it('has a test for every check', () => {
    const names = (JSON.parse(calendarFile('feed-checks.json').toString('utf8')) as { name: string }[]).map(
      ({ name }) => name,
    );
    expect(Object.keys(CHECKS).sort()).toEqual(names.sort());
  });

  it.each(Object.entries(CHECKS))('passes the check %s', async (_name, check) => check());
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { calendarOf, vevent } from '../support/calendar-files.js';
import {
  type DavAccount,
  type DavAnswer,
  PROPFIND_ETAGS,
  queryBody,
  responsesOf,
  sendDav,
  syncBody,
  syncTokenOf,
} from '../support/dav.js';
import { until } from '../support/embedded-postgres-harness.js';
import { call, ServerHome, type ServerProcess } from '../support/server-process.js';
import { stressed } from '../support/stress.js';
import { PASSWORD } from '../support/test-app.js';
import { longestTurn, measureUntil, METERED } from '../support/longest-turn.js';

const EVENTS = 5_000;
/** CPU time of the longest turn of the event loop: see hostile-requests.spec.ts. */
const LONGEST_TURN_MS = stressed(300, 100);
const ZONES = ['Europe/Paris', 'America/New_York', 'Asia/Tokyo'];

let home: ServerHome;
let server: ServerProcess;
let url: string;
let ana: DavAccount;

beforeAll(async () => {
  await buildServer();
  home = await ServerHome.create();
  server = home.start({ NODE_OPTIONS: METERED, RATE_LIMITS: 'off' });
  url = await server.url();
  const account = { username: 'ana', email: 'ana@example.com', password: PASSWORD, time_zone: 'Europe/Paris' };
  const { body } = await call(url, 'POST', '/api/auth/register', { body: account });
  const [token, { id }] = [body['access_token'] as string, body['user'] as { id: string }];
  const made = await call(url, 'POST', '/api/auth/app-passwords', { token, body: { name: 'Phone' } });
  const { secret, id: passwordId } = made.body as { secret: string; id: string };
  ana = { person: { username: 'ana', id } as never, passwordId, secret, calendar: `/dav/calendars/${id}/convene/` };
  const events = Array.from({ length: EVENTS }, (_, index) => {
    const day = new Date(Date.UTC(2026, 0, 1 + (index % 700))).toISOString().slice(0, 10).replaceAll('-', '');
    const start = `DTSTART;TZID=${ZONES[index % 3]}:${day}T100000`;
    const rule = index % 10 === 0 ? ['RRULE:FREQ=WEEKLY'] : [];
    return vevent(
      `${index}@example.org`,
      start,
      'DURATION:PT1H',
      `SUMMARY:Event ${index}`,
      'TRANSP:TRANSPARENT',
      ...rule,
    );
  });
  const imported = await fetch(`${url}/api/calendar/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/calendar' },
    body: calendarOf(...events.flat()),
  });
  expect(((await imported.json()) as { created: number }).created).toBe(EVENTS);
});
afterAll(() => home.dispose());

const REQUESTS = {
  'a list of the calendar': { method: 'PROPFIND', body: PROPFIND_ETAGS },
  'a query of all files': {
    method: 'REPORT',
    body: queryBody('<C:comp-filter name="VEVENT"/>', '<D:getetag/><C:calendar-data/>'),
  },
  'a query of a month': {
    method: 'REPORT',
    body: queryBody(
      '<C:comp-filter name="VEVENT"><C:time-range start="20260601T000000Z" end="20260701T000000Z"/></C:comp-filter>',
    ),
  },
  'a query by title': {
    method: 'REPORT',
    body: queryBody(
      '<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match>event 1</C:text-match></C:prop-filter></C:comp-filter>',
    ),
  },
  'the first sync': { method: 'REPORT', body: syncBody('') },
};
const ask = ({ method, body }: { method: string; body: string }): Promise<DavAnswer> =>
  sendDav({ url }, ana, { method, path: ana.calendar, body, headers: { depth: '1' } });

describe('a calendar of 5,000 events', () => {
  it.each(Object.entries(REQUESTS))('does not hold others: %s', async (name, request) => {
    const measured = async (): Promise<{ answer: DavAnswer; took: number; turn: number }> => {
      await longestTurn(server);
      const began = performance.now();
      const answer = await ask(request);
      return { answer, took: performance.now() - began, turn: await longestTurn(server) };
    };
    const { answer, took, turn } = await measureUntil((figures) => figures.turn < LONGEST_TURN_MS, measured);
    console.log(`${name}: ${Math.round(took)} ms, at most ${Math.round(turn)} ms of the event loop`);
    expect(responsesOf(answer).length).toBeGreaterThan(100);
    expect(turn).toBeLessThan(LONGEST_TURN_MS);
  });

  it('is listed whole, and synced whole in parts', async () => {
    const listed = responsesOf(await ask(REQUESTS['a list of the calendar'])).slice(1);
    expect(new Set(listed.map(({ href }) => href)).size).toBe(EVENTS);
    const synced = new Map<string, string>();
    for (let token = ''; ;) {
      const answer = await ask({ method: 'REPORT', body: syncBody(token) });
      const responses = responsesOf(answer);
      for (const { href, found } of responses) if (href !== ana.calendar) synced.set(href, found['getetag']!);
      token = syncTokenOf(answer);
      if (!responses.some(({ status }) => status === 507)) break;
    }
    expect(synced).toEqual(new Map(listed.map(({ href, found }) => [href, found['getetag']!])));
  });

  it('is never empty: while the database is away, every request is refused with 503', async () => {
    const etagOf = responsesOf(await ask(REQUESTS['a list of the calendar']))[1]!;
    const stopped = await home.signalPostgres('SIGSTOP');
    try {
      const answers = await Promise.all([
        ...Object.values(REQUESTS).map(ask),
        sendDav({ url }, ana, { method: 'GET', path: etagOf.href }),
      ]);
      for (const { status, headers, text } of answers) {
        expect([status, headers.has('retry-after'), text.includes('multistatus')]).toEqual([503, true, false]);
      }
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    }
    await until(async () => (await ask(REQUESTS['a list of the calendar'])).status === 207);
    expect(responsesOf(await ask(REQUESTS['a list of the calendar'])).length).toBe(EVENTS + 1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeRole, createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { calendarOf, importFile, vevent } from '../support/calendar-files.js';
import { until } from '../support/embedded-postgres-harness.js';
import { hourOn, share } from '../support/meetings.js';
import { send, sendUndocumented, type WireAnswer } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
let id: string;
beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  await app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [ana.id]);
  const series = { ...hourOn(1), show_as: 'free' as const, recurrence_pattern: 'FREQ=DAILY;COUNT=9' };
  ({ id } = await ok(createEvent({ client: ana.client, body: { title: 'Standup', ...series } })));
  await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Daily' } }));
  await share(ana, id, ben, 'viewer');
});
afterAll(() => app.close());

const WINDOW = 'from=2026-06-01T00:00:00Z&to=2026-07-01T00:00:00Z';

/** Every read that answers with JSON: the addresses to read, by operation. */
const READS: Record<string, (() => string | Promise<string>)[]> = {
  getMe: [() => '/api/auth/me'],
  listSessions: [() => '/api/auth/sessions'],
  listAppPasswords: [() => '/api/auth/app-passwords'],
  listFeeds: [() => '/api/calendar/feed'],
  getImport: [() => finishedImport()],
  findUsers: [() => `/api/users?username=${ben.username}`],
  getFreeBusy: [() => `/api/free-busy?user_ids=${ana.id}&${WINDOW}`],
  listEvents: [
    () => '/api/events',
    () => '/api/events?limit=1',
    () => nextPage(),
    () => '/api/events?page=1&page_size=5',
    () => `/api/events?${WINDOW}`,
    () => `/api/events?${WINDOW}&page=1`,
    () => `/api/events?${WINDOW}&expand=true`,
    () => `/api/events?${WINDOW}&expand=true&limit=2`,
    () => '/api/events?q=daily&sort=-updated_at',
    () => `/api/events?as_of=${new Date(Date.now() - 1).toISOString()}`,
    () => '/api/events?deleted=true',
    async () => `/api/events?sync_token=${(await read('/api/events')).json.sync_token}`,
  ],
  getEvent: [() => `/api/events/${id}`, () => `/api/events/${id}?as_of=${new Date().toISOString()}`],
  listOccurrences: [() => `/api/events/${id}/occurrences?${WINDOW}`, () => `/api/events/${id}/occurrences?limit=2`],
  listPermissions: [() => `/api/events/${id}/permissions`],
  listInvitations: [() => `/api/events/${id}/invitations`],
  listVersions: [() => `/api/events/${id}/history`, () => `/api/events/${id}/history?limit=1`],
  getVersion: [() => `/api/events/${id}/history/1`],
  listChangelog: [() => `/api/events/${id}/changelog`, () => `/api/events/${id}/changelog?order=desc`],
  diffVersions: [() => `/api/events/${id}/diff/1/2`],
  listNotifications: [() => '/api/notifications', () => '/api/notifications?unread=true'],
  listChanges: [() => '/api/changes?after=0'],
  listAudit: [() => '/api/audit?kind=registered', () => '/api/audit?kind=registered&limit=1'],
  listAccounts: [() => '/api/admin/users'],
  getAccount: [() => `/api/admin/users/${ben.id}`],
  getFigures: [() => '/api/admin/figures'],
};

/** Reads that have no tag, and why. */
const WITHOUT_TAG: Record<string, string> = {
  getLiveness: 'the state of this moment, for a probe that must never see an older one',
  getReadiness: 'the same',
};

/** The address of an import that has ended: while it goes on, what is read changes. */
async function finishedImport(): Promise<string> {
  const file = calendarOf(...vevent('caching@example.org', 'DTSTART:20270301T100000Z', 'DURATION:PT1H'));
  const begun = await importFile(app, ana, file, '?dry_run=true', { prefer: 'respond-async' });
  const path = begun.headers.get('location')!;
  await until(async () => (await read(path)).json.state === 'done');
  return path;
}

const tagOf = ({ headers }: WireAnswer): string | null => headers.get('etag');
const read = (path: string, headers: Record<string, string> = {}, as = ana): Promise<WireAnswer> =>
  send(app, path, { as, headers });
async function nextPage(): Promise<string> {
  await ok(createEvent({ client: ana.client, body: { title: 'Another', ...hourOn(20), show_as: 'free' } }));
  return `/api/events?limit=1&cursor=${(await read('/api/events?limit=1')).json.next_cursor}`;
}

interface DocumentedRead {
  operationId: string;
  parameters: { name: string }[];
  responses: Record<string, { content?: object; headers?: object }>;
}
const documentedReads = (): DocumentedRead[] =>
  Object.values(openApiDocument(app.app).paths as Record<string, { get?: DocumentedRead }>)
    .flatMap(({ get }) => get ?? [])
    .filter(({ responses }) => responses['200']?.content && 'application/json' in responses['200'].content);

describe('every read that answers with JSON', () => {
  it('is in this table, or in the list of those without a tag', () => {
    const names = documentedReads().map(({ operationId }) => operationId);
    expect(names.sort()).toEqual([...Object.keys(READS), ...Object.keys(WITHOUT_TAG)].sort());
  });

  it('documents its tag, If-None-Match and the 304', () => {
    for (const { operationId, parameters, responses } of documentedReads()) {
      const documented = [
        'ETag' in responses['200']!.headers!,
        'ETag' in (responses['304']?.headers ?? {}),
        parameters.some(({ name }) => name === 'If-None-Match'),
      ];
      const expected = operationId in READS;
      expect([operationId, ...documented]).toEqual([operationId, expected, expected, expected]);
    }
  });

  const cases = Object.entries(READS).flatMap(([operation, paths]) => paths.map((path) => [operation, path] as const));
  it.each(cases)('%s answers 304 to its tag: %s', async (_operation, toPath) => {
    const path = await toPath();
    const packed = { accept: 'application/msgpack' };
    const tags = new Set<string | null>();
    for (const format of [{}, packed]) {
      const first = await sendUndocumented(app, path, { as: ana, headers: format });
      const tag = tagOf(first)!;
      expect([path, first.status, tag]).toEqual([path, 200, expect.stringMatching(/^(W\/)?"[\w.-]+"$/)]);
      tags.add(tag);
      for (const known of [tag, `"x", ${tag}`, '*']) {
        const again = await sendUndocumented(app, path, { as: ana, headers: { ...format, 'if-none-match': known } });
        expect([path, again.status, again.bytes.length, tagOf(again)]).toEqual([path, 304, 0, tag]);
        for (const name of ['cache-control', 'link']) {
          expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
        }
        expect(again.headers.get('vary')).toBe('Authorization, Accept, Origin, accept-encoding');
        expect(again.headers.has('content-type')).toBe(false);
      }
      const head = await sendUndocumented(app, path, { as: ana, method: 'HEAD', headers: format });
      expect([path, head.status, tagOf(head)]).toEqual([path, 200, tag]);
      const known = { ...format, 'if-none-match': tag };
      expect((await sendUndocumented(app, path, { as: ana, method: 'HEAD', headers: known })).status).toBe(304);
      const plain = { ...format, 'accept-encoding': 'identity' };
      expect(tagOf(await sendUndocumented(app, path, { as: ana, headers: plain }))).toBe(tag);
    }
    expect(tags.size).toBe(2);
    expect((await read(path, { 'if-none-match': '"x"' })).status).toBe(200);
  });
});

describe('the tag of a list', () => {
  it('changes with content, members, roles and the reader', async () => {
    const list = '/api/events';
    const seen = new Set<string | null>();
    const changes: (() => Promise<unknown>)[] = [
      async () => undefined,
      () => ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Weekly' } })),
      () => ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'editor' } })),
      () => ok(createEvent({ client: ben.client, body: { title: 'Mine', ...hourOn(25) } })),
    ];
    for (const change of changes) {
      await change();
      const answer = await read(list, { 'if-none-match': [...seen].at(-1) ?? '"x"' }, ben);
      expect(answer.status).toBe(200);
      seen.add(tagOf(answer));
    }
    expect(seen.size).toBe(changes.length);
    const known = { 'if-none-match': [...seen].join(', ') };
    expect((await read(list, known, ben)).status).toBe(304);
    expect((await read(list, known, ana)).status).toBe(200);
  });

  it('is not on a problem, a write or an answer with tokens, and never turns them into a 304', async () => {
    const any = { 'if-none-match': '*' };
    const login = { username: ana.username, password: ana.password };
    const answers = [
      await read('/api/events/0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11', any),
      await read('/api/events?limit=x', any),
      await send(app, '/api/auth/login', { body: login, headers: any }),
      await send(app, '/api/notifications/read-all', { as: ana, body: {}, headers: any }),
      await read('/health/live', any),
      await sendUndocumented(app, '/api/changes/stream', { as: ana, method: 'HEAD', headers: any }),
    ];
    expect(answers.map((answer) => [answer.status, tagOf(answer)])).toEqual([
      [404, null],
      [422, null],
      [200, null],
      [200, null],
      [200, null],
      [200, null],
    ]);
  });

  it('differs between JSON and plain text', async () => {
    const path = `/api/events/${id}/diff/1/2`;
    const text = await read(path, { accept: 'text/plain' });
    expect(text.headers.get('content-type')).toContain('text/plain');
    expect(tagOf(text)).toMatch(/^W\//);
    expect(tagOf(text)).not.toBe(tagOf(await read(path)));
    const known = { accept: 'text/plain', 'if-none-match': tagOf(text)! };
    expect((await read(path, known)).status).toBe(304);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checksums } from '../support/checksums.js';
import { createMeeting, share } from '../support/meetings.js';
import { complaints, send, type WireAnswer } from '../support/requests.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let id: string;
let before: Record<string, string>;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
  const ben = await app.signUp('ben');
  ({ id } = await createMeeting(ana, { show_as: 'free' }));
  await share(ana, id, ben, 'viewer');
});
afterAll(() => app.close());
beforeEach(async () => void (before = await checksums(app.database)));

/** Expects a refusal with its reason, and that nothing was stored. */
async function expectRefused(answer: WireAnswer, status: number, ...what: string[]): Promise<void> {
  expect([answer.status, ...complaints(answer.json), answer.json.code]).toEqual([status, ...what]);
  expect(await checksums(app.database)).toEqual(before);
}

const INVALID = 'validation_failed';

describe('an odd If-Match', () => {
  it.each(['', 'x', '"', '"x"', '"-1"', '"1."', '"1.x"', '"1.5.5"', '"1" "2"', '*, "1"', '"9999999999"', '"é"'])(
    'is refused: %s',
    async (tag) => {
      const request = { as: ana, body: { title: 'x' }, headers: { 'if-match': tag } };
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const answer = await send(app, `/api/events/${id}`, {
          ...request,
          method,
          ...(method === 'DELETE' ? { body: undefined } : {}),
        });
        await expectRefused(answer, 422, '/header/if-match invalid', INVALID);
      }
    },
  );

  it.each(['"0"', '"2"', '"999999999"'])('is stale when there is no such version: %s', async (tag) => {
    const request = { as: ana, method: 'PUT', body: { title: 'x' }, headers: { 'if-match': tag } };
    await expectRefused(await send(app, `/api/events/${id}`, request), 412, 'stale_version');
  });

  it('is not made worse by an odd Prefer', async () => {
    for (const prefer of ['=', ',,;;', 'handling', 'handling="', 'x'.repeat(4_000)]) {
      const request = {
        as: ana,
        method: 'PUT',
        body: { title: 'Team Meeting' },
        headers: { 'if-match': '"1"', prefer },
      };
      expect((await send(app, `/api/events/${id}`, request)).status).toBe(200);
    }
    expect(await checksums(app.database)).toEqual(before);
  });
});

describe('an odd version or position', () => {
  const PATHS: [string, string, string][] = [
    ['GET', 'history/:n', 'version'],
    ['POST', 'rollback/:n', 'version'],
    ['POST', 'revert/:n', 'version'],
    ['POST', 'changelog/:n/undo', 'position'],
    ['GET', 'diff/:n/1', 'v1'],
    ['GET', 'diff/current/:n', 'v2'],
  ];

  it.each(PATHS)('is refused by %s …/%s', async (method, path, name) => {
    const ask = (text: string): Promise<WireAnswer> =>
      send(app, `/api/events/${id}/${path.replace(':n', encodeURIComponent(text))}`, { as: ana, method });
    const odd = [
      '-1',
      '1.0',
      '1e3',
      '0x1',
      ' 1',
      '01',
      '٣',
      '\0',
      "1'--",
      '1/2',
      '1000000000',
      ...(method === 'POST' ? ['0', 'current'] : []),
    ];
    for (const text of odd) await expectRefused(await ask(text), 422, `/path/${name} invalid`, INVALID);
    for (const text of ['9', '999999999']) await expectRefused(await ask(text), 404, 'not_found');
  });

  it('undoes neither the creation nor changes that need another role', async () => {
    for (const [path, pointer] of [
      ['revert/1', '/path/version'],
      ['changelog/1/undo', '/path/position'],
    ] as const) {
      const answer = await send(app, `/api/events/${id}/${path}`, { as: ana, method: 'POST' });
      await expectRefused(answer, 422, `${pointer} not_allowed`, INVALID);
    }
  });
});

describe('odd fields of a rollback', () => {
  it.each([
    [[], 'too_short'],
    [['owner'], 'not_allowed'],
    [['deleted'], 'not_allowed'],
    [['__proto__'], 'not_allowed'],
    [[null], 'not_allowed'],
    [[['title']], 'not_allowed'],
    [Array(1_000).fill('title'), 'too_many'],
    ['title', 'invalid'],
    [{}, 'invalid'],
    [null, 'invalid'],
  ])('are refused: %j', async (fields, code) => {
    const answer = await send(app, `/api/events/${id}/rollback/1`, { as: ana, body: { fields } });
    await expectRefused(answer, 422, `/fields ${code}`, INVALID);
  });

  it('may name one twice, in any case', async () => {
    const answer = await send(app, `/api/events/${id}/rollback/1`, { as: ana, body: { fields: ['title', 'TITLE'] } });
    expect([answer.status, answer.json.version]).toEqual([200, 1]);
    expect(await checksums(app.database)).toEqual(before);
  });
});

describe('an odd as_of', () => {
  it.each([
    ['', 'not_an_instant'],
    ['now', 'not_an_instant'],
    ['2026-02-30', 'not_an_instant'],
    ['2020-01-01T24:00:00Z', 'not_an_instant'],
    ['2020-01-01T00:00:00+25:00', 'not_an_instant'],
    ['-0001-01-01T00:00:00Z', 'not_an_instant'],
    ['+275760-09-13T00:00:00Z', 'not_an_instant'],
    ['0001-01-01T00:00:00Z', 'not_allowed'],
    ['9999-12-31', 'not_allowed'],
    ['2199-12-31', 'too_large'],
    ['\0', 'invalid'],
  ])('is refused: %j', async (text, code) => {
    for (const path of [`/api/events/${id}`, `/api/events/${id}/permissions`, '/api/events']) {
      const answer = await send(app, `${path}?as_of=${encodeURIComponent(text)}`, { as: ana });
      await expectRefused(answer, 422, `/query/as_of ${code}`, INVALID);
    }
  });

  it('before the event there is nothing, in any spelling of the moment', async () => {
    for (const text of [
      '1900-01-02',
      '2020-01-01T00:00:00+02:00',
      '2020-01-01T00:00:00%2B02:00',
      '2020-01-01T00:00:00.123456789Z',
    ]) {
      await expectRefused(await send(app, `/api/events/${id}?as_of=${text}`, { as: ana }), 404, 'not_found');
      await expectRefused(
        await send(app, `/api/events/${id}/permissions?as_of=${text}`, { as: ana }),
        404,
        'not_found',
      );
      expect((await send(app, `/api/events?as_of=${text}`, { as: ana })).json.items).toEqual([]);
    }
  });
});

describe('an odd Idempotency-Key', () => {
  it.each([' ', 'a\tb', 'é', '\u{ff}', 'k'.repeat(256)])('is refused: %j', async (key) => {
    const request = { as: ana, body: {}, headers: { 'idempotency-key': key } };
    const answer = await send(app, `/api/events/${id}/changelog/2/undo`, request);
    await expectRefused(answer, 422, '/header/idempotency-key invalid', INVALID);
  });
});

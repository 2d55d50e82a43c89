import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEvents, patchEvent } from '../../sdk/generated/sdk.gen.js';
import { foldText } from '../../src/content/fold-text.js';
import { createMeeting, hourOn } from '../support/meetings.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

const STORED = ['Café du Monde', 'ΟΔΥΣΣΕΥΣ', 'Größe', 'Board\u00a0 meeting', '全角ＡＢＣ', 'İzmir', 'naïve ﬁle'];

describe('q and location', () => {
  it.each([
    ['cafe\u0301 DU monde', STORED[0]],
    ['οδυσσεύς'.replace('ύ', 'υ'), STORED[1]],
    ['οδυσσευσ', STORED[1]],
    ['δυσσευς', STORED[1]],
    ['GRO\u0308ßE', STORED[2]],
    ['board meeting', STORED[3]],
    [' board\t\u2003meeting ', STORED[3]],
    ['abc', STORED[4]],
    ['izmir', STORED[5]],
    ['İZMİR', STORED[5]],
    ['NAI\u0308VE file', STORED[6]],
  ])('%j finds %j in a title, in a location and in one occurrence', async (text, stored) => {
    const person = await app.signUp('searcher');
    const series = { recurrence_pattern: 'FREQ=DAILY;COUNT=3', show_as: 'free' as const };
    const titled = await createMeeting(person, { title: `x${stored}x`, show_as: 'free' });
    const placed = await createMeeting(person, { location: `x${stored}x`, show_as: 'free' });
    const daily = await createMeeting(person, series);
    const query = { occurrence: hourOn(1).start_time, scope: 'this' as const };
    await ok(patchEvent({ client: person.client, path: { id: daily.id }, query, body: { location: stored! } }));
    await createMeeting(person, { title: 'Something else', show_as: 'free' });

    const find = async (filter: object): Promise<string[]> =>
      (await ok(listEvents({ client: person.client, query: filter }))).items.map(({ id }) => id).sort();
    expect(await find({ q: text })).toEqual([titled.id, placed.id, daily.id].sort());
    expect(await find({ location: text })).toEqual([placed.id, daily.id].sort());
    const window = { from: '2026-06-01', to: '2026-06-09', expand: true };
    expect(await find({ q: text, ...window })).toEqual([titled.id, placed.id, daily.id].sort());
  });

  it('are folded by the database as by the server', async () => {
    const samples = [...STORED, ...STORED.map((text) => text.toUpperCase()), 'a\r\n\u0085\u1680\u2028b', 'ǅ ẞ K Å', '']; // prettier-ignore
    const rows = await app.database.query<{ folded: string }>(
      `SELECT fold_text(sample) AS folded FROM unnest($1::text[]) WITH ORDINALITY AS s (sample, place) ORDER BY place`,
      [samples],
    );
    expect(rows.map(({ folded }) => folded)).toEqual(samples.map(foldText));
  });

  it('tell letters from others, and treat patterns as text', async () => {
    await createMeeting(ana, { title: 'résumé 100%', show_as: 'free' });
    const count = async (q: string): Promise<number> =>
      (await ok(listEvents({ client: ana.client, query: { q } }))).items.length;
    expect([await count('resume'), await count('100%'), await count('1_0'), await count('é 1')]).toEqual([0, 1, 0, 1]);
  });
});

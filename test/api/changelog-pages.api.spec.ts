import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listChangelog, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { createMeeting } from '../support/meetings.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

// What an entry says depends on the version before it, which may be on the same page, on another, or filtered out.

let app: TestApp;
let ana: Person;
let id: string;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
  const ben = await app.signUp('ben');
  ({ id } = await createMeeting(ana, { title: 'Title 0' }));
  const path = { id };
  // More than are read at once, some with a text that versions refer to.
  for (let number = 1; number <= 110; number += 1) {
    const isLong = number % 10 === 0;
    const body =
      number % 3 === 0
        ? { location: `Room ${number}`, ...(isLong ? { description: `${number} `.repeat(300) } : {}) }
        : { title: `Title ${number}` };
    await ok(updateEvent({ client: ana.client, path, body }));
    if (number % 8 === 1) await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'viewer' } }));
    if (number % 8 === 5) await revokePermission({ client: ana.client, path: { id, userId: ben.id } });
  }
});
afterAll(() => app.close());

type Query = NonNullable<Parameters<typeof listChangelog>[0]['query']>;

async function readAll(query: Query): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await ok(listChangelog({ client: ana.client, path: { id }, query: { ...query, cursor } }));
    items.push(...page.items);
    if (!page.next_cursor) return items;
    cursor = page.next_cursor;
  }
}

describe.each<[string, Query]>([
  ['of everything', {}],
  ['of a field', { field: 'title' }],
  ['of a kind', { kind: 'updated' }],
  ['of another field', { field: 'location' }],
])('a changelog %s', (_name, filter) => {
  it('says the same of an entry on pages of any size, in both orders', async () => {
    // Read with nothing but itself: the version before is on no page.
    const single = await readAll({ ...filter, limit: 1 });
    expect(single.length).toBeGreaterThan(10);
    for (const limit of [7, 200]) expect(await readAll({ ...filter, limit })).toEqual(single);
    for (const limit of [2, 200]) {
      expect(await readAll({ ...filter, limit, order: 'desc' })).toEqual(single.toReversed());
    }
    const numbered = [];
    for (let page = 1; numbered.length < single.length; page += 1) {
      const query = { ...filter, page, page_size: 20, order: 'desc' as const };
      numbered.push(...(await ok(listChangelog({ client: ana.client, path: { id }, query }))).items);
    }
    expect(numbered).toEqual(single.toReversed());
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEvent } from '../../sdk/generated/sdk.gen.js';
import type { NewStreamItem } from '../../src/notifications/stream-item.js';
import { StreamsRepository } from '../../src/notifications/streams.repository.js';
import { newId } from '../../src/platform/database/new-id.js';
import { Transactions } from '../../src/platform/database/transactions.js';
import { NO_REQUEST } from '../../src/platform/tracing/request-origin.js';
import { slot } from '../support/calls.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let eventId: string;
let ana: Person;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
  eventId = (await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }))).id;
});
afterAll(() => app.close());

/** Returns one item per change for a person. The title names the change. */
const itemsOf = (person: Person, changes: number[]): NewStreamItem[] =>
  changes.map((change) => ({
    ...{ userId: person.id, id: newId(), type: 'event_updated', eventId, eventTitle: `Change ${change}`, version: 2 },
    ...{ actorId: ana.id, changed: ['title'], members: null, summary: null, createdAt: new Date(), readAt: null },
  }));

// A statement writes up to 1,000 items. That of one change numbers a stream by one; a part that ends another stream must not.
it.each([1, 2, 3, 999, 1_000, 1_001, 1_002, 2_001])('%d changes are numbered without a gap', async (count) => {
  const [ben, cleo] = [await app.signUp(`ben${count}`), await app.signUp(`cleo${count}`)];
  const changes = Array.from({ length: count }, (_, index) => index + 1);
  const [ofBen, ofCleo] = [itemsOf(ben, changes), itemsOf(cleo, [count])];
  const itemsOfChanges = changes.map((change) => [ofBen[change - 1]!, ...(change === count ? ofCleo : [])]);
  const streams = app.app.get(StreamsRepository, { strict: false });
  await app.app
    .get(Transactions, { strict: false })
    .run(NO_REQUEST, (tx) => streams.append(tx, itemsOfChanges, () => undefined));

  const read = (person: Person): Promise<object[]> =>
    app.database.query('SELECT seq::int, event_title AS title FROM notifications WHERE user_id = $1 ORDER BY seq', [
      person.id,
    ]);
  expect(await read(ben)).toEqual(changes.map((change) => ({ seq: change, title: `Change ${change}` })));
  expect(await read(cleo)).toEqual([{ seq: 1, title: `Change ${count}` }]);
  const last = await app.database.query(
    'SELECT last_seq::int AS last FROM notification_streams WHERE user_id = ANY ($1) ORDER BY last_seq DESC',
    [[ben.id, cleo.id]],
  );
  expect(last).toEqual([{ last: count }, { last: 1 }]);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, listNotifications, listVersions, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { atOnce, outcome, slot, tally } from '../support/calls.js';
import { expectInvariants } from '../support/invariants.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

describe('20 parallel PUTs to one event', () => {
  it('become versions 2 … 21 and 20 notifications, none missing and none twice', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const event = await ok(createEvent({ client: ana.client, body: { title: 'Start', ...slot(1) } }));
    const path = { id: event.id };
    await ok(shareEvent({ client: ana.client, path, body: { users: [{ user_id: ben.id, role: 'editor' }] } }));

    const answers = await atOnce(20, async (index) => {
      const { client } = index % 2 ? ana : ben;
      // Title and time take different ways through the locks.
      const change = index % 4 < 2 ? { title: `Edit ${index}` } : { title: `Edit ${index}`, ...slot(index) };
      return ok(updateEvent({ client, path, body: change }));
    });
    const numbers = Array.from({ length: 20 }, (_, index) => index + 2);
    expect(answers.map(({ version }) => version).sort((a, b) => a - b)).toEqual(numbers);

    const history = await ok(listVersions({ client: ana.client, path, query: { limit: 50 } }));
    expect(history.items.map(({ version }) => version)).toEqual([...numbers].reverse().concat(1));
    const snapshots = await app.database.query<{ version: number; title: string }>(
      `SELECT version, snapshot ->> 'title' AS title FROM event_versions WHERE event_id = $1 AND version > 1`,
      [event.id],
    );
    // Each answer is what its own request left, not what another one made of it.
    const answered = Object.fromEntries(answers.map(({ version, title }) => [version, title]));
    expect(Object.fromEntries(snapshots.map(({ version, title }) => [version, title]))).toEqual(answered);

    for (const { client } of [ana, ben]) {
      const inbox = await ok(listNotifications({ client, query: { limit: 50 } }));
      const updates = inbox.items.filter(({ type }) => type === 'event_updated');
      expect(updates.map(({ version }) => version)).toEqual([...numbers].reverse());
      expect(inbox.unread_count).toBe(inbox.items.filter(({ read_at: readAt }) => readAt === null).length);
    }
    await expectInvariants(app.database);
  });

  it('that all send version 1 in If-Match: one is stored, and 19 are stale', async () => {
    const ana = await app.signUp('ana');
    const event = await ok(createEvent({ client: ana.client, body: { title: 'Start', ...slot(30) } }));
    const outcomes = await atOnce(20, (index) =>
      outcome(
        updateEvent({
          client: ana.client,
          path: { id: event.id },
          headers: { 'If-Match': '"1"' },
          body: { title: `Edit ${index}` },
        }),
      ),
    );
    expect(tally(outcomes)).toEqual({ 200: 1, 412: 19 });
    for (const { body } of outcomes.filter(({ status }) => status === 412)) expect(body.current_version).toBe(2);
    const versions = await app.database.query(`SELECT 1 FROM event_versions WHERE event_id = $1`, [event.id]);
    expect(versions).toHaveLength(2);
    await expectInvariants(app.database);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, deleteEvent, listEvents, revokePermission, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { foldText } from '../../src/content/fold-text.js';
import { READS } from '../../src/events/reads.js';
import { SEARCHED } from '../../src/events/text-filter.js';
import { TextIndexService } from '../../src/events/text-index.service.js';
import { createMeeting, hourOn, share } from '../support/meetings.js';
import { done } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const due = async (id: string): Promise<number> => {
  const [row] = await app.database.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM event_texts_due WHERE event_id = $1',
    [id],
  );
  return row!.n;
};
const indexed = async (id: string): Promise<{ texts: string; members: string[] } | undefined> => {
  await app.app.get(TextIndexService).indexAll();
  expect(await due(id)).toBe(0);
  const [row] = await app.database.query<{ texts: string; members: string[] }>(
    'SELECT texts, members FROM event_texts WHERE event_id = $1',
    [id],
  );
  return row;
};

describe('the index of texts', () => {
  it('contains every field that q searches, of the event and of its occurrences', async () => {
    const [sources] = await app.database.query<{ texts: string; columns: string[] }>(
      `SELECT pg_get_functiondef('searched_texts'::regproc) AS texts,
              (SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute
                WHERE attrelid = 'events'::regclass AND attnum = ANY (t.tgattr)) AS columns
         FROM pg_trigger t WHERE tgname = 'events_enqueue_texts'`,
    );
    for (const name of SEARCHED) {
      expect(sources!.texts).toContain(`event.${name}`);
      expect(sources!.texts).toContain(`o ->> '${name}'`);
    }
    expect(sources!.columns).toEqual([...SEARCHED, 'overrides'].sort());
  });

  it('follows creations, edits of texts, and changes of members, and nothing else', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const event = await createMeeting(ana, { title: 'Budget', location: 'Room 4' });
    expect(await indexed(event.id)).toEqual({ texts: foldText('Budget\nRoom 4'), members: [ana.id] });

    await ok(updateEvent({ client: ana.client, path: { id: event.id }, body: hourOn(3) }));
    await ok(updateEvent({ client: ana.client, path: { id: event.id }, body: { show_as: 'free' } }));
    await done(deleteEvent({ client: ana.client, path: { id: event.id } }));
    const other = await createMeeting(ana, { title: 'Other', show_as: 'free' });
    expect(await indexed(other.id)).toMatchObject({ texts: foldText('Other') });
    expect(await due(event.id)).toBe(0);

    await share(ana, other.id, ben, 'viewer');
    expect((await indexed(other.id))?.members).toEqual([ana.id, ben.id].sort());
    await ok(updateEvent({ client: ana.client, path: { id: other.id }, body: { description: 'With tea' } }));
    await revokePermission({ client: ana.client, path: { id: other.id, userId: ben.id } });
    expect(await indexed(other.id)).toEqual({ texts: foldText('Other\nWith tea'), members: [ana.id] });
  });

  it('is written by one server at a time', async () => {
    const { id } = await createMeeting(await app.signUp('ana'));
    const client = await app.database.pool.connect();
    try {
      await client.query('BEGIN; SELECT pg_advisory_xact_lock(7203112)');
      await app.app.get(TextIndexService).indexAll();
      expect(await due(id)).toBeGreaterThan(0);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(await indexed(id)).toMatchObject({ texts: foldText('Team Meeting') });
  });

  it('is not waited for: a search finds the texts of now, and no longer those of before', async () => {
    const ana = await app.signUp('ana');
    const usual = { ...READS };
    Object.assign(READS, { searched: 1 });
    try {
      await createMeeting(ana, { title: 'First of all', show_as: 'free' });
      const word = `word-${randomUUID()}`;
      const found = async (q: string, person: Person): Promise<string[]> =>
        (await ok(listEvents({ client: person.client, query: { q } }))).items.map(({ title }) => title);
      const { id } = await ok(
        createEvent({ client: ana.client, body: { title: word, show_as: 'free', ...hourOn(9) } }),
      );
      expect(await found(word, ana)).toEqual([word]);
      await indexed(id);
      expect(await found(word, ana)).toEqual([word]);
      await ok(updateEvent({ client: ana.client, path: { id }, body: { title: `new ${word.slice(0, 20)}` } }));
      expect(await found(word, ana)).toEqual([]);
      expect(await found('NEW WORD', ana)).toHaveLength(1);
      await indexed(id);
      expect(await found(word, ana)).toEqual([]);
      expect(await found('new word', ana)).toHaveLength(1);
    } finally {
      Object.assign(READS, usual);
    }
  });
});

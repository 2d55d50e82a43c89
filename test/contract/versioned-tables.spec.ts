import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { CalendarEvent } from '../../src/content/event.entity.js';
import { createMeeting } from '../support/meetings.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const VERSION_MISSING = /version \d+ of event \S+ is missing from its history/;
const WITHOUT_NEXT = /was written without its next version/;
const NO_OWNER = /has no owner/;

describe('what the database itself refuses', () => {
  let app: TestApp;
  let ana: Person;
  let ben: Person;
  let eventId: string;
  let newId: string;
  let before: string;

  beforeAll(async () => {
    app = await startApp();
    [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    newId = randomUUID();
    const times = { start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
    const body = { title: 'Team meeting', ...times, show_as: 'free' as const };
    eventId = (await ok(createEvent({ client: ana.client, body }))).id;
    await ok(
      shareEvent({ client: ana.client, path: { id: eventId }, body: { users: [{ user_id: ben.id, role: 'editor' }] } }),
    );
    before = await everything();
  });

  /** All rows of the event, and how many there are of any. */
  const everything = async (): Promise<string> =>
    JSON.stringify(
      await app.database.query(
        `SELECT (SELECT jsonb_agg(e) FROM events e WHERE id = $1) AS event,
                (SELECT jsonb_agg(v ORDER BY version) FROM event_versions v WHERE event_id = $1) AS versions,
                (SELECT jsonb_agg(p ORDER BY user_id) FROM event_permissions p WHERE event_id = $1) AS people,
                (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM event_versions) AS all_versions`,
        [eventId],
      ),
    );

  /** Runs the statements in one transaction; where it failed, and why. */
  async function transaction(
    ...statements: [sql: string, ...parameters: unknown[]][]
  ): Promise<{ at: string; why: string }> {
    const client = await app.database.pool.connect();
    try {
      await client.query('BEGIN');
      for (const [sql, ...parameters] of statements) {
        const failure = await client.query(sql, parameters).then(() => null, String);
        if (failure) return { at: sql, why: failure };
      }
      return await client.query('COMMIT').then(
        () => ({ at: 'nowhere', why: '' }),
        (error: unknown) => ({ at: 'COMMIT', why: String(error) }),
      );
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  const INSERT = `INSERT INTO events SELECT (jsonb_populate_record(e, jsonb_build_object('id', $2::text, 'version', 1))).*
    FROM events e WHERE id = $1`;
  // With the content of the event's first version, as its INSERT above copies it.
  const VERSION = `INSERT INTO event_versions (event_id, position, version, kind, author_id, changed, snapshot, created_at, hash)
    SELECT $1, $2::int + 1000, $2, 'updated', $3, '{}', snapshot, now(), sha256('') FROM event_versions WHERE event_id = $4 AND version = 1`;
  const OWNER = `INSERT INTO event_permissions VALUES ($1, $2, 'owner', $2, now())`;

  it('an UPDATE of an event that raises no version, at COMMIT', async () => {
    const { at, why } = await transaction([`UPDATE events SET title = 'Stolen' WHERE id = $1`, eventId]);
    expect({ at, why }).toEqual({ at: 'COMMIT', why: expect.stringMatching(WITHOUT_NEXT) });
    expect(await everything()).toBe(before);
  });

  it('an UPDATE that raises the version and writes no history, at COMMIT', async () => {
    const { at, why } = await transaction([
      `UPDATE events SET title = 'x', version = version + 1 WHERE id = $1`,
      eventId,
    ]);
    expect({ at, why }).toEqual({ at: 'COMMIT', why: expect.stringMatching(VERSION_MISSING) });
    expect(await everything()).toBe(before);
  });

  it('an UPDATE that leaves a hole in the history, at COMMIT', async () => {
    const { at, why } = await transaction(
      [VERSION, eventId, 3, ana.id, eventId],
      [`UPDATE events SET version = 3 WHERE id = $1`, eventId],
    );
    expect({ at, why }).toEqual({ at: 'COMMIT', why: expect.stringMatching(WITHOUT_NEXT) });
    expect(await everything()).toBe(before);
  });

  it('a version number that is there already, at once', async () => {
    const { why } = await transaction([VERSION, eventId, 1, ana.id, eventId]);
    expect(why).toContain('event_versions_pkey');
    expect(await everything()).toBe(before);
  });

  it('an INSERT of an event without its first version, at COMMIT', async () => {
    const { at, why } = await transaction([INSERT, eventId, newId], [OWNER, newId, ana.id]);
    expect({ at, why }).toEqual({ at: 'COMMIT', why: expect.stringMatching(VERSION_MISSING) });
    expect(await everything()).toBe(before);
  });

  it('an INSERT of an event without an owner, at COMMIT', async () => {
    const { at, why } = await transaction([INSERT, eventId, newId], [VERSION, newId, 1, ana.id, eventId]);
    expect({ at, why }).toEqual({ at: 'COMMIT', why: expect.stringMatching(NO_OWNER) });
    expect(await everything()).toBe(before);
  });

  it('accepts an event with version and owner, written in SQL', async () => {
    const done = await transaction(
      [INSERT, eventId, newId],
      [VERSION, newId, 1, ana.id, eventId],
      [OWNER, newId, ana.id],
    );
    expect(done).toEqual({ at: 'nowhere', why: '' });
  });

  it('a DELETE of an event, even together with all that hangs on it', async () => {
    const tables = ['notifications', 'member_changes', 'event_occupancy', 'event_versions', 'event_permissions'];
    const { at, why } = await transaction(
      ...tables.map((table): [string, string] => [`DELETE FROM ${table} WHERE event_id = $1`, eventId]),
      ['DELETE FROM events WHERE id = $1', eventId],
    );
    expect({ at, why }).toEqual({
      at: 'DELETE FROM member_changes WHERE event_id = $1',
      why: expect.stringContaining('permission denied for table member_changes'),
    });
    expect(await everything()).toBe(before);
  });

  it.each(['a free event that nobody else sees', 'a shared event'])('another id for %s, at once', async (which) => {
    const times = { start_time: '2034-01-01T10:00:00Z', end_time: '2034-01-01T11:00:00Z' };
    const lonely = await ok(createEvent({ client: ana.client, body: { title: 'Alone', ...times, show_as: 'free' } }));
    const id = which === 'a shared event' ? eventId : lonely.id;
    const move = `UPDATE events SET id = $2, version = version + 1 WHERE id = $1`;
    const { version } = (
      await app.database.query<{ version: number }>('SELECT version FROM events WHERE id = $1', [id])
    )[0]!;
    const { at, why } = await transaction([VERSION, newId, version + 1, ana.id, id], [move, id, newId]);
    expect({ at, why }).toEqual({ at: move, why: expect.stringContaining('ids of events never change') });
    expect((await app.database.query('SELECT FROM event_versions WHERE event_id = $1', [newId])).length).toBe(0);
  });

  it('another id for a person, even of one without anything else', async () => {
    const cleo = await app.signUp(`cleo${randomUUID().slice(0, 8)}`);
    await app.database.query('DELETE FROM notification_streams WHERE user_id = $1', [cleo.id]);
    await app.database.query('DELETE FROM sessions WHERE user_id = $1', [cleo.id]);
    const { why } = await transaction([`UPDATE users SET id = $2 WHERE id = $1`, cleo.id, randomUUID()]);
    expect(why).toContain('ids of users never change');
  });

  it('an event at a time of another one, when both reject conflicts, at once', async () => {
    const times = { start_time: '2033-01-01T10:00:00Z', end_time: '2033-01-01T11:00:00Z' };
    const later = { start_time: '2033-01-01T11:00:00Z', end_time: '2033-01-01T12:00:00Z' };
    const [one, two] = [await createMeeting(ana, times), await createMeeting(ana, later)];
    const { why } = await transaction([
      `UPDATE event_occupancy SET busy = (SELECT busy FROM event_occupancy WHERE event_id = $1) WHERE event_id = $2`,
      one.id,
      two.id,
    ]);
    expect(why).toContain('event_occupancy_no_overlap');
  });

  it('a second owner, at once', async () => {
    const { why } = await transaction([
      `UPDATE event_permissions SET role = 'owner' WHERE event_id = $1 AND user_id = $2`,
      eventId,
      ben.id,
    ]);
    expect(why).toContain('event_permissions_one_owner_idx');
    expect(await everything()).toBe(before);
  });

  it('time that overlaps other time of the same owner, when both refuse overlaps, at once', async () => {
    const occupy = (id: string, owner: Person, rejects: boolean): [string, ...unknown[]] => [
      `INSERT INTO event_occupancy (event_id, owner_id, busy, rejects, week)
       VALUES ($1, $2, '{[2027-01-01 10:00Z, 2027-01-01 11:00Z)}', $3, repeat('1', 336)::bit(336))`,
      id,
      owner.id,
      rejects,
    ];
    const drop: [string] = ['SELECT 1 / 0'];
    const body = { title: 'Another', start_time: '2026-06-02T10:00:00Z', end_time: '2026-06-02T11:00:00Z' };
    const { id: other } = await ok(createEvent({ client: ana.client, body: { ...body, show_as: 'free' } }));
    const both = await transaction(occupy(eventId, ana, true), occupy(other, ana, true));
    expect(both.why).toContain('event_occupancy_no_overlap');
    for (const second of [occupy(other, ben, true), occupy(other, ana, false)]) {
      expect((await transaction(occupy(eventId, ana, true), second, drop)).why).toContain('division by zero');
    }
  });

  it.each([
    ['is removed', `DELETE FROM event_permissions WHERE event_id = $1 AND role = 'owner'`],
    ['is lowered', `UPDATE event_permissions SET role = 'editor' WHERE event_id = $1 AND role = 'owner'`],
  ])('an event whose owner %s, at COMMIT', async (_what, sql) => {
    const { at, why } = await transaction([sql, eventId]);
    expect({ at, why }).toEqual({ at: 'COMMIT', why: expect.stringMatching(NO_OWNER) });
    expect(await everything()).toBe(before);
  });

  it('a query-builder update and insert, the listeners left aside', async () => {
    const dataSource = app.app.get(DataSource);
    const change = dataSource.transaction((manager) =>
      manager
        .createQueryBuilder()
        .callListeners(false)
        .update(CalendarEvent)
        .set({ title: 'Stolen' })
        .where({ id: eventId })
        .execute(),
    );
    await expect(change).rejects.toThrow(WITHOUT_NEXT);
    const insertion = dataSource.transaction(async (manager) => {
      const event = await manager.findOneByOrFail(CalendarEvent, { id: eventId });
      await manager
        .createQueryBuilder()
        .callListeners(false)
        .insert()
        .into(CalendarEvent)
        .values({ ...event, id: newId })
        .execute();
    });
    await expect(insertion).rejects.toThrow(/missing from its history|has no owner/);
    expect(await everything()).toBe(before);
  });

  it.each([
    [
      'save()',
      (source: DataSource, event: CalendarEvent) => source.manager.save(Object.assign(event, { title: 'Stolen' })),
    ],
    [
      'update()',
      (source: DataSource, { id }: CalendarEvent) => source.manager.update(CalendarEvent, { id }, { title: 'Stolen' }),
    ],
    ['delete()', (source: DataSource, { id }: CalendarEvent) => source.manager.delete(CalendarEvent, { id })],
    ['remove()', (source: DataSource, event: CalendarEvent) => source.manager.remove(event)],
    ['softRemove()', (source: DataSource, event: CalendarEvent) => source.manager.softRemove(event)],
  ])('and other writes that TypeORM offers: %s', async (_name, write) => {
    const dataSource = app.app.get(DataSource);
    const event = await dataSource.manager.findOneByOrFail(CalendarEvent, { id: eventId });
    await expect(Promise.resolve().then(() => write(dataSource, event) as Promise<unknown>)).rejects.toThrow();
    expect(await everything()).toBe(before);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../sdk/generated/client/index.js';
import { createEvent, getEvent, listVersions, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { EventView } from '../../sdk/generated/types.gen.js';
import { atOnce, slot, tally } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Edit, expectNothingLost, versionsIn } from '../support/edits.js';
import { expectInvariants } from '../support/invariants.js';
import { hourOn } from '../support/meetings.js';
import { Chance } from '../support/random.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const CLIENTS = 16;
const EDITS = 60;

let database: TestDatabase;
let servers: [TestApp, TestApp];
let people: Person[];
beforeAll(async () => {
  database = await createDatabase();
  servers = [await startApp({}, database), await startApp({}, database)];
  people = await atOnce(4, () => servers[0].signUp('writer'));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

/** Thousands of calls: their answers are held against the OpenAPI document elsewhere. */
const clientOf = (index: number): Person['client'] =>
  createClient({ baseUrl: servers[index % 2]!.url, auth: people[index % people.length]!.accessToken });

async function shared(body: Parameters<typeof createEvent>[0]['body']): Promise<EventView> {
  const [owner, ...editors] = people;
  const event = await ok(createEvent({ client: owner!.client, body }));
  const users = editors.map(({ id }) => ({ user_id: id, role: 'editor' as const }));
  await ok(shareEvent({ client: owner!.client, path: { id: event.id }, body: { users } }));
  return event;
}

interface Answer {
  status: number;
  edit: Edit;
  strict: boolean;
  merged: string | null;
  problem?: { current_version?: number; clashes?: { field: string; base: unknown; theirs: unknown; yours: unknown }[] };
}

const FIELDS = ['title', 'description', 'location', 'times'] as const;

/** Values that nobody else sends, for one field or several. */
function change(chance: Chance, mark: number): Edit['set'] {
  const fields = FIELDS.filter(() => chance.below(8) === 0);
  if (fields.length === 0) fields.push(chance.pick(FIELDS));
  return Object.assign(
    {},
    ...fields.map((field) => (field === 'times' ? wireSlot(mark) : { [field]: `${field} ${mark}` })),
  ) as Edit['set'];
}

function wireSlot(hour: number): { start_time: string; end_time: string } {
  const { start_time, end_time } = slot(hour);
  return { start_time: start_time.replace('.000Z', 'Z'), end_time: end_time.replace('.000Z', 'Z') };
}

describe('16 clients with 60 edits each of one event, half of them made for an old version', () => {
  it('lose nothing: what was acknowledged is there or was overwritten by somebody who saw it', async () => {
    const event = await shared({ title: 'Start', ...slot(0) });
    const path = { id: event.id };
    const work = await atOnce(CLIENTS, async (index) => {
      const [client, chance] = [clientOf(index), new Chance(index)];
      const known = new Map([[event.version, event]]);
      const answers: Answer[] = [];
      const look = async (): Promise<EventView> => {
        const read = await ok(getEvent({ client, path }));
        known.set(read.version, read);
        return read;
      };
      const send = async (read: EventView, set: Edit['set']): Promise<Answer> => {
        // Some send everything back as they read it: that is no change.
        const { title, description, location } = read;
        const body = chance.below(3) === 0 ? { title, description, location, ...set } : set;
        const strict = chance.below(10) === 0;
        const headers = { 'If-Match': `"${read.version}"`, ...(strict ? { Prefer: 'handling=strict' } : {}) };
        const { data, error, response } = await updateEvent({ client, path, body, headers });
        if (data) known.set(data.version, data);
        const edit = { base: read.version, set, made: data?.version ?? null };
        const merged = response.headers.get('convene-merged');
        return { status: response.status, edit, strict, merged, problem: error as Answer['problem'] };
      };
      for (let turn = 0; turn < EDITS; turn += 1) {
        // Half look first, the others go by what they saw some time ago; who is refused looks and tries again.
        const isStale = chance.below(2) === 0;
        const set = change(chance, 1 + index * EDITS + turn);
        const first = await send(isStale ? chance.pick([...known.values()].slice(-4)) : await look(), set);
        answers.push(first);
        if (first.status === 412) answers.push(await send(await look(), set));
      }
      return answers;
    });
    const answers = work.flat();
    const counts = tally(answers);
    expect(Object.keys(counts).sort()).toEqual(['200', '412']);

    const versions = await versionsIn(database, event.id);
    expectNothingLost(
      versions,
      answers.map(({ edit }) => edit),
    );
    for (const { edit, merged, strict } of answers.filter(({ status }) => status === 200)) {
      const before = edit.made! - 1;
      expect(merged, `version ${edit.made}`).toBe(edit.base === before ? null : `${edit.base}..${before}`);
      if (strict) expect(edit.base).toBe(before);
    }
    // A refusal is true as well: somebody really was there first, and each side is quoted as it was.
    for (const { edit, strict, problem } of answers.filter(({ status }) => status === 412)) {
      const [base, theirs] = [versions[edit.base]!, versions[problem!.current_version!]!];
      expect(problem!.current_version).toBeGreaterThan(edit.base);
      if (strict) continue;
      expect(problem!.clashes!.length).toBeGreaterThan(0);
      for (const clash of problem!.clashes!) {
        const field = clash.field as keyof typeof base;
        const { regions: _regions, ...values } = clash as typeof clash & { regions?: unknown };
        expect(values).toEqual({ field, base: base[field], theirs: theirs[field], yours: edit.set[field] });
        expect([theirs[field], edit.set[field]]).not.toContainEqual(base[field]);
      }
    }
    const mergedOver = answers.filter(({ merged }) => merged !== null).length;
    expect(mergedOver).toBeGreaterThan(100);
    expect(counts[412]).toBeGreaterThan(100);
    expect(answers.length).toBeGreaterThan(CLIENTS * EDITS);
    const { deleted: _deleted, ...latest } = versions.at(-1)!;
    expect(await ok(getEvent({ client: clientOf(0), path }))).toMatchObject(latest);
    await expectInvariants(database);
  });
});

describe('16 clients who change occurrences of one series, all as they were in version 1', () => {
  const DAYS = 10;

  it('win one occurrence each, and nobody takes it from them', async () => {
    const body = { title: 'Daily', ...hourOn(200), recurrence_pattern: `FREQ=DAILY;COUNT=${DAYS}` };
    const event = await shared({ ...body, show_as: 'free' });
    const path = { id: event.id };
    const answers = await atOnce(CLIENTS * 4, async (index) => {
      const day = index % DAYS;
      const { data, response } = await updateEvent({
        client: clientOf(index),
        path,
        query: { occurrence: hourOn(200 + day).start_time, scope: 'this' },
        headers: { 'If-Match': '"1"' },
        body: { title: `Client ${index}` },
      });
      return { day, status: response.status, title: `Client ${index}`, version: data?.version };
    });
    expect(tally(answers)).toEqual({ 200: DAYS, 412: CLIENTS * 4 - DAYS });
    const winners = answers.filter(({ status }) => status === 200).sort((a, b) => a.day - b.day);
    expect(winners.map(({ day }) => day)).toEqual(Array.from({ length: DAYS }, (_, day) => day));
    const { overrides, version } = await ok(getEvent({ client: clientOf(0), path }));
    expect(overrides.map(({ title }) => title)).toEqual(winners.map(({ title }) => title));
    expect(version).toBe(DAYS + 1);
    const history = await ok(listVersions({ client: clientOf(0), path }));
    expect(history.items.map(({ changed }) => changed)).toEqual([
      ...Array.from({ length: DAYS }, () => ['overrides']),
      expect.arrayContaining(['title']),
    ]);
    await expectInvariants(database);
  });
});

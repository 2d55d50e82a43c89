import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  createEvents,
  deleteEvent,
  restoreEvent,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventView } from '../../sdk/generated/types.gen.js';
import { atOnce, outcome, type Outcome, tally } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { Chance } from '../support/random.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

const CLIENTS = 32;
const SLOTS = 50;

let database: TestDatabase;
let servers: TestApp[];
beforeAll(async () => {
  database = await createDatabase();
  servers = [await startApp({}, database), await startApp({}, database)];
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

/** Ten hours of five weekdays, in one of four weeks: series of the first meet single events of the others. */
function slotTimes(slot: number, week = 0): { start_time: string; end_time: string } {
  const at = (hour: number): string =>
    new Date(Date.UTC(2030, 5, 3 + (slot % 5) + 7 * week, hour)).toISOString().replace('.000Z', 'Z');
  const hour = 8 + Math.floor(slot / 5);
  return { start_time: at(hour), end_time: at(hour + 1) };
}

interface Owner {
  person: Person;
  clients: Person['client'][];
  known: EventView[];
}

/** One client of one of the people, on one of the servers. */
interface Turn {
  chance: Chance;
  client: Person['client'];
  /** The others, to share with and to hand over to. */
  others: Owner[];
  /** What he owns, as far as his clients know; another one may just have changed that. */
  known: EventView[];
  slot: number;
}

const single = ({ chance, slot }: Turn): CreateEventBody => ({
  title: 'Single',
  ...slotTimes(slot, chance.below(4)),
  on_conflict: chance.below(12) === 0 ? 'allow' : 'reject',
});

const series = ({ chance, slot }: Turn): CreateEventBody => ({
  title: 'Series',
  ...slotTimes(slot),
  recurrence_pattern: chance.pick([
    'FREQ=WEEKLY;COUNT=4',
    'FREQ=WEEKLY;COUNT=3',
    'FREQ=WEEKLY;INTERVAL=2',
    'FREQ=MONTHLY',
  ]),
  on_conflict: chance.pick(['reject', 'reject', 'skip']),
});

const create = ({ client }: Turn, body: CreateEventBody): Promise<Outcome> => outcome(createEvent({ client, body }));

async function createBatch(turn: Turn): Promise<Outcome> {
  const other = { ...turn, slot: (turn.slot + 7) % SLOTS };
  return outcome(createEvents({ client: turn.client, body: { events: [single(turn), series(other)] } }));
}

/** Somewhere in the middle of a series: from there on at another hour, or only under another title. */
function split({ chance, client, known, slot }: Turn): Promise<Outcome> {
  const event = chance.pick(known);
  const start = Date.parse(event.start_time) + 7 * 86_400_000 * (1 + chance.below(2));
  const query = { occurrence: new Date(start).toISOString(), scope: 'following' as const };
  const week = 1 + Math.floor((start - Date.UTC(2030, 5, 10)) / (7 * 86_400_000));
  const body = chance.below(2) === 0 ? { title: `Tail at ${slot}` } : slotTimes(slot, week);
  return outcome(updateEvent({ client, path: { id: event.id }, query, body }));
}

function moveOne({ chance, client, known, slot }: Turn): Promise<Outcome> {
  const event = chance.pick(known);
  const query = { occurrence: event.start_time, scope: 'this' as const };
  return outcome(updateEvent({ client, path: { id: event.id }, query, body: slotTimes(slot, chance.below(4)) }));
}

async function transferOwnership({ chance, client, known, others }: Turn): Promise<Outcome> {
  const event = chance.pick(known);
  const other = chance.pick(others);
  const userId = other.person.id;
  const users = [{ user_id: userId, role: 'editor' as const }];
  const shared = await outcome(shareEvent({ client, path: { id: event.id }, body: { users } }));
  if (shared.status !== 200) return shared;
  const changed = await outcome(changeRole({ client, path: { id: event.id, userId }, body: { role: 'owner' } }));
  if (changed.status === 200) other.known.push(...known.splice(known.indexOf(event), 1));
  return changed;
}

const WRITES: ((turn: Turn) => Promise<Outcome>)[] = [
  (turn) => create(turn, single(turn)),
  (turn) => create(turn, single(turn)),
  (turn) => create(turn, series(turn)),
  (turn) => create(turn, series(turn)),
  createBatch,
  split,
  split,
  moveOne,
  transferOwnership,
  ({ chance, client, known }) =>
    outcome(rollbackEvent({ client, path: { id: chance.pick(known).id, version: 1 + chance.below(3) }, body: {} })),
  ({ chance, client, known }) => outcome(deleteEvent({ client, path: { id: chance.pick(known).id } })),
  ({ chance, client, known }) => outcome(restoreEvent({ client, path: { id: chance.pick(known).id }, body: {} })),
];

describe('32 clients after 50 slots with every kind of write', () => {
  it.each([
    ['one server', 1],
    ['two servers over one database', 2],
  ])('never win the same time twice, and every loser is told what was in the way: %s', async (_name, count) => {
    const people = await atOnce(4, () => servers[0]!.signUp('owner'));
    const owners = people.map((person): Owner => ({
      person,
      clients: servers.slice(0, count).map((server) => server.client(person.accessToken)),
      known: [],
    }));
    const outcomes = await atOnce(CLIENTS, async (index) => {
      const chance = new Chance(index * 2 + count);
      const owner = owners[index % owners.length]!;
      const others = owners.filter((other) => other !== owner);
      const results: Outcome[] = [];
      // Each client begins somewhere else and passes through all slots.
      for (let turn = 0; turn < SLOTS; turn += 1) {
        const { clients, known } = owner;
        const write = known.length < 3 ? (first: Turn) => create(first, series(first)) : chance.pick(WRITES);
        const slot = (index * 11 + turn) % SLOTS;
        const result = await write({ chance, client: clients[turn % clients.length]!, others, known, slot });
        results.push(result);
        // The tail of a split is an event of its own.
        const created = 'version' in result.body && result.body['version'] === 1;
        if (created) known.push(result.body as unknown as EventView);
      }
      return results;
    });

    const counts = tally(outcomes.flat());
    const refusals = outcomes.flat().filter(({ status }) => status === 409);
    expect(Object.keys(counts).filter((status) => !/^(200|201|204|403|404|410|409|422)$/.test(status))).toEqual([]);
    for (const { body } of refusals) {
      expect(body).toMatchObject({ code: expect.stringMatching(/^(event_conflict|owner_required|later_changes)$/) });
      if (body['code'] === 'event_conflict') expectRealClashes(body['conflicts'] as Clash[]);
    }
    expect(counts[201]).toBeGreaterThan(SLOTS);
    expect(refusals.length).toBeGreaterThan(SLOTS);
    const [kinds] = await database.query<Record<string, number>>(
      `SELECT count(*) FILTER (WHERE kind = 'split')::int AS splits,
              count(*) FILTER (WHERE kind = 'rolled_back')::int AS rollbacks,
              count(*) FILTER (WHERE kind = 'restored')::int AS restored,
              (SELECT count(*)::int FROM member_changes WHERE kind = 'ownership_transferred') AS handovers
         FROM event_versions`,
    );
    for (const [kind, times] of Object.entries(kinds!)) expect(times, kind).toBeGreaterThan(0);
    await expectInvariants(database);
  });
});

interface Clash {
  start_time: string;
  end_time: string;
  with: { start_time: string; end_time: string };
}

function expectRealClashes(conflicts: Clash[]): void {
  expect(conflicts.length).toBeGreaterThan(0);
  for (const { start_time, end_time, with: ours } of conflicts) {
    expect(start_time < ours.end_time && ours.start_time < end_time).toBe(true);
  }
}

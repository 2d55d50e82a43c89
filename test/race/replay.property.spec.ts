import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  deleteEvent,
  getEvent,
  restoreEvent,
  revokePermission,
  rollbackEvent,
  shareEvent,
  undoChange,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { createClient } from '../../sdk/generated/client/index.js';
import type { EventView } from '../../sdk/generated/types.gen.js';
import { formatProblem, verifyHistory } from '../../src/history/verify-history.js';
import { outcome, type Outcome } from '../support/calls.js';
import { expectInvariants } from '../support/invariants.js';
import { hourOn } from '../support/meetings.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

/** More with HISTORY_SECONDS=600. Thousands of histories without a database: test/history. */
const SECONDS = Number(process.env['HISTORY_SECONDS'] ?? 18);

type Speaker = Pick<Person, 'id' | 'client'>;

let app: TestApp;
/** Ana, who is never removed, and two others. */
let people: [Speaker, Speaker, Speaker];
beforeAll(async () => {
  app = await startApp();
  // Thousands of calls: their answers are held against the OpenAPI document elsewhere.
  const speaker = async (name: string): Promise<Speaker> => {
    const { id, accessToken } = await app.signUp(name);
    return { id, client: createClient({ baseUrl: app.url, auth: accessToken }) };
  };
  people = [await speaker('ana'), await speaker('ben'), await speaker('cleo')];
});
afterAll(() => app.close());

interface Step {
  /** Who does it, the owner unless it is one of them, and to whom. */
  by: 0 | 1 | 2 | 'owner';
  to: 0 | 1 | 2;
  /** Which event of the history so far, which occurrence, which version, and what value, all modulo what there is. */
  event: number;
  day: number;
  version: number;
  what: number;
  kind: keyof typeof OPERATIONS;
}

type Operation = (step: Step, client: Person['client'], id: string) => Promise<Outcome>;

const DAYS = 8;
const SERIES = { frequency: 'daily' as const, count: DAYS };
const occurrence = ({ day }: Step): string => hourOn(day % DAYS).start_time;
const role = <T>({ what }: Step, roles: readonly T[]): T => roles[what % roles.length]!;
const userId = ({ to }: Step): string => people[to].id;

const OPERATIONS = {
  rename: (step, client, id) =>
    outcome(updateEvent({ client, path: { id }, body: { title: `Title ${step.what}`, description: null } })),
  describe: (step, client, id) =>
    outcome(updateEvent({ client, path: { id }, body: { description: `Äöü “${step.what}” 🎉`, location: 'Room 4' } })),
  move: (step, client, id) =>
    outcome(
      updateEvent({ client, path: { id }, body: { ...hourOn(step.day % 5, step.what % 20), on_conflict: 'allow' } }),
    ),
  repeat: (step, client, id) =>
    outcome(updateEvent({ client, path: { id }, body: { recurrence_pattern: step.what % 2 ? SERIES : null } })),
  part: (step, client, id) =>
    outcome(
      updateEvent({
        client,
        path: { id },
        query: { occurrence: occurrence(step), scope: role(step, ['this', 'following', 'all'] as const) },
        body: { title: `Part ${step.what}`, on_conflict: 'allow' },
      }),
    ),
  remove: (_step, client, id) => outcome(deleteEvent({ client, path: { id } })),
  removePart: (step, client, id) =>
    outcome(
      deleteEvent({
        client,
        path: { id },
        query: { occurrence: occurrence(step), scope: role(step, ['this', 'following'] as const) },
      }),
    ),
  restore: (_step, client, id) => outcome(restoreEvent({ client, path: { id }, body: { on_conflict: 'allow' } })),
  rollback: (step, client, id) =>
    outcome(rollbackEvent({ client, path: { id, version: 1 + (step.version % 6) }, body: { on_conflict: 'allow' } })),
  undo: (step, client, id) =>
    outcome(undoChange({ client, path: { id, position: 2 + (step.version % 10) }, body: { on_conflict: 'allow' } })),
  share: (step, client, id) =>
    outcome(
      shareEvent({
        client,
        path: { id },
        body: { users: [{ user_id: userId(step), role: role(step, ['viewer', 'editor'] as const) }] },
      }),
    ),
  changeRole: (step, client, id) =>
    outcome(
      changeRole({
        client,
        path: { id, userId: userId(step) },
        body: { role: role(step, ['viewer', 'editor', 'owner'] as const), on_conflict: 'allow' },
      }),
    ),
  revoke: (step, client, id) =>
    step.to === 0
      ? Promise.resolve({ status: 422, body: {} })
      : outcome(revokePermission({ client, path: { id, userId: userId(step) } })),
} satisfies Record<string, Operation>;

const number = fc.nat({ max: 60 });
const person = fc.constantFrom(0 as const, 1 as const, 2 as const);
const step: fc.Arbitrary<Step> = fc.record({
  by: fc.oneof({ weight: 1, arbitrary: person }, { weight: 4, arbitrary: fc.constant('owner' as const) }),
  to: person,
  event: number,
  day: number,
  version: number,
  what: number,
  kind: fc.constantFrom(
    ...(Object.keys(OPERATIONS) as Step['kind'][]),
    'part',
    'restore',
    'rollback',
    'undo',
    'changeRole',
  ),
});

const counts: Partial<Record<Step['kind'] | 'split' | 'looked back', number>> = {};
const KINDS = ['split', 'looked back', ...Object.keys(OPERATIONS)] as (keyof typeof counts)[];
const count = (what: keyof typeof counts): number => (counts[what] = (counts[what] ?? 0) + 1);

const seen = async (id: string, as_of?: string): Promise<EventView | null> => {
  const { data } = await getEvent({ client: people[0].client, path: { id }, query: { as_of } });
  return data ?? null;
};

/** What of an event depends on the moment alone, and not on the rights of today. */
const ofMoment = ({ role: _role, can: _can, ...rest }: EventView): object => rest;

/** Does it all, notes what Ana sees after each step, and holds replay and time travel against that. */
async function live(steps: Step[]): Promise<void> {
  const client = people[0].client;
  const body = { title: 'Standup', ...hourOn(0), show_as: 'free' as const };
  const { id } = await ok(createEvent({ client, body: { ...body, recurrence_pattern: SERIES } }));
  const share = { users: people.slice(1).map((other) => ({ user_id: other.id, role: 'editor' as const })) };
  await ok(shareEvent({ client, path: { id }, body: share }));
  const ids = [id];
  const memories: { id: string; as_of: string; event: EventView }[] = [];
  for (const each of steps) {
    const target = ids[each.event % ids.length]!;
    const owner = memories.findLast((memory) => memory.id === target)?.event.owner.id ?? people[0].id;
    const actor = each.by === 'owner' ? people.find((one) => one.id === owner)! : people[each.by];
    const { status, body: answer } = await OPERATIONS[each.kind](each, actor.client, target);
    expect([200, 204, 403, 404, 409, 410, 422], `${each.kind}: ${JSON.stringify(answer)}`).toContain(status);
    if (status >= 300) continue;
    count(each.kind);
    const { id: tail } = answer as { id?: string };
    if (tail && !ids.includes(tail)) {
      count('split');
      ids.push(tail);
    }
    for (const known of new Set([target, tail ?? target])) {
      const event = await seen(known);
      if (event) memories.push({ id: known, as_of: new Date().toISOString(), event });
    }
  }

  const problems: string[] = [];
  const family = await app.database.query<{ id: string }>(`SELECT id FROM events WHERE series_id = $1`, [id]);
  const { events } = await verifyHistory(
    (sql, parameters) => app.database.query(sql, parameters),
    (problem) => problems.push(formatProblem(problem)),
    family.map((row) => row.id),
  );
  expect(problems).toEqual([]);
  expect(events).toBe(ids.length);

  for (const { id: known, as_of, event } of memories) {
    const past = await seen(known, as_of);
    // Null when the event is in the trash today and Ana no longer owns it.
    if (!past) continue;
    expect(ofMoment(past)).toEqual(ofMoment(event));
    count('looked back');
  }
}

describe('random histories of three people', { timeout: (SECONDS + 900) * 1_000 }, () => {
  it('replay to the current state, and show the state as of each moment', async () => {
    const history = fc.array(step, { minLength: 6, maxLength: 12, size: 'max' });
    const deadline = Date.now() + SECONDS * 1_000;
    let lived = 0;
    // However slow the machine is.
    const isEnough = (): boolean => lived > 20 && KINDS.every((kind) => (counts[kind] ?? 0) > 0);
    await fc.assert(
      fc.asyncProperty(fc.tuple(history, history, history, history), async (histories) => {
        // Not fast-check's own limit, which would leave the last run going on behind the back of what follows.
        if (Date.now() > deadline && isEnough()) return;
        await Promise.all(histories.map(live));
        lived += histories.length;
      }),
      { numRuns: SECONDS * 100, endOnFailure: true },
    );
    if (SECONDS > 18) console.log(`${lived} histories`, counts);
    expect(lived).toBeGreaterThan(20);
    for (const kind of KINDS) expect(counts[kind] ?? 0, kind).toBeGreaterThan(0);
    await expectInvariants(app.database);
  });
});

import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import type { Settings } from '../../src/platform/config/settings.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import type { Item } from '../support/live-socket.js';
import { PASSWORD, PlainClient, type PlainPerson } from '../support/plain-client.js';
import { Chance } from '../support/random.js';
import { RedisServer, redisServerPath, unlessMissing } from '../support/redis-server.js';
import { createTeam, revokeEveryone, type Revocation, startSession, type Team } from '../support/revocation-scene.js';
import { SendLog, type SentFrame } from '../support/send-log.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { type Received, Watcher } from '../support/watcher.js';

const SEED = Number(process.env['REVOCATIONS_SEED'] ?? Date.now() % 1_000_000);

/** The moment from which a revocation has taken effect, and nothing may be sent. */
interface Moment {
  /** Position in the log. */
  mark: number;
  /** When its response arrived, in milliseconds since 1970. */
  time: number;
  received: Received;
}

let database: TestDatabase;
let servers: TestApp[];
let log: SendLog;
let watchers: Watcher[];
beforeEach(async () => {
  [database, servers, log, watchers] = [await createDatabase(), [], new SendLog(), []];
});
afterEach(async () => {
  await stopWatching();
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

async function start(count: number, settings: Partial<Settings> = {}): Promise<void> {
  for (let n = 0; n < count; n += 1) servers.push(await startApp({ databasePoolSize: 10, ...settings }, database));
  for (const server of servers) log.watch(server);
}

/** The server that receives the writes; the connections are on the other one, if there is one. */
const here = (): PlainClient => new PlainClient(servers[0]!.url);
const there = (): PlainClient => new PlainClient(servers.at(-1)!.url);

async function watch({ id }: PlainPerson, token: string, kinds: readonly (typeof LIVE_KINDS)[number][]): Promise<void> {
  const fresh = kinds.map((kind, index) => {
    const chance = new Chance(SEED + 5_000 + watchers.length + index);
    return new Watcher(id, kind, there().url, token, chance);
  });
  watchers.push(...fresh);
  await Promise.all(fresh.map((watcher) => watcher.start()));
}

/** Stops all watchers. What they received stays known. */
async function stopWatching(): Promise<void> {
  await Promise.all(watchers.map((watcher) => watcher.stop()));
}

/**
 * Lets the clients read what their operating system had received before the response: one turn of the event loop reads from
 * every socket. Frames that are sent meanwhile are in the log.
 */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await turn();
}

/** @param graceMs how long another server has in any case; a machine with much to do may take longer to poll */
async function takeMoment(userId: string, graceMs: number): Promise<Moment> {
  const time = Date.now();
  if (graceMs > 0) await Promise.all([sleep(graceMs), log.untilPolled(servers.at(-1)!)]);
  const mark = log.mark();
  await settle();
  const own = watchers.filter((watcher) => watcher.userId === userId);
  return { mark, time, received: new Map(own.flatMap((watcher) => [...watcher.received()])) };
}

/** Returns the ids of items about the end of the recipient's own access, which may be sent at any time. */
async function listOwnItems(): Promise<Set<string>> {
  const rows = await database.query<{ id: string }>(
    `SELECT id FROM notifications WHERE type = 'access_revoked' AND members #>> '{named,0,userId}' = user_id::text`,
  );
  return new Set(rows.map(({ id }) => id));
}

interface Outcome {
  revocations: Map<string, Moment>;
  sessionEnds: Map<string, Moment>;
  seconds: number;
  edits: number;
}

/** Revokes all access; meanwhile ends the other sessions, and erases the users who are leaving. */
async function revokeAll(teams: Team[], graceMs: number): Promise<Outcome> {
  const [revocations, sessionEnds] = [new Map<string, Moment>(), new Map<string, Moment>()];
  const pending: Promise<void>[] = [];
  const record = (moments: Map<string, Moment>, key: string, userId: string): void => {
    pending.push(takeMoment(userId, graceMs).then((moment) => void moments.set(key, moment)));
  };
  const revoke = async ({ event, person, by }: Revocation): Promise<void> => {
    const path = `/api/events/${event.id}`;
    const { status } = await here().call('DELETE', `${path}/permissions/${person.id}`, { token: by.token });
    record(revocations, `${person.id} ${event.id}`, person.id);
    expect(status).toBe(204);
    expect((await there().call('GET', path, { token: person.token })).status).toBe(404);
  };
  const end = async (person: PlainPerson, index: number): Promise<void> => {
    const session = await startSession(here(), person);
    const { token } = session;
    await watch(person, token, [LIVE_KINDS[index % 3]!]);
    await sleep(500 + 400 * index);
    const call =
      index % 3 === 0
        ? here().call('POST', '/api/auth/logout', { token, body: {} })
        : index % 3 === 1
          ? here().call('DELETE', `/api/auth/sessions/${session.id}`, { token: person.token })
          : here().call('PATCH', '/api/auth/me', {
              token: person.token,
              body: { password: 'another horse 8', current_password: PASSWORD },
            });
    const { status } = await call;
    record(sessionEnds, session.id, person.id);
    expect([200, 204]).toContain(status);
    expect((await here().call('GET', '/api/auth/me', { token })).status).toBe(401);
  };
  const erase = async (person: PlainPerson, index: number): Promise<void> => {
    const { body } = await here().call<{ items: { id: string }[] }>('GET', '/api/auth/sessions', person);
    await sleep(1_500 + 1_000 * index);
    const { token } = person;
    const { status } = await here().call('DELETE', '/api/auth/me', { token, body: { password: PASSWORD } });
    for (const { id } of body.items) record(sessionEnds, id, person.id);
    expect(status).toBe(204);
  };
  const began = Date.now();
  const [{ edits }] = await Promise.all([
    revokeEveryone(teams, here, SEED, revoke),
    ...teams.flatMap(({ online }) => online.map(end)),
    ...teams.flatMap(({ leaving }) => leaving.map(erase)),
  ]);
  const seconds = (Date.now() - began) / 1_000;
  await Promise.all(pending);
  await sleep(300);
  // They would be served again and again while those who were offline catch up.
  await stopWatching();
  return { revocations, sessionEnds, seconds, edits };
}

/** Returns the frames that were sent after the access to their event was revoked, or the session had ended. */
function listSentAfter(outcome: Outcome, own: Set<string>): SentFrame[] {
  return log.sent.filter((frame) => momentsOf(frame, outcome, own).some(({ mark }) => frame.at > mark));
}

/** Returns the longest time from a response to a frame that was on its way, in milliseconds. */
function longestDelay(outcome: Outcome, own: Set<string>): number {
  const delays = log.sent.flatMap((frame) => momentsOf(frame, outcome, own).map(({ time }) => frame.time - time));
  return delays.reduce((longest, delay) => Math.max(longest, delay), 0);
}

/** Returns the moments after which the frame may not be sent. */
function momentsOf({ sessionId, userId, eventId, itemId }: SentFrame, outcome: Outcome, own: Set<string>): Moment[] {
  const session = outcome.sessionEnds.get(sessionId);
  const revocation = own.has(itemId!) ? undefined : outcome.revocations.get(`${userId} ${eventId}`);
  return [session, revocation].filter((moment) => moment !== undefined);
}

/** Returns the items that clients received after the access to their event was revoked. */
function listReceivedAfter({ revocations }: Outcome, own: Set<string>): Item[] {
  return watchers.flatMap((watcher) =>
    [...watcher.items()].flatMap(({ item, isAfter }) => {
      const revocation = revocations.get(`${watcher.userId} ${item.event_id}`);
      return revocation && !own.has(item.id) && isAfter(revocation.received) ? [item] : [];
    }),
  );
}

/** Expects that a user who was offline receives only items about the end of their access, over every transport and by polling. */
async function expectOnlyOwnItems(person: PlainPerson, own: Set<string>): Promise<void> {
  const [stream] = await database.query<{ last: number; ids: string[] }>(
    `SELECT max(seq)::int AS last, array_agg(id::text ORDER BY seq) AS ids FROM notifications WHERE user_id = $1`,
    [person.id],
  );
  const expected = stream!.ids.filter((id) => own.has(id));
  for (const kind of LIVE_KINDS) {
    const client = await openLive(kind, there().url, person.token, { after: 0 });
    while (client.cursor !== stream!.last) await sleep(10);
    expect(client.items.map(({ id }) => id)).toEqual(expected);
    client.cut();
  }
  const { body } = await there().call<{ items: Item[] }>('GET', '/api/changes?limit=200', { token: person.token });
  expect(body.items.filter(({ id }) => !own.has(id))).toEqual([]);
}

function report(what: string, { revocations, sessionEnds, seconds, edits }: Outcome, more = ''): void {
  const changes = log.sent.filter(({ name }) => name === 'change').length;
  console.log(
    `${what}, seed ${SEED}, ${seconds.toFixed(1)} s: ${revocations.size} revocations, ${sessionEnds.size} ended sessions, ` +
      `${edits} edits, ${Math.round(changes / seconds)} items/s over ${watchers.length} clients${more}`,
  );
}

describe('revocations during a stream of changes', { timeout: 2_700_000 }, () => {
  beforeEach(() => onTestFailed(() => console.error(`REVOCATIONS_SEED=${SEED}`)));

  const createTeams = async (count: number, eventCount: number): Promise<Team[]> => {
    const teams: Team[] = [];
    for (let n = 0; n < count; n += 1) teams.push(await createTeam(here(), eventCount));
    for (const { owner, online, leaving } of teams) {
      for (const person of [owner, ...online, ...leaving]) await watch(person, person.token, LIVE_KINDS);
    }
    return teams;
  };

  it('take effect over every transport as soon as they are answered, 1,000 times', async () => {
    await start(1);
    const teams = await createTeams(2, 50);
    const outcome = await revokeAll(teams, 0);
    expect(outcome.revocations.size).toBe(1_010);
    const own = await listOwnItems();
    expect(listSentAfter(outcome, own)).toEqual([]);
    expect(listReceivedAfter(outcome, own)).toEqual([]);
    for (const { offline } of teams) for (const person of offline) await expectOnlyOwnItems(person, own);
    await expectInvariants(database);
    report('revocations', outcome);
  });

  it.for([
    { bus: 'PostgreSQL', runs: true, withinMs: 1_000 },
    { bus: `Redis${unlessMissing}`, runs: redisServerPath !== undefined, withinMs: 1_000 },
    // The other server then polls every second, and each poll takes some time.
    { bus: 'no bus', runs: true, withinMs: 2_000 },
  ])('take effect in time on another server, over $bus', async ({ bus, runs, withinMs }, { skip }) => {
    skip(!runs);
    const redis = bus === 'Redis' ? await RedisServer.create() : null;
    try {
      await redis?.start();
      const nowhere = 'redis://127.0.0.1:1';
      await start(2, { redisUrl: bus === 'PostgreSQL' ? null : (redis?.url ?? nowhere) });
      const teams = await createTeams(1, 20);
      const outcome = await revokeAll(teams, withinMs);
      expect(outcome.revocations.size).toBe(202);
      const own = await listOwnItems();
      expect(listSentAfter(outcome, own)).toEqual([]);
      expect(listReceivedAfter(outcome, own)).toEqual([]);
      for (const person of teams[0]!.offline) await expectOnlyOwnItems(person, own);
      const longest = longestDelay(outcome, own);
      report(`revocations over ${bus}`, outcome, `; last frame ${longest} ms after a response`);
    } finally {
      await stopWatching();
      await Promise.all(servers.splice(0).map((server) => server.close()));
      await redis?.dispose();
    }
  });
});

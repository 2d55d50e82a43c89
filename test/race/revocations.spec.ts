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
import { anotherSession, type Circle, makeCircle, type Removal, removeEverybody } from '../support/revocation-scene.js';
import { SendLog, type SentFrame } from '../support/send-log.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { type Heard, Watcher } from '../support/watcher.js';

const SEED = Number(process.env['REVOCATIONS_SEED'] ?? Date.now() % 1_000_000);

/** A revocation that was answered. */
interface Ended {
  /** In the order of the log, and in milliseconds since 1970. */
  mark: number;
  time: number;
  heard: Heard;
}

let database: TestDatabase;
let servers: TestApp[];
let log: SendLog;
let watchers: Watcher[];
beforeEach(async () => {
  [database, servers, log, watchers] = [await createDatabase(), [], new SendLog(), []];
});
afterEach(async () => {
  await Promise.all(watchers.map((watcher) => watcher.stop()));
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

async function start(count: number, settings: Partial<Settings> = {}): Promise<void> {
  for (let n = 0; n < count; n += 1) servers.push(await startApp({ databasePoolSize: 10, ...settings }, database));
  for (const server of servers) log.watch(server);
}

/** Where people write and are removed; the other, if there is one, has the sockets. */
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

/**
 * What a client's system had received when the answer came is read within the next turns of the event loop: one turn
 * looks at every socket. What is sent meanwhile is found in the log.
 */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await turn();
}

async function answered(userId: string, graceMs: number): Promise<Ended> {
  const [mark, time] = [log.mark(), Date.now()];
  await sleep(graceMs);
  await settle();
  const own = watchers.filter((watcher) => watcher.userId === userId);
  return { mark, time, heard: new Map(own.flatMap((watcher) => [...watcher.heard()])) };
}

/** Ids of items that are news of their reader himself, which he may have at any time. */
async function ownNews(): Promise<Set<string>> {
  const rows = await database.query<{ id: string }>(
    `SELECT id FROM notifications WHERE members #>> '{named,0,userId}' = user_id::text`,
  );
  return new Set(rows.map(({ id }) => id));
}

interface Outcome {
  removals: Map<string, Ended>;
  sessionEnds: Map<string, Ended>;
  seconds: number;
  edits: number;
}

/** Removes everybody from everything; meanwhile ends the other sessions, and erases those who are leaving. */
async function revokeAll(circles: Circle[], graceMs: number): Promise<Outcome> {
  const [removals, sessionEnds] = [new Map<string, Ended>(), new Map<string, Ended>()];
  const pending: Promise<void>[] = [];
  const note = (ends: Map<string, Ended>, key: string, userId: string): void => {
    // It may take its time; the mark is taken at once.
    pending.push(answered(userId, graceMs).then((ended) => void ends.set(key, ended)));
  };
  const remove = async ({ meeting, person, by }: Removal): Promise<void> => {
    const path = `/api/events/${meeting.id}`;
    const { status } = await here().call('DELETE', `${path}/permissions/${person.id}`, { token: by.token });
    note(removals, `${person.id} ${meeting.id}`, person.id);
    expect(status).toBe(204);
    expect((await there().call('GET', path, { token: person.token })).status).toBe(404);
  };
  const end = async (person: PlainPerson, index: number): Promise<void> => {
    const session = await anotherSession(here(), person);
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
    note(sessionEnds, session.id, person.id);
    expect([200, 204]).toContain(status);
    expect((await here().call('GET', '/api/auth/me', { token })).status).toBe(401);
  };
  const erase = async (person: PlainPerson, index: number): Promise<void> => {
    const { body } = await here().call<{ items: { id: string }[] }>('GET', '/api/auth/sessions', person);
    await sleep(1_500 + 1_000 * index);
    const { token } = person;
    const { status } = await here().call('DELETE', '/api/auth/me', { token, body: { password: PASSWORD } });
    for (const { id } of body.items) note(sessionEnds, id, person.id);
    expect(status).toBe(204);
  };
  const began = Date.now();
  const [{ edits }] = await Promise.all([
    removeEverybody(circles, here, SEED, remove),
    ...circles.flatMap(({ present }) => present.map(end)),
    ...circles.flatMap(({ leaving }) => leaving.map(erase)),
  ]);
  const seconds = (Date.now() - began) / 1_000;
  await Promise.all(pending);
  await sleep(300);
  return { removals, sessionEnds, seconds, edits };
}

/** Frames of a stream that went to somebody after his access to the event, or his session, had ended. */
function sentAfter(
  { removals, sessionEnds }: Outcome,
  own: Set<string>,
  late: (frame: SentFrame, end: Ended) => boolean,
) {
  return log.sent.filter((frame) => {
    const session = sessionEnds.get(frame.sessionId);
    if (session && late(frame, session)) return true;
    const removal = removals.get(`${frame.userId} ${frame.eventId}`);
    return removal && !own.has(frame.itemId!) && late(frame, removal);
  });
}

/** The same, as the clients saw it. */
function heardAfter({ removals }: Outcome, own: Set<string>): Item[] {
  return watchers.flatMap((watcher) =>
    [...watcher.items()].flatMap(({ item, cameAfter }) => {
      const removal = removals.get(`${watcher.userId} ${item.event_id}`);
      return removal && !own.has(item.id) && cameAfter(removal.heard) ? [item] : [];
    }),
  );
}

/** Who was away gets, over every pipe and by asking, news of himself and nothing else. */
async function expectOnlyOwnNews(person: PlainPerson, own: Set<string>): Promise<void> {
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
  // The inbox keeps what one could see when it happened; only what is pushed is judged anew.
  const { body } = await there().call<{ items: Item[] }>('GET', '/api/changes?limit=200', { token: person.token });
  expect(body.items.filter(({ id }) => !own.has(id))).toEqual([]);
}

function report(what: string, { removals, sessionEnds, seconds, edits }: Outcome, more = ''): void {
  const changes = log.sent.filter(({ name }) => name === 'change').length;
  console.log(
    `${what}, seed ${SEED}, ${seconds.toFixed(1)} s: ${removals.size} removals, ${sessionEnds.size} ended sessions, ` +
      `${edits} edits, ${Math.round(changes / seconds)} messages/s over ${watchers.length} pipes${more}`,
  );
}

describe('revocations in a stream of changes', { timeout: 180_000 }, () => {
  beforeEach(() => onTestFailed(() => console.error(`REVOCATIONS_SEED=${SEED}`)));

  const makeCircles = async (count: number, events: number): Promise<Circle[]> => {
    const circles: Circle[] = [];
    for (let n = 0; n < count; n += 1) circles.push(await makeCircle(here(), events));
    for (const { owner, present, leaving } of circles) {
      for (const person of [owner, ...present, ...leaving]) await watch(person, person.token, LIVE_KINDS);
    }
    return circles;
  };

  it('are obeyed by every pipe from the moment of their answer, 1,000 times', async () => {
    await start(1);
    const circles = await makeCircles(2, 50);
    const outcome = await revokeAll(circles, 0);
    expect(outcome.removals.size).toBe(1_010);
    const own = await ownNews();
    expect(sentAfter(outcome, own, ({ at }, { mark }) => at > mark)).toEqual([]);
    expect(heardAfter(outcome, own)).toEqual([]);
    for (const { away } of circles) for (const person of away) await expectOnlyOwnNews(person, own);
    await expectInvariants(database);
    report('revocations', outcome);
  });

  it.for([
    { carrier: 'PostgreSQL', runs: true, withinMs: 1_000 },
    { carrier: `Redis${unlessMissing}`, runs: redisServerPath !== undefined, withinMs: 1_000 },
    // Then it looks by itself each second, and a look takes its time.
    { carrier: 'nothing at all', runs: true, withinMs: 2_000 },
  ])('are obeyed in time by another server, told over $carrier', async ({ carrier, runs, withinMs }, { skip }) => {
    skip(!runs);
    const redis = carrier === 'Redis' ? await RedisServer.create() : null;
    try {
      await redis?.start();
      const nowhere = 'redis://127.0.0.1:1';
      await start(2, { redisUrl: carrier === 'PostgreSQL' ? null : (redis?.url ?? nowhere) });
      const circles = await makeCircles(1, 20);
      const outcome = await revokeAll(circles, withinMs);
      expect(outcome.removals.size).toBe(202);
      const own = await ownNews();
      expect(sentAfter(outcome, own, ({ time }, end) => time > end.time + withinMs)).toEqual([]);
      expect(heardAfter(outcome, own)).toEqual([]);
      for (const person of circles[0]!.away) await expectOnlyOwnNews(person, own);
      let longest = 0;
      sentAfter(outcome, own, ({ time }, end) => {
        longest = Math.max(longest, time - end.time);
        return false;
      });
      report(`revocations over ${carrier}`, outcome, `; the last frame after an answer, ${longest} ms`);
    } finally {
      await Promise.all(watchers.map((watcher) => watcher.stop()));
      await Promise.all(servers.splice(0).map((server) => server.close()));
      await redis?.dispose();
    }
  });
});

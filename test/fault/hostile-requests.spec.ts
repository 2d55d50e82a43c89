import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { HEAVY_REQUESTS } from '../support/heavy-requests.js';
import { HOSTILE_CALENDARS } from '../support/hostile-calendars.js';
import { HOSTILE_REQUESTS, type HostileRequest } from '../support/hostile-requests.js';
import { createHostileScene, type HostileScene } from '../support/hostile-scene.js';
import { INSPECTED, ServerMemory } from '../support/server-memory.js';
import { stressed } from '../support/stress.js';
import { ServerHome, type ServerProcess } from '../support/server-process.js';
import { longestTurn, measureUntil, METERED } from '../support/longest-turn.js';

/**
 * The longest turn of the event loop in CPU time: what all other requests wait for. It takes 40 to 65 ms at a load of 5. At one
 * of 30 the same work takes more than half as much again: only the long form of this test holds it to the figure that is
 * promised.
 */
const LONGEST_TURN_MS = stressed(150, 100);
/** Some of these requests held a server for 6 to 12 seconds. A machine with much to do may take long for anything. */
const HELD_MS = 2_500;
/** A refusal repeats little of what it refuses. */
const LARGEST_REFUSAL = 64_000;
const MEGABYTE = 1_048_576;
/** What the server may hold more than before, once the garbage is gone. */
const MORE_MEMORY = 50 * MEGABYTE;

let home: ServerHome;
let server: ServerProcess;
let url: string;
let scene: HostileScene;
let memory: ServerMemory;
let before: number;
const measured: { name: string; turn: number; wait: number; answered: number; status: number }[] = [];

beforeAll(async () => {
  await buildServer();
  home = await ServerHome.create();
  server = home.start({ NODE_OPTIONS: `${INSPECTED.NODE_OPTIONS} ${METERED}` });
  url = await server.url();
  scene = await createHostileScene(url);
  // The rules of all time zones are loaded by the first file with one that has to be matched, and stay.
  await (await sendHostile(HOSTILE_CALENDARS.find(({ name }) => name.includes('5,000 zones'))!)).text();
  memory = await ServerMemory.of(server);
  before = await memory.measure();
});
afterAll(async () => {
  const slow = measured.sort((a, b) => b.turn - a.turn).filter(({ turn }, index) => turn > 50 || index < 10);
  for (const { name, turn, wait, answered, status } of slow) {
    console.log(
      `${Math.round(turn)} ms of the event loop, others waited ${Math.round(wait)} ms, ${status} after ${Math.round(answered)} ms: ${name}`,
    );
  }
  memory.close();
  await server.signal('SIGTERM');
  await home.dispose();
});

const inScene = (text: string): string =>
  text
    .replaceAll('["{people}"]', JSON.stringify(scene.people))
    .replaceAll('{people}', scene.people.join(','))
    .replace(/\{(words|lines|dense|changed)\}/g, (_place, name: 'words') => scene[name]);

const sendHostile = ({ path, method = 'POST', type, encoding, body, anonymous }: HostileRequest): Promise<Response> =>
  fetch(`${url}${inScene(path)}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      ...(encoding ? { 'content-encoding': encoding } : {}),
      ...(anonymous ? {} : { authorization: `Bearer ${scene.ana.token}` }),
    },
    body: (typeof body === 'string' ? inScene(body) : body) as BodyInit | undefined,
  });

/** Asks for the health of the server until the work is done. Returns the longest time that it took to answer. */
async function longestWait(work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const settled = (): void => void (isDone = true);
  work.then(settled, settled);
  let longest = 0;
  while (!isDone) {
    const since = performance.now();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    longest = Math.max(longest, performance.now() - since);
    await sleep(2);
  }
  return longest;
}

/** Sends the request, again if it seems to hold the others. Returns the first response. */
async function judge(request: HostileRequest): Promise<{ response: Response; text: string }> {
  const answers: { response: Response; text: string }[] = [];
  const figures = await measureUntil(
    ({ wait, turn }) => wait < HELD_MS && turn < LONGEST_TURN_MS,
    async () => {
      await longestTurn(server);
      const since = performance.now();
      const answer = sendHostile(request).then(async (response) => ({ response, text: await response.text() }));
      const wait = await longestWait(answer);
      const answered = performance.now() - since;
      const turn = await longestTurn(server);
      answers.push(await answer);
      return { name: request.name, wait, answered, status: answers.at(-1)!.response.status, turn };
    },
    (first, again) => first.status === again.status,
  );
  measured.push(figures);
  expect(figures.wait).toBeLessThan(HELD_MS);
  expect(figures.turn).toBeLessThan(LONGEST_TURN_MS);
  return answers[0]!;
}

describe('a hostile request', () => {
  it.each([...HOSTILE_REQUESTS, ...HEAVY_REQUESTS, ...HOSTILE_CALENDARS])(
    'is answered without holding the others: $name',
    async (request) => {
      const { response, text } = await judge(request);
      if (response.ok) expect(request.accepted ?? request.anyAnswer, text).toBe(true);
      else {
        if (request.accepted) expect(text).toBe('accepted');
        expect([400, 401, 404, 409, 412, 413, 422]).toContain(response.status);
        expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
        // What both sides of a conflict changed is in the answer.
        if (!request.anyAnswer) expect(text.length).toBeLessThan(LARGEST_REFUSAL);
        const { errors = [] } = JSON.parse(text) as { errors?: unknown[] };
        expect(errors.length).toBeLessThanOrEqual(100);
      }
    },
  );

  it('leaves little behind in memory', async () => {
    const more = (await memory.measure()) - before;
    console.log(`${Math.round(more / MEGABYTE)} MB more after all of them`);
    expect(more).toBeLessThan(MORE_MEMORY);
  });
});

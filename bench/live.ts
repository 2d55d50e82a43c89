/**
 * Prints how long a change takes from its commit to 1,000 connected people, beside a bare socket.io loop in the same run,
 * and what a reader who never reads does to others:
 *   npm run bench:live
 * Everything runs as processes of its own, on a temporary PostgreSQL; all clients live in this one, for both servers
 * alike. Takes about a minute and stops by itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { JwtService } from '@nestjs/jwt';
import { Client } from 'pg';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { startTemporaryPostgres } from '../postgres-launcher/index.js';
import { DatabaseClock } from '../src/platform/database/database-clock.js';
import { AccessTokens } from '../src/auth/access-tokens.js';
import { readConfig } from '../src/platform/config/config.js';
import { HIGH_LIMITS } from './high-limits.js';
import type { Answered, Call } from './live-writer.js';

const PEOPLE = 1_000;
const ROUNDS = 30;
const CROWD = 300;
const BURST = 40;
const READERS = 20;
const UNREAD = 20_000;
const SECRET = 'a secret that only the bench uses and nobody else';
const children: ChildProcess[] = [];
const writer = new Worker(new URL('./live-writer.js', import.meta.url));

const postgres = await startTemporaryPostgres();
try {
  const convene = await start('dist/server/start.js', {
    ...{
      DATABASE_URL: postgres.url,
      JWT_SECRET: SECRET,
      PORT: '0',
      LOG_LEVEL: 'error',
      MAIL: 'off',
      ...passedOn('REDIS_URL'),
      ...HIGH_LIMITS,
    },
  });
  const reference = await start('dist/bench/live-reference.js', {});
  await run(convene, reference);
} finally {
  for (const child of children) child.kill();
  await postgres.stop();
}
process.exit(0);

async function run(convene: string, reference: string): Promise<void> {
  const tokens = await fill(convene);
  const eventUrl = await sharedEvent(convene, tokens);
  const token = tokens[0]!;
  const change = (title: string): Call => ({ url: eventUrl, method: 'PUT', token, body: { title } });
  const emit = (title: string): Call => ({ url: `${reference}/`, method: 'POST', token, body: itemLike(title) });
  const [ours, theirs] = [await connectAll(convene, tokens), await connectAll(reference, tokens)];
  const mine: Times = { answers: [], frames: [] };
  const bare: Times = { answers: [], frames: [] };
  for (let round = -3; round < ROUNDS; round += 1) {
    for (const [sockets, call, times] of [[ours, change, mine] as const, [theirs, emit, bare] as const]) {
      const { answer, frames } = await measure(sockets, call(`Round ${round}`));
      // The first few warm both up.
      if (round < 0) continue;
      times.answers.push(answer);
      times.frames.push(...frames);
    }
  }
  console.log(`From the answer to a change until ${PEOPLE} connected people have its frame, ${ROUNDS} changes`);
  for (const [name, part] of [
    ['p50', 0.5],
    ['p99', 0.99],
    ['last', 1],
  ] as const) {
    const [we, they] = [quantile(mine.frames, part), quantile(bare.frames, part)];
    console.log(`  ${name.padEnd(5)} ${ms(we)}   bare socket.io loop ${ms(they)}   ${(we / they).toFixed(2)} ×`);
  }
  const answer = quantile(mine.answers, 0.5);
  const alone = await answersOfOne(convene, token);
  console.log(
    `The answer itself, stored for ${PEOPLE} people in one transaction: p50 ${ms(answer)}; for one ${ms(alone)}, ${(answer / alone).toFixed(1)} ×`,
  );
  const [few, fewBare] = [ours.slice(0, CROWD), theirs.slice(0, CROWD)];
  for (const socket of [...ours.slice(CROWD), ...theirs.slice(CROWD)]) socket.disconnect();
  const crowdUrl = await sharedEvent(convene, tokens.slice(0, CROWD));
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round += 1) {
    rates[0].push(await burst(few, { ...change(`Last of ${round}`), url: crowdUrl }));
    rates[1].push(await burst(fewBare, emit(`Last of ${round}`)));
  }
  const [we, they] = [quantile(rates[0], 0.5), quantile(rates[1], 0.5)];
  console.log(
    `${BURST} changes at once to ${CROWD} people: ${we.toFixed(0)} frames per second   bare socket.io loop ${they.toFixed(0)}   ${(we / they).toFixed(2)} ×`,
  );
  for (const socket of [...few.slice(READERS), ...fewBare]) socket.disconnect();
  await besideOneWhoNeverReads(convene, tokens.slice(0, READERS), ours.slice(0, READERS));
}

/** The delay of 20 readers, by themselves and while somebody connects who is sent 20,000 frames and reads none. */
async function besideOneWhoNeverReads(url: string, tokens: string[], readers: Socket[]): Promise<void> {
  const eventUrl = await sharedEvent(url, tokens);
  await storeUnread(tokens[1]!);
  const phase = async (rounds: number): Promise<number[]> => {
    const frames: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const body = { title: `Round ${round} of ${rounds}, ${frames.length}` };
      frames.push(...(await measure(readers, { url: eventUrl, method: 'PUT', token: tokens[0]!, body })).frames);
    }
    return frames;
  };
  // The reader who is connected as well is sent them all.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  await phase(50);
  const [alone, beside]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 4; turn += 1) {
    alone.push(...(await phase(100)));
    const silent = new WebSocket(`${url.replace('http', 'ws')}/ws/notifications?after=0`, ['bearer', tokens[1]!]);
    await new Promise((resolve) => silent.once('open', resolve));
    silent.pause();
    beside.push(...(await phase(100)));
    silent.terminate();
  }
  console.log(
    `From the answer to a change until ${READERS} people have its frame, beside one who reads none of ${UNREAD}`,
  );
  for (const [name, part] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const [slowed, idle] = [quantile(beside, part), quantile(alone, part)];
    console.log(`  ${name.padEnd(5)} ${ms(slowed)}   by themselves ${ms(idle)}   ${(slowed / idle).toFixed(2)} ×`);
  }
}

/** Puts so many items more into the stream of the second person, straight: writing them is not what is measured. */
async function storeUnread(token: string): Promise<void> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(
    `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
     SELECT n.user_id, s.last_seq + i, gen_random_uuid(), n.type, n.event_id, n.event_title, n.version, n.actor_id,
            n.changed, n.created_at
       FROM notification_streams s JOIN notifications n USING (user_id), generate_series(1, $2) i
      WHERE s.user_id = $1 AND n.seq = s.last_seq`,
    [personOf(token), UNREAD],
  );
  await client.query('UPDATE notification_streams SET last_seq = last_seq + $2 WHERE user_id = $1', [
    personOf(token),
    UNREAD,
  ]);
  await client.end();
}

interface Times {
  answers: number[];
  frames: number[];
}

/** One change: milliseconds until its answer, and from its answer to each frame. */
async function measure(sockets: Socket[], call: Call): Promise<{ answer: number; frames: number[] }> {
  const arrivals: number[] = [];
  const all = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${arrivals.length} of ${sockets.length} frames came`)), 20_000);
    for (const socket of sockets) {
      socket.once('change', () => {
        if (arrivals.push(performance.timeOrigin + performance.now()) < sockets.length) return;
        clearTimeout(late);
        resolve();
      });
    }
  });
  const answered = new Promise<Answered>((resolve) => writer.once('message', resolve));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port to a thread, not a window
  writer.postMessage(call);
  const [{ sentAt, answeredAt, status }] = await Promise.all([answered, all]);
  if (status !== 200) throw new Error(`${call.method} ${call.url}: ${status}`);
  return { answer: answeredAt - sentAt, frames: arrivals.map((at) => at - answeredAt) };
}

/** The median answer to a change of an event that one person has, in milliseconds. */
async function answersOfOne(url: string, token: string): Promise<number> {
  const eventUrl = await sharedEvent(url, [token]);
  const answers: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const answered = new Promise<Answered>((resolve) => writer.once('message', resolve));
    const call: Call = { url: eventUrl, method: 'PUT', token, body: { title: `Round ${round}` } };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port to a thread, not a window
    writer.postMessage(call);
    const { sentAt, answeredAt } = await answered;
    answers.push(answeredAt - sentAt);
  }
  return quantile(answers, 0.5);
}

/** Sends changes as fast as they are answered. Returns the frames per second that arrived, from the first request on. */
async function burst(sockets: Socket[], call: Call): Promise<number> {
  const begin = performance.now();
  let left = sockets.length * BURST;
  const all = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${left} frames are missing`)), 60_000);
    for (const socket of sockets) {
      socket.on('change', () => {
        left -= 1;
        if (left > 0) return;
        clearTimeout(late);
        resolve();
      });
    }
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port to a thread, not a window
  writer.postMessage({ ...call, times: BURST });
  await Promise.all([new Promise((resolve) => writer.once('message', resolve)), all]);
  for (const socket of sockets) socket.off('change');
  return (sockets.length * BURST * 1_000) / (performance.now() - begin);
}

/** What the bare server emits: as large as what Convene does. */
function itemLike(title: string): object {
  return {
    ...{ id: randomUUID(), seq: 1, type: 'event_updated', event_id: randomUUID(), event_title: title, version: 1 },
    ...{ actor: { id: randomUUID(), username: 'ana' }, changed: ['title'], message: `ana changed “${title}”: title` },
    ...{ timestamp: new Date().toISOString(), read_at: null },
  };
}

/** People with a session each, written straight: signing up is not what is measured. */
async function fill(url: string): Promise<string[]> {
  const owner = (await send(url, 'POST', '/api/auth/register', {
    username: 'ana',
    email: 'ana@example.com',
    password: 'correct horse 7',
  })) as { access_token: string };
  const people = Array.from({ length: PEOPLE - 1 }, () => ({ id: randomUUID(), session: randomUUID() }));
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(
    `INSERT INTO users (id, username, email, password_hash, time_zone, created_at)
     SELECT id, 'reader-' || id, id || '@example.com', '', 'UTC', now() FROM unnest($1::uuid[]) AS id`,
    [people.map(({ id }) => id)],
  );
  await client.query(
    `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
     SELECT id, user_id, now(), now(), now() + interval '1 day' FROM unnest($1::uuid[], $2::uuid[]) AS s (id, user_id)`,
    [people.map(({ session }) => session), people.map(({ id }) => id)],
  );
  await client.end();
  const config = readConfig({ JWT_SECRET: SECRET });
  const tokens = new AccessTokens(new JwtService({}), new DatabaseClock(config), config);
  const issued = people.map(({ id, session }) => tokens.issue(id, session));
  return [owner.access_token, ...issued];
}

/** An event with everybody on it; its address. */
async function sharedEvent(url: string, tokens: string[]): Promise<string> {
  const [token] = tokens;
  const ids = tokens.slice(1).map(personOf);
  const times = { start_time: '2027-06-01T08:00:00Z', end_time: '2027-06-01T09:00:00Z', show_as: 'free' };
  const event = (await send(url, 'POST', '/api/events', { title: 'Team meeting', ...times }, token)) as { id: string };
  for (let from = 0; from < ids.length; from += 100) {
    const users = ids.slice(from, from + 100).map((user_id) => ({ user_id, role: 'viewer' }));
    await send(url, 'POST', `/api/events/${event.id}/share`, { users }, token);
  }
  return `${url}/api/events/${event.id}`;
}

async function connectAll(url: string, tokens: string[]): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let from = 0; from < tokens.length; from += 50) {
    const some = tokens
      .slice(from, from + 50)
      .map((token) => io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false }));
    await Promise.all(some.map((socket) => new Promise((resolve) => socket.once('connect', () => resolve(undefined)))));
    sockets.push(...some);
  }
  // `ready` has come to the last, and whatever was on its way.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return sockets;
}

async function send(url: string, method: string, path: string, body: object, token?: string): Promise<object> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as object;
}

async function start(program: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [program], { env: { ...passedOn('PATH', 'HOME'), ...env } });
  children.push(child);
  child.stderr.pipe(process.stderr);
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const address = /ready at (http:\S+)/.exec((said += text))?.[1];
      if (address) resolve(address);
    });
    child.once('close', () => reject(new Error(`${program} ended: ${said}`)));
  });
}

function passedOn(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function quantile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(7)} ms`;
}

/** The id that an access token speaks for. */
function personOf(token: string): string {
  return (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sub: string }).sub;
}

/**
 * Prints how long a change takes from its commit to 1,000 connected people, beside a bare socket.io loop in the same run,
 * how many frames per second 300 of them receive in a burst, and what a reader who never reads does to others:
 *   npm run bench:live [-- --burst] [-- --profile burst.cpuprofile]
 * Everything runs as processes of its own, on a temporary PostgreSQL; all clients live in this one, for all servers
 * alike. Takes about a minute and stops by itself. With `--burst` it measures nothing but the burst; `--profile` writes
 * a processor profile of Convene during it.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Client } from 'pg';
import type { Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { startTemporaryPostgres } from '../postgres-launcher/index.js';
import { describePostgres } from './describe-postgres.js';
import { HIGH_LIMITS } from './high-limits.js';
import { type Burst, measureBurst, type Sender } from './live-burst.js';
import { addPeople, addSharedEvent, addSharedEventOfReference, addUnread, connectAll } from './live-people.js';
import type { Answered, Call } from './live-writer.js';
import { INSPECTED, profile } from './profile.js';
import { describeCommit, describeMachine } from './results.js';
import { Servers } from './servers.js';
import { median, quantile } from './statistics.js';
import { SECRET } from './target.js';

const PEOPLE = 1_000;
const ROUNDS = 30;
const CROWD = 300;
const BURST = 40;
const BURSTS = 7;
const READERS = 20;
const UNREAD = 20_000;

const { values: options } = parseArgs({
  options: { burst: { type: 'boolean', default: false }, profile: { type: 'string' } },
});
const writer = new Worker(new URL('./live-writer.js', import.meta.url));
const servers = await Servers.create();
const postgres = await startTemporaryPostgres();
const environment = { DATABASE_URL: postgres.url, JWT_SECRET: SECRET, ...HIGH_LIMITS };
try {
  const { version, postmaster } = await withClient(describePostgres);
  console.log(`Commit ${describeCommit()}; ${describeMachine(version)}`);
  const convene = await servers.start('server/start.js', {
    ...{ ...environment, PORT: '0', LOG_LEVEL: 'error', MAIL: 'off' },
    ...(process.env['REDIS_URL'] && { REDIS_URL: process.env['REDIS_URL'] }),
    ...(options.profile !== undefined && INSPECTED),
  });
  const tokens = await addPeople(convene.url, postgres.url, PEOPLE);
  if (!options.burst) {
    const loop = await servers.start('bench/live-reference.js', {});
    await measureDelays(convene.url, loop.url, tokens);
  }
  await compareBursts(convene, tokens.slice(0, CROWD), postmaster);
  if (!options.burst) await besideOneWhoNeverReads(convene.url, tokens.slice(0, READERS));
} finally {
  await servers.stop();
  await postgres.stop();
}
process.exit(0);

/** The delay of a change to everybody, and how long storing it for everybody takes. */
async function measureDelays(convene: string, loop: string, tokens: string[]): Promise<void> {
  const eventUrl = await addSharedEvent(convene, tokens);
  const token = tokens[0]!;
  const [ours, theirs] = [await connectAll(convene, tokens), await connectAll(loop, tokens)];
  const mine: Times = { answers: [], frames: [] };
  const bare: Times = { answers: [], frames: [] };
  for (let round = -3; round < ROUNDS; round += 1) {
    const turns = [[ours, changeOf(eventUrl, token), mine] as const, [theirs, emitOf(loop, token), bare] as const];
    for (const [sockets, call, times] of turns) {
      const { answer, frames } = await measure(sockets, { ...call, body: { ...call.body, title: `Round ${round}` } });
      // The first few warm both up.
      if (round < 0) continue;
      times.answers.push(answer);
      times.frames.push(...frames);
    }
  }
  for (const socket of [...ours, ...theirs]) socket.disconnect();
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
}

/** Frames per second in a burst, in turns: Convene, a loop that stores nothing, and a loop that stores what it emits. */
async function compareBursts(
  convene: { url: string; pid: number; output: string },
  tokens: string[],
  postmaster: number,
): Promise<void> {
  const token = tokens[0]!;
  const reference = await databaseOfReference();
  const loop = await servers.start('bench/live-reference.js', {});
  const storing = await servers.start('bench/live-storing-reference.js', { ...environment, DATABASE_URL: reference });
  const senderOf = async ({ url, pid }: { url: string; pid: number }, call: Call): Promise<Sender> => ({
    ...{ call, server: pid, sockets: await connectAll(url, tokens) },
  });
  const senders = [
    await senderOf(convene, changeOf(await addSharedEvent(convene.url, tokens), token)),
    await senderOf(loop, emitOf(loop.url, token)),
    await senderOf(storing, changeOf(await addSharedEventOfReference(storing.url, reference, tokens), token)),
  ];
  const bursts: Burst[][] = senders.map(() => []);
  const measureAll = async (): Promise<void> => {
    for (let round = 0; round < BURSTS; round += 1)
      for (const [index, sender] of senders.entries())
        bursts[index]!.push(await measureBurst(writer, sender, BURST, postmaster));
  };
  await (options.profile === undefined ? measureAll() : profile(convene.output, options.profile, measureAll));
  for (const { sockets } of senders) for (const socket of sockets) socket.disconnect();
  const medianOf = (index: number, member: keyof Burst): number => median(bursts[index]!.map((one) => one[member]));
  const rate = medianOf(0, 'framesPerSecond');
  console.log(`${BURST} changes, each sent when the last was answered, to ${CROWD} people`);
  console.log('                                frames/s   ratio   µs per frame: server  PostgreSQL  clients');
  for (const [index, name] of ['Convene', 'bare socket.io loop', 'bare loop that stores'].entries()) {
    const theirs = medianOf(index, 'framesPerSecond');
    const ratio = index === 0 ? '' : (rate / theirs).toFixed(2);
    const times = (['server', 'postgres', 'clients'] as const).map((member) => medianOf(index, member).toFixed(0));
    console.log(
      `  ${name.padEnd(28)} ${theirs.toFixed(0).padStart(9)} ${ratio.padStart(7)} ${times[0]!.padStart(22)} ${times[1]!.padStart(11)} ${times[2]!.padStart(8)}`,
    );
  }
}

async function databaseOfReference(): Promise<string> {
  await withClient((client) => client.query('CREATE DATABASE reference'));
  const url = new URL(postgres.url);
  url.pathname = '/reference';
  return url.href;
}

/** The delay of 20 readers, by themselves and while somebody connects who is sent 20,000 frames and reads none. */
async function besideOneWhoNeverReads(url: string, tokens: string[]): Promise<void> {
  const readers = await connectAll(url, tokens);
  const eventUrl = await addSharedEvent(url, tokens);
  await addUnread(postgres.url, tokens[1]!, UNREAD);
  const phase = async (rounds: number): Promise<number[]> => {
    const frames: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const body = { title: `Round ${round} of ${rounds}, ${frames.length}` };
      frames.push(...(await measure(readers, { url: eventUrl, method: 'PUT', token: tokens[0]!, body })).frames);
    }
    return frames;
  };
  // The reader who is connected as well is sent them all.
  await sleep(5_000);
  await phase(50);
  const [alone, beside]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 4; turn += 1) {
    alone.push(...(await phase(100)));
    const silent = new WebSocket(`${url.replace('http', 'ws')}/ws/notifications?after=0`, ['bearer', tokens[1]!]);
    await once(silent, 'open');
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
  const eventUrl = await addSharedEvent(url, [token]);
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

/** What the bare server emits: as large as what Convene does. */
function itemLike(title: string): object {
  return {
    ...{ id: randomUUID(), seq: 1, type: 'event_updated', event_id: randomUUID(), event_title: title, version: 1 },
    ...{ actor: { id: randomUUID(), username: 'ana' }, changed: ['title'], message: `ana changed “${title}”: title` },
    ...{ timestamp: new Date().toISOString(), read_at: null },
  };
}

function changeOf(url: string, token: string): Call {
  return { url, method: 'PUT', token, body: { title: 'Team meeting' } };
}

function emitOf(url: string, token: string): Call {
  return { url: `${url}/`, method: 'POST', token, body: itemLike('Team meeting') };
}

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(7)} ms`;
}

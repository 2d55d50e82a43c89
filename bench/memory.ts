/**
 * Prints how much memory Convene uses after 10,000 mixed requests and after each further 10,000, up to 100,000:
 *   npm run bench:memory [-- --requests 100000]
 * 16 people read, list, create, edit and share in turns, on a temporary PostgreSQL. Before each look the server collects
 * its garbage.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Connections } from './load.js';
import { collectGarbage } from './profile.js';
import { describeCommit, describeMachine } from './results.js';
import type { Requests } from './scenario.js';
import { scenariosNamed } from './scenarios.js';
import type { Target } from './target.js';
import { startTargets } from './targets.js';

const MIXED = ['get', 'list-20', 'month', 'inbox', 'create', 'title', 'times', 'share', 'diff', 'free-busy'];
const STEP = 10_000;

interface Memory {
  /** Bytes of JavaScript objects, of buffers beside them, and of the whole process. */
  heap: number;
  external: number;
  resident: number;
}

const { values } = parseArgs({ options: { requests: { type: 'string', default: '100000' } } });
const targets = await startTargets(null, { inspected: true });
try {
  console.log(`Commit ${describeCommit()}; ${describeMachine(targets.postgres.version)}`);
  console.log(`${MIXED.join(', ')}, in turns; MB, and × of the first line`);
  console.log('  requests      heap            buffers         process');
  const requests = await mix(targets.convene);
  const connections = new Connections(targets.convene.url);
  let first: Memory | null = null;
  for (let sent = 0; sent < Number(values.requests);) {
    sent += (await connections.load(requests, Infinity, STEP)).count;
    await collectGarbage(targets.output);
    const now = await readMemory(targets.convene);
    first ??= now;
    const figures = (['heap', 'external', 'resident'] as const).map((kind) => figure(now[kind], first![kind]));
    console.log(`${String(sent).padStart(10)}${figures.join('')}`);
  }
  await connections.close();
} finally {
  await targets.stop();
}

/** Returns requests of all kinds in turns, of people of their own each. */
async function mix(target: Target): Promise<Requests> {
  const kinds: Requests[] = [];
  for (const scenario of scenariosNamed(MIXED)) kinds.push(await scenario.prepare(target));
  const turn = new Map<number, number>();
  return (person) => {
    const next = (turn.get(person) ?? person) + 1;
    turn.set(person, next);
    return kinds[next % kinds.length]!(person);
  };
}

async function readMemory({ url, pid }: Target): Promise<Memory> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const gauge = (name: string): number => Number(new RegExp(`^\\w*${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return {
    heap: gauge('nodejs_heap_size_used_bytes'),
    external: gauge('nodejs_external_memory_bytes'),
    resident: Number(kilobytes) * 1_024,
  };
}

function figure(bytes: number, first: number): string {
  return `${(bytes / 1e6).toFixed(1).padStart(9)} ${`(${(bytes / first).toFixed(2)})`.padEnd(6)}`;
}

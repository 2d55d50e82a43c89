import type { Connections } from './load.js';
import { timeOfFamily, timeOfProcess } from './processor-time.js';
import type { Requests } from './scenario.js';
import { median, sum } from './statistics.js';
import type { Target } from './target.js';

/** What one round of one scenario shows of one server. */
export interface Measurement {
  count: number;
  perSecond: number;
  latencies: number[];
  bytes: number;
  /** Microseconds of processor time per request; NaN where it cannot be read. */
  node: number;
  postgres: number;
  /** Exchanges with the database per request; NaN if the server does not count them. */
  exchanges: number;
}

/** Loads a server with requests for some seconds. @param postmaster the process id of PostgreSQL */
export async function measure(
  target: Target,
  connections: Connections,
  requests: Requests,
  { seconds, postmaster }: { seconds: number; postmaster: number },
): Promise<Measurement> {
  const before = { ...readTimes(target, postmaster), exchanges: await countExchanges(target) };
  const { count, seconds: elapsed, latencies, bytes } = await connections.load(requests, seconds);
  const after = { ...readTimes(target, postmaster), exchanges: await countExchanges(target) };
  return {
    ...{ count, perSecond: count / elapsed, latencies, bytes },
    node: (after.node - before.node) / count,
    postgres: (after.postgres - before.postgres) / count,
    exchanges: (after.exchanges - before.exchanges) / count,
  };
}

/** Returns one measurement for several, with the latencies of all. */
export function combine(rounds: Measurement[]): Measurement {
  const medianOf = (member: 'perSecond' | 'node' | 'postgres' | 'exchanges'): number =>
    median(rounds.map((round) => round[member]));
  return {
    count: sum(rounds.map(({ count }) => count)),
    latencies: rounds.flatMap(({ latencies }) => latencies),
    bytes: Math.max(...rounds.map(({ bytes }) => bytes)),
    ...{ perSecond: medianOf('perSecond'), node: medianOf('node') },
    ...{ postgres: medianOf('postgres'), exchanges: medianOf('exchanges') },
  };
}

function readTimes({ pid }: Target, postmaster: number): { node: number; postgres: number } {
  return { node: timeOfProcess(pid), postgres: timeOfFamily(postmaster) };
}

/** Returns the number of exchanges since the server started; NaN for a server without this metric. */
async function countExchanges({ name, url }: Target): Promise<number> {
  if (name === 'reference') return Number.NaN;
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counts = [...metrics.matchAll(/^convene_database_exchanges_total(?:\{.*\})? (\S+)$/gm)];
  return counts.length === 0 ? Number.NaN : sum(counts.map(([, count]) => Number(count)));
}

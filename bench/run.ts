/**
 * Prints how Convene compares with a bare server that does the same durable work (bench/reference/):
 *   npm run bench -- [--scenario get,create] [--rounds 3] [--seconds 4] [--save] [--profile SCENARIO] [--set NAME=VALUE]
 * 16 people use each server over 16 keep-alive connections. The servers are measured in turns; both have 16 connections
 * to a database of their own on one temporary PostgreSQL. Without --scenario, delivery to 1,000 sockets is measured too
 * (bench:live). --save stores the table in bench/results/. --profile measures only Convene, and writes
 * SCENARIO.cpuprofile. --set changes a setting of Convene.
 * With DATABASE_URL, only Convene is measured, with people whom that database has already; events are added to it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Connections } from './load.js';
import { combine, measure, type Measurement } from './measurement.js';
import { readOptions } from './options.js';
import { profile } from './profile.js';
import { describeCommit, describeMachine, saveResults } from './results.js';
import type { Requests, Scenario } from './scenario.js';
import { scenariosNamed } from './scenarios.js';
import { compareShapes } from './shape.js';
import { type Row, tableHead, tableNotes, tableRow } from './table.js';
import type { Target } from './target.js';
import { startTargets, type Targets } from './targets.js';

const options = readOptions(process.argv.slice(2));
const scenarios = scenariosNamed(options.scenarios);
const filled = process.env['DATABASE_URL'] || null;
const printed: string[] = [];
const targets = await startTargets(filled, {
  inspected: options.profile !== null,
  settings: options.settings,
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void targets.stop().finally(() => process.exit(1)));
}
try {
  if (options.profile === null) await compareAll();
  else await profileOne(scenarios[0]!, options.profile);
} finally {
  await targets.stop();
}
if (options.scenarios === null && filled === null) await deliver();
if (options.save) console.log(`Saved ${saveResults(describeCommit(), `${printed.join('\n')}\n`)}`);

async function compareAll(): Promise<void> {
  // Results are ordered by this line.
  print(`${new Date().toISOString().slice(0, 16)}Z, commit ${describeCommit()}`);
  print(describeMachine(targets.postgres.version));
  print(`Medians of ${options.rounds} rounds of ${options.seconds} s; 16 people, 16 connections`);
  for (const [name, value] of Object.entries(options.settings)) print(`Convene with ${name}=${value}`);
  print('');
  print(tableHead());
  const rows: Row[] = [];
  for (const scenario of scenarios) {
    const row = await compare(scenario, targets);
    rows.push(row);
    print(tableRow(row));
  }
  print('');
  print(tableNotes(rows));
}

/** Measures both servers in turns, so that they see the same state of the machine. */
async function compare(scenario: Scenario, { convene, reference, postgres }: Targets): Promise<Row> {
  const contenders = await Promise.all([convene, reference].filter((target) => target !== null).map(prepare));
  const measured = new Map<Target, Measurement[]>(contenders.map(({ target }) => [target, []]));
  const [sample, other] = await Promise.all(
    contenders.map(({ connections, requests }) => connections.sample(requests)),
  );
  const difference = other === undefined ? null : compareShapes(sample!, other);
  for (const { connections, requests } of contenders) await connections.warmUp(requests);
  for (let round = 0; round < options.rounds; round += 1) {
    // The second one finds warmer caches and more garbage, so they take turns in that as well.
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const { target, connections, requests } of order) {
      const { seconds } = options;
      const { postmaster } = postgres;
      measured.get(target)!.push(await measure(target, connections, requests, { seconds, postmaster }));
    }
  }
  await Promise.all(contenders.map(({ connections }) => connections.close()));
  const ours = measured.get(convene)!;
  const theirs = reference && measured.get(reference)!;
  const ratios = theirs ? ours.map(({ perSecond }, round) => perSecond / theirs[round]!.perSecond) : [];
  return { scenario, ours: combine(ours), reference: theirs && combine(theirs), ratios, difference };

  async function prepare(target: Target): Promise<{ target: Target; connections: Connections; requests: Requests }> {
    const requests = await scenario.prepare(target);
    // A database that was filled before keeps the statistics that it has.
    if (filled === null) await target.database.query('VACUUM ANALYZE');
    return { target, connections: new Connections(target.url), requests };
  }
}

async function profileOne(scenario: Scenario, name: string): Promise<void> {
  const { convene, output } = targets;
  const requests = await scenario.prepare(convene);
  const connections = new Connections(convene.url);
  await connections.warmUp(requests);
  await profile(output, `${name}.cpuprofile`, async () => {
    const { count, seconds } = await connections.load(requests, options.seconds);
    console.log(`${(count / seconds).toFixed(0)} requests/s while profiled: ${name}.cpuprofile`);
  });
  await connections.close();
}

/** Runs `bench:live`. */
async function deliver(): Promise<void> {
  print('');
  const child = spawn(process.execPath, [fileURLToPath(new URL('live.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  print(output.trimEnd());
}

function print(text: string): void {
  printed.push(text);
  console.log(text);
}

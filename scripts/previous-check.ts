/**
 * Shows that the server of the commit before works on the schema of this one: `npm run previous:check`, or with another
 * commit, `npm run previous:check -- <commit>`. Builds that commit in a folder of its own, starts its server on an empty
 * database, migrates the database with the present program while somebody writes, calls the API of that server, starts it
 * again, and verifies the history. Ends with 0 when all of that works, with 1 and a sentence per failure when it does not, and with
 * 2 when it could not be run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { startTemporaryPostgres } from '../postgres-launcher/index.js';
import { formatProblem } from '../src/history/verify-history.js';
import { dataSourceOptions } from '../src/platform/database/data-source.js';
import { migrate } from '../src/platform/database/migrate.js';
import { PreviousServer } from './previous/server.js';
import { Caller, smoke, SteadyWriter } from './previous/smoke.js';
import { buildCommit, NotRun, type Worktree } from './previous/worktree.js';
import { formatSummary, verifyInSnapshot } from './verify-in-snapshot.js';

const say = (line: string): void => console.log(line);

async function check({ program }: Worktree): Promise<string[]> {
  const postgres = await startTemporaryPostgres({ name: 'convene' });
  const folder = await mkdtemp(join(tmpdir(), 'convene-previous-data-'));
  const servers: PreviousServer[] = [];
  const start = async (): Promise<string> => {
    servers.push(new PreviousServer(program, postgres.url, folder));
    return servers.at(-1)!.url();
  };
  try {
    const url = await start();
    const before = await smoke(url);
    if (before.length > 0) throw new NotRun(`that server does not work on its own schema: ${before[0]}`);
    const writer = new SteadyWriter(new Caller(url));
    await writer.start();
    const ran = await migrate(postgres.url);
    await writer.stop();
    say(`Migrated with ${ran.length === 0 ? 'nothing new' : ran.join(', ')}, during ${writer.acknowledged} writes.`);
    const failures = [...writer.failures, ...(await writer.check()), ...(await smoke(url))];
    await servers[0]!.stop();
    const again = await start().then(smoke, (error: unknown) => [(error as Error).message]);
    failures.push(...again.map((failure) => `After a new start: ${failure}`));
    return [...failures, ...(await verify(postgres.url))];
  } finally {
    for (const server of servers) await server.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function verify(url: string): Promise<string[]> {
  const failures: string[] = [];
  const dataSource = await new DataSource(dataSourceOptions({ url, poolSize: 1, statementSeconds: 0 })).initialize();
  try {
    const summary = await verifyInSnapshot(dataSource, (problem) =>
      failures.push(`History: ${formatProblem(problem)}`),
    );
    say(formatSummary(summary));
  } finally {
    await dataSource.destroy();
  }
  return failures;
}

try {
  const worktree = await buildCommit(process.argv[2]);
  try {
    say(`Built ${worktree.commit}.`);
    const failures = await check(worktree);
    for (const failure of failures) console.error(failure);
    if (failures.length === 0) say('The server of that commit works on the present schema.');
    else process.exitCode = 1;
  } finally {
    await worktree.remove();
  }
} catch (error) {
  const isPlain = error instanceof NotRun;
  console.error(isPlain ? `Not run: ${error.message}.` : error);
  process.exitCode = isPlain ? 2 : 1;
}

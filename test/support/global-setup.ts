import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startTemporaryPostgres } from '../../src/platform/database/embedded/temporary-postgres.js';
import { migrate } from '../../src/platform/database/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated database that nobody connects to: each test file copies it. */
    templateUrl: string;
    /** A folder that the test files of this run share. */
    runFolder: string;
  }
}

/** One real PostgreSQL for the whole run, with fsync off. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTemporaryPostgres({ maxConnections: 300 });
  await migrate(postgres.url);
  project.provide('templateUrl', postgres.url);
  const runFolder = await mkdtemp(join(tmpdir(), 'convene-run-'));
  project.provide('runFolder', runFolder);
  return async () => {
    await rm(runFolder, { recursive: true, force: true });
    await postgres.stop();
  };
}

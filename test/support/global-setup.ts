import type { TestProject } from 'vitest/node';
import { startTemporaryPostgres } from '../../postgres-launcher/index.js';
import { migrate } from '../../src/platform/database/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated database that nobody connects to: each test file copies it. */
    templateUrl: string;
    /** The same server, as its superuser. */
    superuserUrl: string;
  }
}

/** One real PostgreSQL for the whole run, with fsync off. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTemporaryPostgres({ maxConnections: 300 });
  await migrate(postgres.url);
  project.provide('templateUrl', postgres.url);
  project.provide('superuserUrl', postgres.superuserUrl);
  return () => postgres.stop();
}

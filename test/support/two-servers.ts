import { createDatabase, type TestDatabase } from './database.js';
import { startApp, type TestApp } from './test-app.js';

/** Two servers on one database. */
export interface TwoServers {
  database: TestDatabase;
  here: TestApp;
  there: TestApp;
  close(): Promise<void>;
}

export async function startTwoServers(): Promise<TwoServers> {
  const database = await createDatabase();
  const here = await startApp({}, database);
  const there = await startApp({}, database);
  const close = async (): Promise<void> => {
    await Promise.all([here.close(), there.close()]);
    await database.drop();
  };
  return { database, here, there, close };
}

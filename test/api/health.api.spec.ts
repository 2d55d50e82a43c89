import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getLiveness, getReadiness } from '../../sdk/generated/sdk.gen.js';
import { until } from '../support/embedded-postgres-harness.js';
import { ok, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const readiness = () => getReadiness({ client: app.client() });
const NEWEST = 'id = (SELECT max(id) FROM schema_migrations)';

describe('GET /health/ready', () => {
  it('is 503 while the database lacks a migration that the server needs; the process is alive all the same', async () => {
    expect(await ok(getReadiness({ client: app.client() }))).toMatchObject({ status: 'ok' });
    await app.database.query(`CREATE TABLE kept AS SELECT * FROM schema_migrations WHERE ${NEWEST}`);
    await app.database.query(`DELETE FROM schema_migrations WHERE ${NEWEST}`);
    // It asks the database once a second.
    await until(async () => (await readiness()).response.status === 503);
    expect(await refused(readiness())).toMatchObject({
      code: 'unavailable',
      detail: 'The database lacks migrations of this server.',
    });
    expect(await ok(getLiveness({ client: app.client() }))).toEqual({ status: 'ok' });
    await app.database.query('INSERT INTO schema_migrations SELECT * FROM kept');
    await until(async () => (await readiness()).response.status === 200);
  });
});

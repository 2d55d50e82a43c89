import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getLiveness, getReadiness } from '../../sdk/generated/sdk.gen.js';
import { ok, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const NEWEST = 'id = (SELECT max(id) FROM schema_migrations)';

describe('GET /health/ready', () => {
  it('is 503 while the database lacks a migration that the server needs; the process is alive all the same', async () => {
    expect(await ok(getReadiness({ client: app.client() }))).toMatchObject({ status: 'ok' });
    await app.database.query(`CREATE TABLE kept AS SELECT * FROM schema_migrations WHERE ${NEWEST}`);
    await app.database.query(`DELETE FROM schema_migrations WHERE ${NEWEST}`);
    expect(await refused(getReadiness({ client: app.client() }))).toMatchObject({ status: 503, code: 'unavailable' });
    expect(await ok(getLiveness({ client: app.client() }))).toEqual({ status: 'ok' });
    await app.database.query('INSERT INTO schema_migrations SELECT * FROM kept');
    expect(await ok(getReadiness({ client: app.client() }))).toMatchObject({ status: 'ok' });
  });
});

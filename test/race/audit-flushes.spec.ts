import { afterAll, beforeAll, expect, it } from 'vitest';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { NO_REQUEST } from '../../src/platform/tracing/request-origin.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

it('a flush of the audit trail ends after the one that is under way', async () => {
  const trail = app.app.get(AuditTrail);
  const holder = await LockHolder.begin(app.database);
  try {
    await holder.query('LOCK TABLE audit_entries IN ACCESS EXCLUSIVE MODE');
    trail.collect(NO_REQUEST, { kind: 'sign_in_failed', outcome: 'refused', actorId: null });
    const first = await startWaiting(app.database, 1, () => trail.flush());
    let hasEnded = false;
    const second = trail.flush().then(() => (hasEnded = true));
    await app.database.query('SELECT 1');
    expect(hasEnded).toBe(false);
    await holder.release();
    await Promise.all([first.result, second]);
    const rows = await app.database.query(`SELECT id FROM audit_entries WHERE kind = 'sign_in_failed'`);
    expect(rows).toHaveLength(1);
  } finally {
    await holder.release();
  }
});

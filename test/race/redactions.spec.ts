import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { updateEvent } from '../../sdk/generated/sdk.gen.js';
import { redactVersion } from '../../src/history/redact-version.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
import { entriesSince, historyOf, makeScene } from '../support/interleaving.js';
import { expectInvariants } from '../support/invariants.js';
import { send } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
afterEach(() => expectInvariants(app.database));

const SECRET = 'Call +49 170 1234567';

describe('a write that waits while a version is redacted', () => {
  it.each([
    ['an undo of the version after it', 'POST', '/revert/3', {}],
    ['an undo of the change after it, by position', 'POST', '/changelog/4/undo', {}],
    ['a rollback to it', 'POST', '/rollback/2', {}],
  ])('cannot bring its texts back: %s', async (_what, method, path, body) => {
    const scene = await makeScene(app);
    const edit = (title: string): Promise<unknown> =>
      ok(updateEvent({ client: scene.ana.client, path: { id: scene.eventId }, body: { title } }));
    await edit(SECRET);
    await edit('Public');
    const before = await historyOf(app.database, scene);
    const redaction = await LockHolder.begin(app.database);
    try {
      // Has the row of the event from here on.
      await redactVersion((sql, parameters) => redaction.query(sql, parameters), {
        eventId: scene.eventId,
        version: 2,
        reason: 'A phone number',
      });
      const waiting = await startWaiting(app.database, 1, () =>
        send(app, `/api/events/${scene.eventId}${path}`, { as: scene.ben, method, body }),
      );
      await redaction.commit();
      const { status, json } = await waiting.result;
      expect([status, json.errors]).toEqual([422, [expect.objectContaining({ code: 'redacted' })]]);
      expect(JSON.stringify(json)).not.toContain('1234567');
    } finally {
      await redaction.release();
    }
    expect(await entriesSince(app.database, scene, before)).toEqual([]);
  });

  it('cannot be merged with what it was', async () => {
    const scene = await makeScene(app);
    const edit = (body: object, version: number): ReturnType<typeof send> =>
      send(app, `/api/events/${scene.eventId}`, {
        as: scene.ben,
        method: 'PUT',
        body,
        headers: { 'if-match': `"${version}"` },
      });
    await edit({ title: SECRET }, 1);
    await edit({ title: 'Public' }, 2);
    const before = await historyOf(app.database, scene);
    const redaction = await LockHolder.begin(app.database);
    try {
      const request = { eventId: scene.eventId, version: 2, reason: 'A phone number' };
      await redactVersion((sql, parameters) => redaction.query(sql, parameters), request);
      const waiting = await startWaiting(app.database, 1, () => edit({ location: 'Room 4' }, 2));
      await redaction.commit();
      const { status, json } = await waiting.result;
      expect([status, json.code]).toEqual([412, 'stale_version']);
    } finally {
      await redaction.release();
    }
    expect(await entriesSince(app.database, scene, before)).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { AUDIT_KINDS } from '../../src/audit/audit-kinds.js';
import { CONTENT_FIELDS, fieldOf } from '../../src/content/fields.js';
import { flushLines } from '../../src/platform/logging/log-output.js';
import { send } from '../support/requests.js';
import { startApp, type TestApp } from '../support/test-app.js';

/** Part of everything that people write or keep secret here, and of nothing else. */
const MARKER = 'qx7marker';
const PASSWORD = `${MARKER} horse 7`;

let app: TestApp;
let logged = '';
beforeAll(async () => {
  const capture = ((text: string) => {
    logged += text;
    return true;
  }) as never;
  vi.spyOn(process.stdout, 'write').mockImplementation(capture);
  vi.spyOn(process.stderr, 'write').mockImplementation(capture);
  app = await startApp({ logLevel: 'debug' });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await app.close();
});

const call = async (
  path: string,
  token: string | null,
  body?: object,
  method?: string,
): Promise<Record<string, unknown>> => {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const { json } = await send(app, path, { body, method, headers });
  return (json ?? {}) as Record<string, unknown>;
};
const TEXTS = Object.fromEntries(
  CONTENT_FIELDS.filter((name) => fieldOf(name).isText).map((name) => [
    name,
    name === 'url' ? `https://example.com/${MARKER}` : `${MARKER} ${name}`,
  ]),
);
const HOUR = { start_time: '2030-06-01T10:00:00Z', end_time: '2030-06-01T11:00:00Z' };

/** Every kind of act with the marker wherever a person can put it. Returns the tokens that were made. */
async function leaveMarkersEverywhere(): Promise<string[]> {
  const secrets: string[] = [];
  const signUp = async (username: string): Promise<string> => {
    const body = { username, email: `${username}@example.com`, password: PASSWORD };
    const tokens = await call('/api/auth/register', null, body);
    secrets.push(tokens.access_token as string, tokens.refresh_token as string);
    return tokens.access_token as string;
  };
  const [ana, ben] = [await signUp('ana'), await signUp('ben')];
  await call('/api/auth/login', null, { username: 'ana', password: `${MARKER} wrong` });
  await call('/api/auth/login', null, { username: `${MARKER}-typed-as-the-name`, password: 'x' });
  await call('/api/auth/refresh', null, { refresh_token: `${MARKER}.0.x` });
  await call('/api/auth/me', ana, { email: `${MARKER}@example.com`, current_password: PASSWORD }, 'PATCH');
  await call('/api/auth/me', ana, { password: `${MARKER} mule 8`, current_password: PASSWORD }, 'PATCH');
  const series = { ...TEXTS, ...HOUR, recurrence_pattern: 'FREQ=DAILY;COUNT=5' };
  const { id } = (await call('/api/events', ana, { ...series, change_comment: MARKER })) as { id: string };
  const event = `/api/events/${id}`;
  await call(`${event}?occurrence=2030-06-02T10:00:00Z&scope=this`, ana, { title: `${MARKER} once` }, 'PUT');
  await call(event, ana, { title: `${MARKER} again`, change_comment: `${MARKER} why` }, 'PUT');
  await call('/api/events/batch', ana, {
    events: [
      { ...TEXTS, ...HOUR },
      { title: MARKER, end_time: MARKER },
    ],
  });
  await call(`${event}/share`, ana, { users: [{ username: 'ben', role: 'viewer' }] });
  await call(`${event}/share`, ana, {
    users: [
      { username: MARKER, role: 'viewer' },
      { email: `${MARKER}@example.com`, role: 'x' },
    ],
  });
  await call(event, ben, { title: `${MARKER} by ben` }, 'PUT');
  await call(`${event}/rollback/1`, ana, { change_comment: MARKER });
  await call(event, ana, undefined, 'DELETE');
  await call(`${event}/restore`, ana, {});
  await call(`/api/events?q=${MARKER}`, ana);
  await call(`/api/events?${MARKER}=${MARKER}`, ana);
  await call(`/api/users?username=${MARKER}`, ana);
  await call('/api/events', ana, { [MARKER]: MARKER });
  await call('/api/auth/me', ben, { password: PASSWORD }, 'DELETE');
  await call('/api/auth/logout', ana, {});
  return secrets;
}

describe('the audit trail and the log', () => {
  it('contain no secret and no text that a person wrote', async () => {
    const secrets = await leaveMarkersEverywhere();
    await app.app.get(AuditTrail).flush();
    flushLines();
    const rows = await app.database.query<{ kind: string; details: object }>('SELECT * FROM audit_entries');
    const kinds = new Set(rows.map(({ kind }) => kind));
    for (const kind of ['registered', 'sign_in_failed', 'refused', 'event_restored', 'account_erased']) {
      expect(kinds).toContain(kind);
    }
    expect(rows.length).toBeGreaterThan(14);
    expect(JSON.stringify(rows)).not.toContain(MARKER);
    expect(logged.split('\n').filter((line) => line.includes('"request"')).length).toBeGreaterThan(20);
    expect(logged).not.toContain(MARKER);
    for (const secret of secrets) {
      expect(JSON.stringify(rows)).not.toContain(secret);
      expect(logged).not.toContain(secret);
    }
    // Details have the keys of their kind, with ids, numbers and words.
    for (const { kind, details } of rows) {
      const known: readonly string[] = AUDIT_KINDS[kind as keyof typeof AUDIT_KINDS];
      expect(Object.keys(details).filter((key) => !known.includes(key))).toEqual([]);
    }
  });
});

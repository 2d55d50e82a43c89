import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseMe, listAudit, updateMe } from '../../sdk/generated/sdk.gen.js';
import { until } from '../support/embedded-postgres-harness.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

// A password is checked, which takes a while, and then the account is written. What came between them stays.

const NEW_PASSWORD = 'another horse, 8 staples';
const WAITING = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

let withMails: TestApp;
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ mail: false });
  withMails = await startApp({ mail: true });
});
afterAll(() => Promise.all([app.close(), withMails.close()]));

interface Answer {
  status: number;
  code?: string | undefined;
}

type Call = (person: Person) => Promise<{ response?: Response; error?: unknown }>;
const change =
  (body: { password?: string; email?: string; time_zone?: string }): Call =>
  ({ client }) =>
    updateMe({ client, body: { current_password: PASSWORD, ...body } });

const CALLS: [name: string, call: Call, server: () => TestApp][] = [
  ['another password', change({ password: NEW_PASSWORD }), () => app],
  ['another address, at once', change({ email: 'thief@example.com' }), () => app],
  ['another address, to be confirmed', change({ email: 'thief@example.com' }), () => withMails],
  ['another password and address', change({ password: NEW_PASSWORD, email: 'thief@example.com' }), () => withMails],
  ['the end of the account', ({ client }) => eraseMe({ client, body: { password: PASSWORD } }), () => app],
];

/** Lets a call check the password, then writes the account as somebody else would, and returns what the call came to. */
async function meanwhile(server: TestApp, person: Person, call: Call, write: string): Promise<Answer> {
  const { pool } = server.database;
  const holder = await pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [person.id]);
    const called = call(person);
    await until(async () => (await pool.query(WAITING)).rows.length > 0);
    await holder.query(`UPDATE users SET ${write} WHERE id = $1`, [person.id]);
    await holder.query('COMMIT');
    const { response, error } = await called;
    return { status: response!.status, code: (error as { code?: string } | undefined)?.code };
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}

const account = async (server: TestApp, { id }: Person): Promise<unknown> =>
  (
    await server.database.query(
      'SELECT email, pending_email, holds_email, password_hash, erased_at, disabled_at FROM users WHERE id = $1',
      [id],
    )
  )[0];

describe.each(CALLS)('%s, asked for with a password', (_name, call, server) => {
  it('is refused when the password was replaced since it was checked', async () => {
    const ana = await server().signUp('ana');
    const before = await account(server(), ana);
    const answer = await meanwhile(server(), ana, call, `password_hash = 'that of a reset'`);
    expect(answer).toEqual({ status: 422, code: 'validation_failed' });
    expect(await account(server(), ana)).toEqual({ ...(before as object), password_hash: 'that of a reset' });
  });

  it.each([
    ['erased', `erased_at = now(), email = id || '@deleted.invalid', password_hash = ''`],
    ['disabled', 'disabled_at = now()'],
  ])('is refused when the account was %s since', async (_state, write) => {
    const ana = await server().signUp('ana');
    const answer = await meanwhile(server(), ana, call, write);
    expect(answer).toEqual({ status: 401, code: 'unauthenticated' });
    const { email, pending_email } = (await account(server(), ana)) as Record<string, string | null>;
    expect([email, pending_email]).not.toContain('thief@example.com');
  });

  it('is done otherwise', async () => {
    const ana = await server().signUp('ana');
    const { status } = await meanwhile(server(), ana, call, 'created_at = created_at');
    expect(status).toBeLessThan(300);
  });
});

it.each([
  ['at once', () => app, 'email'],
  ['to be confirmed', () => withMails, 'pending_email'],
] as const)('a password and an address, %s, are stored together or not at all', async (_when, server, column) => {
  const { database } = server();
  const ana = await server().signUp('ana');
  const email = `${ana.id}@new.example`;
  // Whoever stores the address finds that somebody has replaced the password at that moment.
  await database.query(`
    CREATE FUNCTION replace_password() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.${column} IS DISTINCT FROM OLD.${column} THEN NEW.password_hash := 'that of a reset'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER replace_password BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION replace_password()`);
  try {
    const { response } = await change({ password: NEW_PASSWORD, email })(ana);
    const [row] = await database.query<Record<string, string>>(
      `SELECT ${column}, password_hash FROM users WHERE id = $1`,
      [ana.id],
    );
    const isDone = response!.status === 200;
    expect([row![column] === email, row!['password_hash'] !== 'that of a reset']).toEqual([isDone, true]);
  } finally {
    await database.query('DROP TRIGGER replace_password ON users; DROP FUNCTION replace_password()');
  }
});

it('another time zone does not reach an account that was erased meanwhile', async () => {
  const ana = await app.signUp('ana');
  await meanwhile(app, ana, change({ time_zone: 'Asia/Tokyo' }), `erased_at = now(), time_zone = 'UTC'`);
  const [row] = await app.database.query('SELECT time_zone FROM users WHERE id = $1', [ana.id]);
  expect(row).toEqual({ time_zone: 'UTC' });
});

it('a numbered page whose total fails is refused, and the server lives on', async () => {
  const ana = await app.signUp('ana');
  const unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  try {
    await app.database.query('ALTER TABLE audit_entries RENAME TO audit_entries_away');
    const headers = { authorization: `Bearer ${ana.accessToken}` };
    expect((await fetch(`${app.url}/api/audit?page=1`, { headers })).status).toBe(500);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    await app.database.query('ALTER TABLE audit_entries_away RENAME TO audit_entries');
    process.off('unhandledRejection', hear);
  }
  expect(unheard).toEqual([]);
  expect((await ok(listAudit({ client: ana.client, query: { page: 1 } }))).items.length).toBeGreaterThan(0);
});

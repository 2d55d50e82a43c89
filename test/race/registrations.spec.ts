import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register } from '../../sdk/generated/sdk.gen.js';
import { atOnce, outcome, type Outcome, tally } from '../support/calls.js';
import { PASSWORD, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const anyCase = (text: string, index: number): string =>
  [...text].map((letter, place) => ((index >> (place % 4)) & 1 ? letter.toUpperCase() : letter)).join('');

describe('16 parallel registrations', () => {
  it('of one name in any case make one account; the others get the error that the name is taken', async () => {
    const name = `ana-${randomBytes(4).toString('hex')}`;
    const outcomes = await atOnce(16, (index) =>
      outcome(
        register({
          client: app.client(),
          body: { username: anyCase(name, index), email: `${name}-${index}@example.com`, password: PASSWORD },
        }),
      ),
    );
    expect(tally(outcomes)).toEqual({ 201: 1, 409: 15 });
    for (const { body } of outcomes.filter(({ status }) => status === 409)) {
      expect(body).toMatchObject({ code: 'name_taken', errors: [{ pointer: '/username', code: 'taken' }] });
    }
    const accounts = await app.database.query<{ id: string }>(`SELECT id FROM users WHERE username = $1`, [name]);
    expect(accounts).toHaveLength(1);
    const sessions = await app.database.query(`SELECT 1 FROM sessions WHERE user_id = $1`, [accounts[0]!.id]);
    expect(sessions).toHaveLength(1);
  });

  /** Registers 16 people with one address, each with a name of their own. */
  const registerAddress = async (server: TestApp): Promise<{ email: string; outcomes: Outcome[] }> => {
    const name = `ben-${randomBytes(4).toString('hex')}`;
    const outcomes = await atOnce(16, (index) =>
      outcome(
        register({
          client: server.client(),
          body: { username: `${name}-${index}`, email: `${anyCase(name, index)}@example.com`, password: PASSWORD },
        }),
      ),
    );
    return { email: `${name}@example.com`, outcomes };
  };

  it('of one e-mail in any case succeed alike, and one of the accounts holds it', async () => {
    const { email, outcomes } = await registerAddress(app);
    expect(tally(outcomes)).toEqual({ 201: 16 });
    const accounts = await app.database.query(`SELECT holds_email AS holds FROM users WHERE email = $1`, [email]);
    expect(accounts).toHaveLength(16);
    expect(accounts.filter(({ holds }) => holds)).toHaveLength(1);
  });

  it('of one e-mail in any case make one account where addresses are not private', async () => {
    const server = await startApp({ userLookup: 'email' }, app.database);
    try {
      const { email, outcomes } = await registerAddress(server);
      expect(tally(outcomes)).toEqual({ 201: 1, 409: 15 });
      expect(await app.database.query(`SELECT 1 FROM users WHERE email = $1`, [email])).toHaveLength(1);
    } finally {
      await server.close();
    }
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { acceptInvitation, register, revokeInvitation, shareEvent, verifyEmail } from '../../sdk/generated/sdk.gen.js';
import { Passwords } from '../../src/auth/passwords.js';
import { atOnce, outcome, tally } from '../support/calls.js';
import { expectInvariants } from '../support/invariants.js';
import { type MailBox, startMailApp } from '../support/mail-box.js';
import { createMeeting } from '../support/meetings.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

const INVITED = 'You are invited to an event';
const VERIFY = 'Confirm your e-mail address';
const ROUNDS = 6;

let app: TestApp;
let other: TestApp;
let box: MailBox;
let close: () => Promise<void>;
let ana: Person;
beforeAll(async () => {
  ({ app, box, close } = await startMailApp());
  other = await startApp({ mail: true, dataDir: app.config.values.dataDir }, app.database);
  ana = await app.signUp('ana');
});
afterAll(async () => {
  await other.close();
  await close();
});

const servers = (index: number): TestApp => (index % 2 === 0 ? app : other);

/** Ana invites an address that nobody has. */
async function invite(): Promise<{ eventId: string; invitationId: string; email: string; name: string }> {
  const name = `cid-${randomBytes(4).toString('hex')}`;
  const email = `${name}@example.com`;
  const { id: eventId } = await createMeeting(ana, { show_as: 'free' });
  const body = { users: [{ email, role: 'editor' as const }] };
  const { invitations } = await ok(shareEvent({ client: ana.client, path: { id: eventId }, body }));
  return { eventId, invitationId: invitations[0]!.id, email, name };
}

/** The kinds of the history of an event, and how many people other than its owner are on it. */
async function stateOf(eventId: string): Promise<{ kinds: string[]; roles: number }> {
  const kinds = await app.database.query<{ kind: string }>(
    `SELECT kind FROM member_changes WHERE event_id = $1 ORDER BY position`,
    [eventId],
  );
  const [row] = await app.database.query<{ roles: number }>(
    `SELECT count(*)::int AS roles FROM event_permissions WHERE event_id = $1 AND role <> 'owner'`,
    [eventId],
  );
  return { kinds: kinds.map(({ kind }) => kind), roles: row!.roles };
}

/** An accepted invitation is one role; a revoked one is none. One of both, and never both. */
async function expectOneOutcome(eventId: string, revoked: boolean): Promise<void> {
  const { kinds, roles } = await stateOf(eventId);
  expect(kinds).toEqual(['invited', revoked ? 'invitation_revoked' : 'invitation_accepted']);
  expect(roles).toBe(revoked ? 0 : 1);
}

it('an invitation that is revoked while the password of its account is hashed makes no account', async () => {
  const { eventId, invitationId, email, name } = await invite();
  const { token: invitation } = await box.next(email, INVITED);
  const passwords = app.app.get(Passwords, { strict: false });
  const hash = passwords.hash.bind(passwords);
  const hashing = vi.spyOn(passwords, 'hash').mockImplementationOnce(async (password) => {
    const path = { id: eventId, invitationId };
    await revokeInvitation({ client: ana.client, path, throwOnError: true });
    return hash(password);
  });
  const body = { username: name, email, password: PASSWORD, invitation };
  const { status, body: problem } = await outcome(register({ client: app.client(), body }));
  hashing.mockRestore();
  expect([status, problem]).toMatchObject([422, { errors: [{ pointer: '/invitation' }] }]);
  expect(await app.database.query('SELECT FROM users WHERE username = $1', [name])).toEqual([]);
});

describe('an invitation that is accepted and revoked at the same moment, on two servers', () => {
  it('is either: two registrations with its link, and a revocation', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { eventId, invitationId, email, name } = await invite();
      const { token: invitation } = await box.next(email, INVITED);
      const [revocation, ...registrations] = await atOnce(3, (index) => {
        const server = servers(index + round);
        if (index === 0) {
          const path = { id: eventId, invitationId };
          return outcome(revokeInvitation({ client: server.client(ana.accessToken), path }));
        }
        const body = { username: `${name}-${index}`, email, password: PASSWORD, invitation };
        return outcome(register({ client: server.client(), body }));
      });
      expect([204, 404]).toContain(revocation!.status);
      // The second account with the link is refused, whatever became of the first.
      expect(tally(registrations)[201] ?? 0).toBeLessThanOrEqual(1);
      for (const { status } of registrations) expect([201, 409, 422]).toContain(status);
      await expectOneOutcome(eventId, revocation!.status === 204);
    }
  });

  it('is either: two accounts that confirm the address, and a revocation', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { eventId, invitationId, email, name } = await invite();
      for (const index of [1, 2]) {
        await ok(register({ client: app.client(), body: { username: `${name}-${index}`, email, password: PASSWORD } }));
      }
      const tokens = [(await box.next(email, VERIFY)).token, (await box.next(email, VERIFY)).token];
      const [revocation, ...confirmations] = await atOnce(3, (index) => {
        const server = servers(index + round);
        const path = { id: eventId, invitationId };
        return index === 0
          ? outcome(revokeInvitation({ client: server.client(ana.accessToken), path }))
          : outcome(verifyEmail({ client: server.client(), body: { token: tokens[index - 1]! } }));
      });
      expect(tally(confirmations)).toEqual({ 200: 2 });
      await expectOneOutcome(eventId, revocation!.status === 204);
    }
  });

  it('is accepted once by eight requests with its link', async () => {
    const { eventId, email, name } = await invite();
    await ok(register({ client: app.client(), body: { username: name, email, password: PASSWORD } }));
    // Confirmed, but not invited any more in that moment.
    await app.database.query(`UPDATE users SET email_verified_at = now() WHERE username = $1`, [name]);
    const { token } = await box.next(email, INVITED);
    const answers = await atOnce(8, (index) =>
      outcome(acceptInvitation({ client: servers(index).client(), body: { token } })),
    );
    expect(tally(answers)).toEqual({ 200: 1, 422: 7 });
    await expectOneOutcome(eventId, false);
  });

  it('leaves a history that verifies', () => expectInvariants(app.database));
});

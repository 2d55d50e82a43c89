import { randomBytes, randomUUID } from 'node:crypto';
import {
  createEvent,
  deleteEvent,
  listNotifications,
  revokePermission,
  shareEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { Caller } from './access-matrix.js';
import { ok, type Person, type TestApp } from './test-app.js';

/** One cell of the access matrix: a new person, and a new event on which that person has the role. */
export interface Cell {
  /** The one who calls; an anonymous caller has an account and sends no token. */
  caller: Person;
  token: string | undefined;
  eventId: string;
  /** Somebody else who views the event. */
  guest: Person;
  /** Somebody who is not on the event. */
  outsider: Person;
  /** A notification: the caller's own when there is one, else the guest's. */
  notificationId(): Promise<string>;
  /** A new secret of a link that the caller received. */
  accountToken(purpose: string): Promise<string>;
  /** A new invitation of the outsider, who has confirmed the address. */
  invitation(): Promise<{ id: string; token: string }>;
}

const TABLES = [
  'events',
  'event_versions',
  'event_permissions',
  'event_occupancy',
  'member_changes',
  'notifications',
  'users',
  'sessions',
  'account_tokens',
  'app_passwords',
  'event_invitations',
  'calendar_feeds',
  'import_jobs',
];

/** Makes the state for each cell. The three people here stay as they are; everything else is new for each cell. */
export class AccessWorld {
  private constructor(
    private readonly app: TestApp,
    private readonly host: Person,
    private readonly guest: Person,
    private readonly outsider: Person,
  ) {}

  static async create(app: TestApp): Promise<AccessWorld> {
    return new AccessWorld(app, await app.signUp('host'), await app.signUp('guest'), await app.signUp('outsider'));
  }

  async cell(role: Caller, inTrash = false): Promise<Cell> {
    const caller = await this.app.signUp(role);
    const owner = role === 'owner' ? caller : this.host;
    const eventId = await this.event(owner);
    const path = { id: eventId };
    const granted = role === 'revoked' ? 'editor' : role;
    const users = [{ user_id: this.guest.id, role: 'viewer' as const }];
    if (granted === 'viewer' || granted === 'editor') {
      await ok(
        shareEvent({ client: owner.client, path, body: { users: [...users, { user_id: caller.id, role: granted }] } }),
      );
    } else {
      await ok(shareEvent({ client: owner.client, path, body: { users } }));
    }
    if (role === 'revoked') {
      await revokePermission({ client: owner.client, path: { id: eventId, userId: caller.id }, throwOnError: true });
    }
    if (inTrash) await deleteEvent({ client: owner.client, path, throwOnError: true });
    return {
      caller,
      token: role === 'anonymous' ? undefined : caller.accessToken,
      eventId,
      guest: this.guest,
      outsider: this.outsider,
      notificationId: async () => {
        const own = await ok(listNotifications({ client: caller.client }));
        const { items } = own.items.length > 0 ? own : await ok(listNotifications({ client: this.guest.client }));
        return items[0]!.id;
      },
      accountToken: async (purpose) => {
        const token = randomBytes(32).toString('base64url');
        await this.app.database.query(
          `INSERT INTO account_tokens (hash, purpose, user_id, email, created_at, expires_at)
           VALUES (sha256($1::bytea), $2, $3, $4, now(), now() + interval '1 hour')`,
          [Buffer.from(token), purpose, caller.id, caller.email],
        );
        return token;
      },
      invitation: () => this.invite(eventId),
    };
  }

  private async invite(eventId: string): Promise<{ id: string; token: string }> {
    const [id, token] = [randomUUID(), randomBytes(32).toString('base64url')];
    await this.app.database.query(
      `INSERT INTO event_invitations (event_id, id, email, role, token_hash, invited_by, invited_at, sent_at, expires_at)
       VALUES ($1, $2, $3, 'viewer', sha256($4::bytea), $5, now(), now(), now() + interval '1 day')
       ON CONFLICT (event_id, email) DO UPDATE SET id = excluded.id, token_hash = excluded.token_hash`,
      [eventId, id, this.outsider.email, Buffer.from(token), this.host.id],
    );
    await this.app.database.query(`UPDATE users SET email_verified_at = now() WHERE id = $1`, [this.outsider.id]);
    return { id, token };
  }

  /** How many rows each table has, and what is in them. */
  async fingerprint(): Promise<unknown> {
    const columns = TABLES.map(
      (table) =>
        `(SELECT count(*) || ' ' || coalesce(sum(hashtextextended(r::text, 0)), 0) FROM ${table} r) AS ${table}`,
    );
    return (await this.app.database.query(`SELECT ${columns.join(', ')}`))[0];
  }

  private async event(owner: Person): Promise<string> {
    const body = { title: 'Team meeting', start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
    return (await ok(createEvent({ client: owner.client, body: { ...body, show_as: 'free' } }))).id;
  }
}

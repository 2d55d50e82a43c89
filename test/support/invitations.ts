import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  acceptInvitation,
  listInvitations,
  listPermissions,
  register,
  shareEvent,
  verifyEmail,
} from '../../sdk/generated/sdk.gen.js';
import type { SharedView } from '../../sdk/generated/types.gen.js';
import { type MailBox, startMailApp } from './mail-box.js';
import { createMeeting } from './meetings.js';
import { ok, PASSWORD, type Person, type TestApp } from './test-app.js';

export const INVITED = 'You are invited to an event';
export const VERIFY = 'Confirm your e-mail address';

/** A name that nobody has. */
export const fresh = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;

type Role = 'viewer' | 'editor';

/** Ana, her event, and an address that nobody has: new ones for each test, on one server that writes mails to files. */
export class InvitationScene {
  app!: TestApp;
  box!: MailBox;
  ana!: Person;
  eventId!: string;
  email!: string;

  constructor() {
    let close: () => Promise<void>;
    beforeAll(async () => {
      const started = await startMailApp({ maxPeople: 3 });
      ({ app: this.app, box: this.box, close } = started);
    });
    afterAll(() => close());
    beforeEach(async () => {
      this.ana = await this.app.signUp('ana');
      ({ id: this.eventId } = await createMeeting(this.ana, { show_as: 'free' }));
      this.email = `${fresh('cid')}@example.com`;
    });
  }

  invite(email = this.email, role: Role = 'editor', id = this.eventId): Promise<SharedView> {
    return ok(shareEvent({ client: this.ana.client, path: { id }, body: { users: [{ email, role }] } }));
  }

  async invitations(id = this.eventId): Promise<string[]> {
    const { items } = await ok(listInvitations({ client: this.ana.client, path: { id } }));
    return items.map((one) => `${one.email} ${one.role}`);
  }

  async members(id = this.eventId): Promise<string[]> {
    const { items } = await ok(listPermissions({ client: this.ana.client, path: { id } }));
    return items.map((one) => `${one.username} ${one.role}`);
  }

  /** The secret of the next invitation to the address. */
  async linkTo(email = this.email): Promise<string> {
    return (await this.box.next(email, INVITED)).token;
  }

  join(invitation: string, email = this.email): ReturnType<typeof register> {
    return register({
      client: this.app.client(),
      body: { username: fresh('cid'), email, password: PASSWORD, invitation },
    });
  }

  accept(token: string): ReturnType<typeof acceptInvitation> {
    return acceptInvitation({ client: this.app.client(), body: { token } });
  }

  /** An account that has confirmed its address. */
  async verified(name: string): Promise<Person> {
    const person = await this.app.signUp(name);
    const { token } = await this.box.next(person.email, VERIFY);
    await ok(verifyEmail({ client: this.app.client(), body: { token } }));
    return person;
  }
}

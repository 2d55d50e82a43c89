import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  eraseMe,
  getEvent,
  listChangelog,
  listNotifications,
  listPermissions,
  revokePermission,
  undoChange,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView, LogEntryView, UndoChangeData } from '../../sdk/generated/types.gen.js';
import { expectInvariants } from '../support/invariants.js';
import { createMeeting, hourOn, MEETING, share, versionsOf } from '../support/meetings.js';
import { complaints, done, footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
let cid: Person;
let id: string;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
beforeEach(async () => {
  [ana, ben, cid] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cid')];
  ({ id } = await createMeeting(ana));
});
afterEach(() => expectInvariants(app.database));

const undo = (position: number, person = ana, body: UndoChangeData['body'] = {}): ReturnType<typeof undoChange> =>
  undoChange({ client: person.client, path: { id, position }, body });
const give = (person: Person, role: 'viewer' | 'editor' | 'owner', by = ana): Promise<unknown> =>
  ok(changeRole({ client: by.client, path: { id, userId: person.id }, body: { role } }));
const remove = (person: Person, by = ana): Promise<void> =>
  done(revokePermission({ client: by.client, path: { id, userId: person.id } }));
const peopleOn = async (person = ana, as_of?: string): Promise<string[]> => {
  const { items } = await ok(listPermissions({ client: person.client, path: { id }, query: { as_of } }));
  return items.map(({ username, role }) => `${username.split('-')[0]} ${role}`);
};
const log = async (person = ana): Promise<LogEntryView[]> =>
  (await ok(listChangelog({ client: person.client, path: { id } }))).items;
const last = async (person = ana): Promise<LogEntryView> => (await log(person)).at(-1)!;
const lastTold = async ({ client }: Person): Promise<string> => {
  const { items } = await ok(listNotifications({ client, query: { limit: 1 } }));
  return `${items[0]!.type}: ${items[0]!.message}`;
};
const peopleOf = ({ permissions }: EventView): string[] =>
  permissions!.map(({ username, role }) => `${username.split('-')[0]} ${role}`);

describe('POST /api/events/:id/changelog/:position/undo', () => {
  it('of a share revokes the access at once and for good, and notifies the people', async () => {
    const users = [ben, cid].map(({ username }) => ({ username, role: 'editor' as const }));
    await send(app, `/api/events/${id}/share`, { as: ana, body: { users } });
    expect((await log()).map(({ position, kind }) => `${position} ${kind}`)).toEqual(['1 created', '2 shared']);

    const event = await ok(undo(2));
    expect(peopleOf(event)).toEqual(['ana owner']);
    expect(event.version).toBe(1);
    expect(await refused(getEvent({ client: ben.client, path: { id } }))).toMatchObject({ status: 404 });
    expect(await last()).toMatchObject({
      position: 3,
      kind: 'revoked',
      version: 1,
      actor: { id: ana.id },
      comment: 'Undid change 2',
      summary: expect.stringMatching(/^Removed ben-\w+ \(was editor\) and cid-\w+ \(was editor\)$/),
    });
    expect(await lastTold(ben)).toBe(`access_revoked: ${ana.username} removed you from “${MEETING.title}”`);
    expect(await lastTold(ana)).toBe(
      `access_revoked: You removed ${ben.username} and ${cid.username} from “${MEETING.title}”`,
    );
    expect(await versionsOf(app.database, id)).toEqual(['1 created']);
  });

  it('keeps earlier and later shares, and can itself be undone', async () => {
    const dee = await app.signUp('dee');
    await share(ana, id, ben, 'viewer');
    await share(ana, id, cid, 'editor');
    await share(ana, id, dee, 'viewer');
    expect(peopleOf(await ok(undo(3)))).toEqual(['ana owner', 'ben viewer', 'dee viewer']);
    expect(peopleOf(await ok(undo(5)))).toEqual(['ana owner', 'ben viewer', 'cid editor', 'dee viewer']);
    expect(await last()).toMatchObject({ kind: 'shared', comment: 'Undid change 5' });
    expect(await lastTold(cid)).toBe(`event_shared: ${ana.username} shared “${MEETING.title}” with you as an editor`);
  });

  it('of a change of role restores the previous role', async () => {
    await share(ana, id, ben, 'viewer');
    await give(ben, 'editor');
    expect(peopleOf(await ok(undo(3, ana, { change_comment: 'Too early' })))).toEqual(['ana owner', 'ben viewer']);
    const edit = updateEvent({ client: ben.client, path: { id }, body: { title: 'Lunch' } });
    expect(await refused(edit)).toMatchObject({ status: 403 });
    expect(await last()).toMatchObject({ kind: 'role_changed', comment: 'Too early' });
    expect(await lastTold(ben)).toMatch(/^role_changed: .* changed your role on .* from editor to viewer$/);
  });

  it('of a share that also changed roles undoes either part', async () => {
    await share(ana, id, ben, 'viewer');
    const users = [ben, cid].map(({ username }) => ({ username, role: 'editor' as const }));
    await send(app, `/api/events/${id}/share`, { as: ana, body: { users } });
    expect((await log()).slice(2).map(({ kind }) => kind)).toEqual(['shared', 'role_changed']);
    expect(peopleOf(await ok(undo(4)))).toEqual(['ana owner', 'ben viewer', 'cid editor']);
    expect(peopleOf(await ok(undo(3)))).toEqual(['ana owner', 'ben viewer']);
  });

  it('of a revocation restores the role, also of a person who left', async () => {
    await share(ana, id, ben, 'editor');
    await remove(ben);
    expect(peopleOf(await ok(undo(3)))).toEqual(['ana owner', 'ben editor']);
    await ok(updateEvent({ client: ben.client, path: { id }, body: { title: 'Lunch' } }));
    await remove(ben, ben);
    expect(peopleOf(await ok(undo((await last()).position)))).toEqual(['ana owner', 'ben editor']);
  });

  it('of a transfer returns the event to the previous owner, with its time', async () => {
    await share(ana, id, ben, 'viewer');
    await give(ben, 'owner');
    const event = await ok(undo(3, ben));
    expect(peopleOf(event)).toEqual(['ana owner', 'ben viewer']);
    expect(event).toMatchObject({ owner: { id: ana.id }, role: 'viewer' });
    expect(await last()).toMatchObject({ kind: 'ownership_transferred', actor: { id: ben.id } });
    expect(await lastTold(ana)).toBe(
      `ownership_transferred: ${ben.username} transferred ownership of “${MEETING.title}” to you`,
    );
    await createMeeting(ben);
    expect(await refused(createEvent({ client: ana.client, body: MEETING }))).toMatchObject({
      status: 409,
      code: 'event_conflict',
    });
  });

  it("of a transfer is checked against the previous owner's availability", async () => {
    await share(ana, id, ben, 'editor');
    await give(ben, 'owner');
    await createMeeting(ana, { title: 'In the way' });
    const before = await footprint(app.database);
    const problem = await refused(undo(3, ben));
    expect(problem).toMatchObject({ status: 409, code: 'event_conflict' });
    // The title is Ana's affair.
    expect(problem.conflicts).toMatchObject([{ event_id: null, title: null }]);
    expect(await footprint(app.database)).toEqual(before);
    expect(peopleOf(await ok(undo(3, ben, { on_conflict: 'allow' })))).toEqual(['ana owner', 'ben editor']);
  });

  it('is refused when roles changed again since, with all of these people', async () => {
    const users = [ben, cid].map(({ username }) => ({ username, role: 'viewer' as const }));
    await send(app, `/api/events/${id}/share`, { as: ana, body: { users } });
    await give(ben, 'editor');
    const before = await footprint(app.database);
    expect(await refused(undo(2))).toMatchObject({
      status: 409,
      code: 'later_changes',
      clashes: [
        {
          field: 'permissions',
          person: { id: ben.id, username: ben.username },
          base: 'viewer',
          theirs: 'editor',
          yours: null,
        },
      ],
    });
    expect(await footprint(app.database)).toEqual(before);
    // Nobody who did nothing is touched: the same after the way back.
    await ok(undo(3));
    expect(peopleOf(await ok(undo(2)))).toEqual(['ana owner']);
  });

  it('of a transfer is refused when the event was transferred again, or the previous owner has left', async () => {
    await share(ana, id, ben, 'editor');
    await share(ana, id, cid, 'viewer');
    await give(ben, 'owner');
    await give(cid, 'owner', ben);
    expect(await refused(undo(4, cid))).toMatchObject({
      status: 409,
      clashes: [{ person: { id: ben.id }, base: 'owner', theirs: 'editor', yours: 'editor' }],
    });
    await remove(ben, cid);
    expect(await refused(undo(5, cid))).toMatchObject({
      status: 409,
      clashes: [{ person: { id: ben.id }, base: 'editor', theirs: null, yours: 'owner' }],
    });
    expect(await peopleOn(cid)).toEqual(['cid owner', 'ana editor']);
  });

  it('does nothing twice', async () => {
    await share(ana, id, ben, 'viewer');
    await remove(ben);
    const before = await footprint(app.database);
    expect(peopleOf(await ok(undo(2)))).toEqual(['ana owner']);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('of a version is what revert does', async () => {
    await share(ana, id, ben, 'editor');
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Lunch', ...hourOn(1) } }));
    await ok(updateEvent({ client: ana.client, path: { id }, body: { location: 'Canteen' } }));
    const { status, headers, json } = await send(app, `/api/events/${id}/changelog/3/undo`, {
      as: ben,
      method: 'POST',
    });
    expect([status, headers.get('etag')]).toEqual([200, expect.stringMatching(/^"4\./)]);
    expect(json).toMatchObject({ title: MEETING.title, location: 'Canteen', start_time: MEETING.start_time });
    expect(await last()).toMatchObject({ kind: 'rolled_back', comment: 'Undid version 2' });
    expect(complaints(await refused(undo(1)))).toEqual(['/path/position not_allowed']);
  });

  it('of a change of members requires the owner', async () => {
    const dee = await app.signUp('dee');
    await share(ana, id, ben, 'editor');
    await share(ana, id, cid, 'viewer');
    const before = await footprint(app.database);
    for (const person of [ben, cid]) {
      expect(await refused(undo(3, person))).toMatchObject({ status: 403, code: 'forbidden' });
    }
    expect(await refused(undo(3, dee))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await footprint(app.database)).toEqual(before);
  });

  it('finds only entries of the changelog of this event', async () => {
    const other = await createMeeting(ana, hourOn(1));
    await share(ana, other.id, ben, 'viewer');
    expect(await refused(undo(2))).toMatchObject({ status: 404, code: 'not_found' });
    for (const position of ['0', '-1', '1.5', 'two', '9999999999']) {
      const { status, json } = await send(app, `/api/events/${id}/changelog/${position}/undo`, { as: ana, body: {} });
      expect([status, ...complaints(json)]).toEqual([422, '/path/position invalid']);
    }
    const { status, json } = await send(app, `/api/events/${id}/changelog/1/undo`, { as: ana, body: { role: 'x' } });
    expect([status, ...complaints(json)]).toEqual([422, '/role unknown_field']);
  });

  it('restores no role of a person whose account was erased', async () => {
    await share(ana, id, ben, 'editor');
    await remove(ben);
    await done(eraseMe({ client: ben.client, body: { password: ben.password } }));
    expect(complaints(await refused(undo(3)))).toEqual(['/path/position unknown_person']);
    expect(await peopleOn()).toEqual(['ana owner']);
  });

  it('restores no more members than an event can have', async () => {
    await share(ana, id, ben, 'editor');
    await remove(ben);
    await share(ana, id, cid, 'viewer');
    const small = await startApp({ maxPeople: 2 }, app.database);
    try {
      const { status, json } = await send(small, `/api/events/${id}/changelog/3/undo`, { as: ana, body: {} });
      expect([status, json.code]).toEqual([409, 'too_many_people']);
    } finally {
      await small.close();
    }
    expect(await peopleOn()).toEqual(['ana owner', 'cid viewer']);
  });

  it('does not change earlier states', async () => {
    await share(ana, id, ben, 'editor');
    const { at } = await last();
    await ok(undo(2));
    expect(await peopleOn(ana, at)).toEqual(['ana owner', 'ben editor']);
    expect(await peopleOn()).toEqual(['ana owner']);
  });
});

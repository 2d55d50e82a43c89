import { calendarOf, vevent } from './calendar-files.js';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createAppPassword,
  getFeed,
  getImport,
  importCalendar,
  login,
  makeFeed,
  revokeFeeds,
} from '../../sdk/generated/sdk.gen.js';
import type { FeedWithLinkView, ImportJobView } from '../../sdk/generated/types.gen.js';
import type { Cell } from './access-world.js';
import { ok, PASSWORD, type Person } from './test-app.js';

/** Who calls: with no token, not on the event, with a role on it, or with one that was taken away. */
export const CALLERS = ['anonymous', 'stranger', 'viewer', 'editor', 'owner', 'revoked'] as const;
export type Caller = (typeof CALLERS)[number];

type Statuses = [anonymous: number, stranger: number, viewer: number, editor: number, owner: number, revoked: number];

export interface RequestParts {
  /** Path parameters besides `id`, which is the event unless it stands here. */
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
}

export interface Row {
  operation: string;
  statuses: Statuses;
  /** In words, when an operation has several rows. */
  circumstance: string;
  request?: (cell: Cell) => RequestParts | Promise<RequestParts>;
  /** The event is in the trash. */
  inTrash: boolean;
  /** True when an accepted call must show in the database. */
  writes: boolean;
}

type Details = Partial<Omit<Row, 'operation' | 'statuses'>>;

const row = (operation: string, statuses: Statuses, details: Details = {}): Row => ({
  operation,
  statuses,
  circumstance: '',
  inTrash: false,
  writes: false,
  ...details,
});

const TIMES = { start_time: '2026-07-01T10:00:00Z', end_time: '2026-07-01T11:00:00Z' };
const SEARCH = { duration_minutes: 60, from: '2126-06-03', to: '2126-06-08' };
const EVENT = { title: 'Another meeting', ...TIMES, show_as: 'free' };
const TRASH = { circumstance: ' in the trash', inTrash: true };
const EVERYBODY: Statuses = [200, 200, 200, 200, 200, 200];
const ANYBODY_SIGNED_IN: Statuses = [401, 200, 200, 200, 200, 200];
const NOT_FOR_PEOPLE: Statuses = [401, 403, 403, 403, 403, 403];
const READERS: Statuses = [401, 404, 200, 200, 200, 404];
const ONLY_OWNER_IN_TRASH: Statuses = [401, 404, 404, 404, 200, 404];
const NOBODY_IN_TRASH: Statuses = [401, 404, 404, 404, 404, 404];
/** The owner, who can restore the event, learns that it was deleted. */
const NO_WRITE_IN_TRASH: Statuses = [401, 404, 404, 404, 410, 404];

/** A new feed of a person, who has no other. */
const feedOf = async ({ client }: Person): Promise<FeedWithLinkView> => {
  await revokeFeeds({ client });
  return ok(makeFeed({ client, body: {} }));
};
/** Returns an import that has ended. */
const importOf = async ({ client }: Person): Promise<string> => {
  const begun = importCalendar({ client, body: calendarOf(), headers: { Prefer: 'respond-async' } });
  const { id } = (await ok(begun)) as ImportJobView;
  while ((await ok(getImport({ client, path: { id } }))).finished_at === null) await sleep(10);
  return id;
};
const secretOf = ({ url }: FeedWithLinkView): string => /([\w-]{43})\.ics$/.exec(url)![1]!;

/** Every operation × every caller: the status of a well-formed call. The columns are those of CALLERS. */
export const ACCESS_MATRIX: Row[] = [
  row('getLiveness', EVERYBODY),
  row('getReadiness', EVERYBODY),
  row('getMetrics', EVERYBODY),

  row('register', [201, 201, 201, 201, 201, 201], {
    writes: true,
    request: () => {
      const username = `new-${randomBytes(4).toString('hex')}`;
      return { body: { username, email: `${username}@example.com`, password: PASSWORD } };
    },
  }),
  row('login', EVERYBODY, {
    writes: true,
    request: ({ caller }) => ({ body: { username: caller.username, password: PASSWORD } }),
  }),
  row('refresh', EVERYBODY, {
    writes: true,
    request: ({ caller }) => ({ body: { refresh_token: caller.refreshToken } }),
  }),
  row('logout', [401, 204, 204, 204, 204, 204], { writes: true }),
  row('requestPasswordReset', [202, 202, 202, 202, 202, 202], {
    writes: true,
    request: ({ caller }) => ({ body: { email: caller.email } }),
  }),
  row('confirmPasswordReset', [204, 204, 204, 204, 204, 204], {
    writes: true,
    request: async ({ accountToken }) => ({
      body: { token: await accountToken('password_reset'), password: 'better staple 9' },
    }),
  }),
  row('verifyEmail', EVERYBODY, {
    writes: true,
    request: async ({ accountToken }) => ({ body: { token: await accountToken('email_verification') } }),
  }),
  row('resendVerification', [401, 202, 202, 202, 202, 202]),
  row('getMe', ANYBODY_SIGNED_IN),
  row('updateMe', ANYBODY_SIGNED_IN, { writes: true, request: () => ({ body: { time_zone: 'Europe/Paris' } }) }),
  row('eraseMe', [401, 204, 204, 204, 204, 204], { writes: true, request: () => ({ body: { password: PASSWORD } }) }),
  row('listSessions', ANYBODY_SIGNED_IN),
  row('endSession', [401, 204, 204, 204, 204, 204], {
    writes: true,
    request: async ({ caller }) => {
      const { access_token: other } = await ok(
        login({ client: caller.client, body: { username: caller.username, password: PASSWORD } }),
      );
      return { params: { id: sessionOf(other) } };
    },
  }),
  row('endSession', [401, 404, 404, 404, 404, 404], {
    circumstance: ' of somebody else',
    request: ({ guest }) => ({ params: { id: sessionOf(guest.accessToken) } }),
  }),
  row('createAppPassword', [401, 201, 201, 201, 201, 201], {
    writes: true,
    request: () => ({ body: { name: 'Phone' } }),
  }),
  row('listAppPasswords', ANYBODY_SIGNED_IN),
  row('revokeAppPassword', [401, 204, 204, 204, 204, 204], {
    writes: true,
    request: async ({ caller }) => ({ params: { id: await appPasswordOf(caller) } }),
  }),
  row('revokeAppPassword', [401, 404, 404, 404, 404, 404], {
    circumstance: ' of somebody else',
    request: async ({ guest }) => ({ params: { id: await appPasswordOf(guest) } }),
  }),
  row('findUsers', ANYBODY_SIGNED_IN, { request: ({ guest }) => ({ query: `?username=${guest.username}` }) }),

  row('listAudit', ANYBODY_SIGNED_IN),
  row('listAudit', [401, 403, 403, 403, 403, 403], {
    circumstance: ' of somebody else',
    request: ({ outsider }) => ({ query: `?user_id=${outsider.id}` }),
  }),

  row('listAccounts', NOT_FOR_PEOPLE),
  row('getAccount', NOT_FOR_PEOPLE, { request: ({ guest }) => ({ params: { id: guest.id } }) }),
  ...['disableAccount', 'enableAccount', 'signOutAccount', 'promoteAccount', 'demoteAccount'].map((operation) =>
    row(operation, NOT_FOR_PEOPLE, { request: ({ guest }) => ({ params: { id: guest.id } }) }),
  ),
  row('createAccount', NOT_FOR_PEOPLE, { request: () => ({ body: { username: 'zoe', email: 'zoe@example.com' } }) }),
  row('eraseAccount', NOT_FOR_PEOPLE, { request: ({ guest }) => ({ params: { id: guest.id } }) }),
  row('endAccountSession', NOT_FOR_PEOPLE, {
    request: ({ guest }) => ({ params: { id: guest.id, session: sessionOf(guest.accessToken) } }),
  }),
  row('purgeTrash', NOT_FOR_PEOPLE, { request: () => ({ body: { older_than_days: 0 } }) }),
  row('redactVersion', NOT_FOR_PEOPLE, { request: () => ({ params: { version: '1' }, body: { reason: 'None' } }) }),
  row('getFigures', NOT_FOR_PEOPLE),

  row('createEvent', [401, 201, 201, 201, 201, 201], { writes: true, request: () => ({ body: EVENT }) }),
  row('createEvents', [401, 201, 201, 201, 201, 201], { writes: true, request: () => ({ body: { events: [EVENT] } }) }),
  row('listEvents', ANYBODY_SIGNED_IN),
  row('getEvent', READERS),
  row('getEvent', NOBODY_IN_TRASH, TRASH),
  row('listOccurrences', READERS),
  row('listOccurrences', NOBODY_IN_TRASH, TRASH),
  row('updateEvent', [401, 404, 403, 200, 200, 404], { writes: true, request: () => ({ body: { title: 'Renamed' } }) }),
  row('updateEvent', NO_WRITE_IN_TRASH, { ...TRASH, request: () => ({ body: { title: 'Renamed' } }) }),
  row('patchEvent', [401, 404, 403, 200, 200, 404], { writes: true, request: () => ({ body: { title: 'Renamed' } }) }),
  row('deleteEvent', [401, 404, 403, 403, 204, 404], { writes: true }),
  row('deleteEvent', NOBODY_IN_TRASH, TRASH),
  row('restoreEvent', [401, 404, 403, 403, 200, 404]),
  row('restoreEvent', ONLY_OWNER_IN_TRASH, { ...TRASH, writes: true }),

  row('checkConflicts', ANYBODY_SIGNED_IN, { request: () => ({ body: TIMES }) }),
  row('checkConflicts', [401, 404, 403, 200, 200, 404], {
    circumstance: ' for an event',
    request: ({ eventId }) => ({ body: { ...TIMES, event_id: eventId } }),
  }),
  row('checkConflicts', NOBODY_IN_TRASH, {
    ...TRASH,
    request: ({ eventId }) => ({ body: { ...TIMES, event_id: eventId } }),
  }),
  row('getFreeBusy', ANYBODY_SIGNED_IN, {
    request: ({ caller }) => ({ query: `?user_ids=${caller.id}&from=2026-06-01&to=2026-06-08` }),
  }),
  row('getFreeBusy', [401, 422, 200, 200, 200, 422], {
    circumstance: ' of somebody else',
    request: ({ guest }) => ({ query: `?user_ids=${guest.id}&from=2026-06-01&to=2026-06-08` }),
  }),
  row('exportEvent', READERS),
  row('exportCalendar', ANYBODY_SIGNED_IN),
  row('importCalendar', ANYBODY_SIGNED_IN, {
    writes: true,
    request: () => ({
      body: calendarOf(
        ...vevent(`${randomBytes(4).toString('hex')}@example.org`, 'DTSTART:20310101T100000Z', 'DURATION:PT1H'),
      ),
    }),
  }),
  row('getImport', ANYBODY_SIGNED_IN, {
    request: async ({ caller }) => ({ params: { id: await importOf(caller) } }),
  }),
  row('getImport', [401, 404, 404, 404, 404, 404], {
    circumstance: ' of somebody else',
    request: async ({ guest }) => ({ params: { id: await importOf(guest) } }),
  }),
  row('getFeed', EVERYBODY, {
    request: async ({ caller }) => {
      const params = { secret: secretOf(await feedOf(caller)) };
      // The first request in an hour writes when that was.
      await getFeed({ client: caller.client, path: params });
      return { params };
    },
  }),
  row('getFeed', [404, 404, 404, 404, 404, 404], {
    circumstance: ' with another secret',
    request: () => ({ params: { secret: randomBytes(32).toString('base64url') } }),
  }),
  row('listFeeds', ANYBODY_SIGNED_IN),
  row('makeFeed', [401, 201, 201, 201, 201, 201], { writes: true, request: () => ({ body: { kind: 'busy' } }) }),
  row('rotateFeed', ANYBODY_SIGNED_IN, {
    writes: true,
    request: async ({ caller }) => ({ params: { id: (await feedOf(caller)).id } }),
  }),
  row('rotateFeed', [401, 404, 404, 404, 404, 404], {
    circumstance: ' of somebody else',
    request: async ({ guest }) => ({ params: { id: (await feedOf(guest)).id } }),
  }),
  row('revokeFeed', [401, 204, 204, 204, 204, 204], {
    writes: true,
    request: async ({ caller }) => ({ params: { id: (await feedOf(caller)).id } }),
  }),
  row('revokeFeed', [401, 404, 404, 404, 404, 404], {
    circumstance: ' of somebody else',
    request: async ({ guest }) => ({ params: { id: (await feedOf(guest)).id } }),
  }),
  row('revokeFeeds', [401, 204, 204, 204, 204, 204], {
    writes: true,
    request: async ({ caller }) => ({ params: { id: (await feedOf(caller)).id } }),
  }),
  row('findTime', ANYBODY_SIGNED_IN, { request: () => ({ body: { user_ids: [], ...SEARCH } }) }),
  row('findTime', [401, 422, 200, 200, 200, 422], {
    circumstance: ' with somebody else',
    request: ({ guest }) => ({ body: { user_ids: [guest.id], ...SEARCH } }),
  }),

  row('shareEvent', [401, 404, 403, 403, 200, 404], {
    writes: true,
    request: ({ outsider }) => ({ body: { users: [{ user_id: outsider.id, role: 'viewer' }] } }),
  }),
  row('listPermissions', READERS),
  row('listInvitations', [401, 404, 403, 403, 200, 404]),
  row('listInvitations', NO_WRITE_IN_TRASH, TRASH),
  row('revokeInvitation', [401, 404, 403, 403, 204, 404], {
    writes: true,
    request: async ({ invitation }) => ({ params: { invitationId: (await invitation()).id } }),
  }),
  row('acceptInvitation', EVERYBODY, {
    circumstance: ' of somebody else',
    writes: true,
    request: async ({ invitation }) => ({ body: { token: (await invitation()).token } }),
  }),
  row('changeRole', [401, 404, 403, 403, 200, 404], {
    writes: true,
    request: ({ guest }) => ({ params: { userId: guest.id }, body: { role: 'editor' } }),
  }),
  row('changeRole', [401, 404, 403, 403, 200, 404], {
    circumstance: ' to owner',
    writes: true,
    request: ({ guest }) => ({ params: { userId: guest.id }, body: { role: 'owner' } }),
  }),
  row('changeRole', [401, 404, 403, 403, 409, 404], {
    circumstance: ' of oneself',
    request: ({ caller }) => ({ params: { userId: caller.id }, body: { role: 'editor' } }),
  }),
  row('revokePermission', [401, 404, 403, 403, 204, 404], {
    writes: true,
    request: ({ guest }) => ({ params: { userId: guest.id } }),
  }),
  row('revokePermission', [401, 404, 204, 204, 409, 404], {
    circumstance: ' of oneself',
    writes: true,
    request: ({ caller }) => ({ params: { userId: caller.id } }),
  }),

  row('listVersions', READERS),
  row('listVersions', ONLY_OWNER_IN_TRASH, TRASH),
  row('getVersion', READERS, { request: () => ({ params: { version: '1' } }) }),
  row('getVersion', ONLY_OWNER_IN_TRASH, { ...TRASH, request: () => ({ params: { version: '1' } }) }),
  row('listChangelog', READERS),
  row('listChangelog', ONLY_OWNER_IN_TRASH, TRASH),
  row('diffVersions', READERS, { request: () => ({ params: { v1: '1', v2: 'current' } }) }),
  row('diffVersions', ONLY_OWNER_IN_TRASH, { ...TRASH, request: () => ({ params: { v1: '1', v2: '2' } }) }),
  row('rollbackEvent', [401, 404, 403, 200, 200, 404], { request: () => ({ params: { version: '1' }, body: {} }) }),
  row('rollbackEvent', ONLY_OWNER_IN_TRASH, {
    ...TRASH,
    writes: true,
    request: () => ({ params: { version: '1' }, body: {} }),
  }),

  row('revertChange', [401, 404, 403, 422, 422, 404], { request: () => ({ params: { version: '1' }, body: {} }) }),
  row('revertChange', ONLY_OWNER_IN_TRASH, {
    ...TRASH,
    writes: true,
    request: () => ({ params: { version: '2' }, body: {} }),
  }),

  row('undoChange', [401, 404, 403, 403, 200, 404], {
    circumstance: ' of people',
    writes: true,
    request: () => ({ params: { position: '2' }, body: {} }),
  }),
  row('undoChange', [401, 404, 403, 422, 422, 404], {
    circumstance: ' of content',
    request: () => ({ params: { position: '1' }, body: {} }),
  }),
  row('undoChange', NO_WRITE_IN_TRASH, {
    ...TRASH,
    circumstance: ' of people in the trash',
    request: () => ({ params: { position: '2' }, body: {} }),
  }),
  row('undoChange', ONLY_OWNER_IN_TRASH, {
    ...TRASH,
    circumstance: ' of content in the trash',
    writes: true,
    request: () => ({ params: { position: '3' }, body: {} }),
  }),

  row('listNotifications', ANYBODY_SIGNED_IN),
  row('readNotification', [401, 404, 200, 200, 200, 200], {
    request: async ({ notificationId }) => ({ params: { id: await notificationId() } }),
  }),
  row('readAllNotifications', ANYBODY_SIGNED_IN),
  row('listChanges', ANYBODY_SIGNED_IN),
  row('streamChanges', ANYBODY_SIGNED_IN),
];

async function appPasswordOf({ client }: Person): Promise<string> {
  return (await ok(createAppPassword({ client, body: { name: 'Phone' } }))).id;
}

/** The session that an access token belongs to. */
function sessionOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sid: string };
  return claims.sid;
}

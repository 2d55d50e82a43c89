import {
  browserSession,
  Convene,
  ConveneError,
  ConveneNetworkError,
  responseOf,
  type CalendarEvent,
  type CheckConflictsBody,
  type ConflictView,
  type CreateEventBody,
  type EventItem,
  type FieldClashView,
  type FieldErrorView,
  type FindTimeBody,
  type ImportOptions,
  type InvitationsView,
  type LogEntryView,
  type MakeFeedBody,
  type RegisterBody,
  type Scope,
  type ShareEntry,
  type SlotView,
  type UpdateEventBody,
  type UpdateMeBody,
  type User,
} from '../sdk/index.js';

// The only file that talks to the server, through the SDK.

/** The members of a problem that the page reads. */
interface Problem {
  code: string;
  title: string;
  detail?: string;
  errors?: FieldErrorView[];
  conflicts?: ConflictView[];
  suggestions?: SlotView[];
  clashes?: FieldClashView[];
  current_version?: number;
}

/** What the server refused, or `unreachable` when it did not answer. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail ?? problem.title);
  }

  get code(): string {
    return this.problem.code;
  }
}

// The server sends a sign of life every 25 s.
const convene = new Convene({ session: browserSession(), live: { silence: 35_000 } });

/** Resolves as the call does. @throws Refusal */
async function ask<Data>(call: Promise<Data>): Promise<Data> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConveneError) throw new Refusal(error, error.retryAfter);
    if (error instanceof ConveneNetworkError) throw new Refusal({ code: 'unreachable', title: error.message });
    throw error;
  }
}

export type Item = EventItem;
export type Person = Item['owner'];
export type Event = CalendarEvent;
export type Change = LogEntryView;
export interface Target {
  occurrence?: string | undefined;
  scope?: Scope | undefined;
}
type OnConflict = 'reject' | 'allow';

export const live = convene.live;

export const session = {
  /** Calls back when the session ends, here or elsewhere. */
  onEnd: (callback: () => void) => convene.on('signed_out', callback),
  /** Calls back when somebody signs in, here or in another tab. */
  onStart: (callback: (user: User) => void) => convene.on('signed_in', callback),
  /** Who is signed in on this device; asks nobody. */
  stored: async (): Promise<User | null> => (await convene.session())?.user ?? null,
  signIn: (username: string, password: string): Promise<User> => ask(convene.signIn({ username, password })),
  signUp: (account: RegisterBody): Promise<User> => ask(convene.signUp(account)),
  signOut: (everywhere = false): Promise<void> => ask(convene.signOut({ all: everywhere })),
  me: (): Promise<User> => ask(convene.account.get()),
  update: (change: UpdateMeBody): Promise<User> => ask(convene.account.update(change)),
  erase: (password: string): Promise<void> => ask(convene.deleteAccount(password)),
  requestReset: (email: string) => ask(convene.account.requestPasswordReset(email)),
  resendVerification: () => ask(convene.account.resendVerification()),
  list: async () => (await ask(convene.account.sessions())).items,
  end: (id: string) => ask(convene.account.endSession(id)),
};

export const events = {
  /** Every occurrence in the range; instants, as of a moment when there is one. */
  range: (from: string, to: string, asOf?: string): Promise<Item[]> =>
    ask(convene.events.list({ from, to, expand: true, limit: 200, as_of: asOf }).toArray()),
  /** Who is on the events that one can see, as far as these are read. */
  people: async (): Promise<{ owners: Person[]; others: Person[] }> => {
    const items = await ask(convene.events.list({ limit: 200 }).toArray(1_000));
    return { owners: items.map(({ owner }) => owner), others: items.map(({ updated_by: by }) => by) };
  },
  search: (text: string): Promise<Item[]> =>
    ask(convene.events.list({ q: text, limit: 8, sort: '-updated_at' }).toArray(8)),
  /** The date of a series that is next; null when it has none within a year. */
  nextDate: async (id: string, now: number): Promise<Item['occurrence'] | null> => {
    const at = (days: number): string => new Date(now + days * 86_400_000).toISOString();
    const [next] = await ask(convene.events.occurrences(id, { from: at(0), to: at(365), limit: 1 }).toArray(1));
    return next ?? null;
  },
  trash: (): Promise<Item[]> => ask(convene.events.list({ deleted: true, limit: 50 }).toArray()),
  get: (id: string): Promise<Event> => ask(convene.events.get(id)),
  /** @param key with which the server does it only once */
  create: (event: CreateEventBody, key: string): Promise<Event> =>
    ask(convene.events.create(event, { idempotencyKey: key })),
  update: async (
    id: string,
    base: number,
    change: UpdateEventBody,
    target: Target,
    key: string,
  ): Promise<{ event: Event; merged: boolean }> => {
    const event = await ask(convene.events.update(id, change, { ifMatch: base, ...target, idempotencyKey: key }));
    return { event, merged: Boolean(responseOf(event)?.merged) };
  },
  remove: (id: string, target: Target = {}, key?: string) =>
    ask(convene.events.delete(id, { ...target, idempotencyKey: key })),
  restore: (id: string, onConflict: OnConflict = 'reject'): Promise<Event> =>
    ask(convene.events.restore(id, { on_conflict: onConflict })),
  conflicts: (question: CheckConflictsBody) => ask(convene.events.checkConflicts(question)),
};

export const people = {
  list: async (id: string) => (await ask(convene.events.permissions(id))).items,
  share: async (id: string, users: ShareEntry[]) => (await ask(convene.events.share(id, users))).items,
  setRole: (id: string, userId: string, role: 'viewer' | 'editor') => ask(convene.events.changeRole(id, userId, role)),
  transfer: (id: string, userId: string, onConflict: OnConflict) =>
    ask(
      convene.request<unknown>({
        method: 'PUT',
        path: `/api/events/${id}/permissions/${userId}`,
        body: { role: 'owner', on_conflict: onConflict },
        key: true,
      }),
    ),
  remove: (id: string, userId: string) => ask(convene.events.revoke(id, userId)),
  find: (name: string) => ask(convene.users.find({ username: name })),
  /** Addresses that were invited and have not accepted. */
  invitations: async (id: string) =>
    (await ask(convene.request<InvitationsView>({ method: 'GET', path: `/api/events/${id}/invitations` }))).items,
  revokeInvitation: (id: string, invitation: string) =>
    ask(convene.request<unknown>({ method: 'DELETE', path: `/api/events/${id}/invitations/${invitation}`, key: true })),
};

export const history = {
  changelog: (id: string, cursor?: string) =>
    ask(convene.events.changelog(id, { order: 'desc', limit: 50 }).page(cursor)),
  diff: (id: string, from: number, to: number) => ask(convene.events.diff(id, from, to)),
  version: (id: string, version: number) => ask(convene.events.version(id, version)),
  rollback: (id: string, version: number, fields?: string[], onConflict: OnConflict = 'reject'): Promise<Event> =>
    ask(
      convene.events.rollback(id, version, {
        on_conflict: onConflict,
        ...(fields ? { fields: fields as never } : {}),
      }),
    ),
  revert: (id: string, version: number, onConflict: OnConflict = 'reject'): Promise<Event> =>
    ask(convene.events.revert(id, version, { on_conflict: onConflict })),
  undo: (id: string, position: number) => ask(convene.events.undo(id, position)),
};

export const inbox = {
  list: (cursor?: string) => ask(convene.notifications.list({ limit: 50 }).page(cursor)),
  unread: () => ask(convene.notifications.list({ unread: true, limit: 200 }).toArray()),
  read: (id: string) => ask(convene.notifications.markRead(id)),
  readAll: (upTo: number) => ask(convene.notifications.markAllRead({ up_to: upTo })),
};

export const calendarFiles = {
  export: (): Promise<string> => ask(convene.calendar.export()),
  exportEvent: (id: string): Promise<string> => ask(convene.calendar.exportEvent(id)),
  /** @param dryRun only reports what would be imported */
  import: (file: string, dryRun: boolean, onProgress: NonNullable<ImportOptions['onProgress']>) =>
    ask(convene.calendar.import(file, { dryRun, onProgress })),
};

/** Secret links to which calendar applications subscribe. */
export const feeds = {
  list: () => ask(convene.calendar.feeds()),
  make: (feed: MakeFeedBody) => ask(convene.calendar.makeFeed(feed)),
  rotate: (id: string) => ask(convene.calendar.rotateFeed(id)),
  revoke: (id: string) => ask(convene.calendar.revokeFeed(id)),
};

/** Passwords with which calendar applications read over CalDAV. */
export const appPasswords = {
  list: async () => (await ask(convene.account.appPasswords())).items,
  create: (name: string) => ask(convene.account.createAppPassword(name)),
  revoke: (id: string) => ask(convene.account.revokeAppPassword(id)),
};

export const audit = {
  list: (cursor?: string) => ask(convene.audit.list({ limit: 50 }).page(cursor)),
};

export const admin = {
  users: (q: string, cursor?: string) => ask(convene.admin.users({ q: q || undefined, limit: 50 }).page(cursor)),
  act: (id: string, act: 'disable' | 'enable' | 'promote' | 'demote' | 'signOut') =>
    ask<unknown>(convene.admin[act](id)),
  figures: () => ask(convene.admin.figures()),
};

export const times = {
  find: (question: FindTimeBody) => ask(convene.availability.findTime(question)),
  freeBusy: async (userIds: string[], from: string, to: string) =>
    (await ask(convene.availability.freeBusy({ user_ids: userIds, from, to }))).items,
};

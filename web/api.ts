import {
  changeRole,
  checkConflicts,
  createClient,
  createEvent,
  deleteEvent,
  diffVersions,
  endSession,
  findTime,
  findUsers,
  getEvent,
  getFreeBusy,
  getMe,
  getVersion,
  listChangelog,
  listEvents,
  listNotifications,
  listOccurrences,
  listPermissions,
  listSessions,
  login,
  logout,
  patchEvent,
  readAllNotifications,
  readNotification,
  refresh,
  register,
  restoreEvent,
  revertChange,
  revokePermission,
  rollbackEvent,
  shareEvent,
  undoChange,
  updateMe,
} from '../sdk/index.js';
import type {
  CheckConflictsBody,
  ConflictView,
  CreateEventBody,
  EventItemView,
  EventView,
  FieldClashView,
  FieldErrorView,
  FindTimeBody,
  LogEntryView,
  RegisterBody,
  Scope,
  ShareEntry,
  SlotView,
  TokensView,
  UpdateEventBody,
  UserView,
} from '../sdk/index.js';

// The only file that talks to the server.

/** The members of a problem document that the page reads. */
interface ProblemDocument {
  status: number;
  code: string;
  title: string;
  detail?: string;
  request_id?: string;
  errors?: FieldErrorView[];
  conflicts?: ConflictView[];
  suggestions?: SlotView[];
  clashes?: FieldClashView[];
  current_version?: number;
}

/** What the server refused, or `unreachable` when it did not answer. */
export class Refusal extends Error {
  constructor(
    readonly problem: ProblemDocument,
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail ?? problem.title);
  }

  get code(): string {
    return this.problem.code;
  }
}

const STORED = 'convene.session';
let access: { token: string; until: number } | null = null;
let onEnd: () => void = () => undefined;

const client = createClient({
  baseUrl: '',
  auth: () => accessToken(),
  // The browser may not answer from its cache what the server has to be asked about.
  cache: 'no-cache',
});

interface Outcome<Data> {
  data?: Data;
  error?: unknown;
  response?: Response;
}

/** @throws Refusal */
async function ask<Data>(call: () => Promise<Outcome<Data>>): Promise<{ data: NonNullable<Data>; response: Response }> {
  let outcome = await attempt(call);
  if (outcome.response?.status === 401 && access && (await renew())) outcome = await attempt(call);
  if (outcome.error !== undefined || !outcome.response?.ok) throw refusal(outcome);
  return { data: outcome.data as NonNullable<Data>, response: outcome.response };
}

const body = async <Data>(call: () => Promise<Outcome<Data>>): Promise<NonNullable<Data>> => (await ask(call)).data;

async function attempt<Data>(call: () => Promise<Outcome<Data>>): Promise<Outcome<Data>> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal({ status: 0, code: 'unreachable', title: 'The server did not answer' });
  }
}

function refusal({ error, response }: Outcome<unknown>): Refusal {
  if (!response) return new Refusal({ status: 0, code: 'unreachable', title: 'The server did not answer' });
  const problem = typeof error === 'object' && error !== null && 'code' in error ? (error as ProblemDocument) : undefined;
  const retryAfter = Number(response.headers.get('retry-after')) || null;
  return new Refusal(
    problem ?? { status: response.status, code: 'unavailable', title: 'The server did not answer' },
    retryAfter,
  );
}

/** A valid access token; empty when nobody is signed in. */
export async function accessToken(): Promise<string> {
  if (access && access.until - Date.now() > 20_000) return access.token;
  if (localStorage.getItem(STORED)) await renew();
  return access?.token ?? '';
}

function keep(tokens: TokensView): UserView {
  access = { token: tokens.access_token, until: Date.now() + tokens.expires_in * 1_000 };
  localStorage.setItem(STORED, tokens.refresh_token);
  return tokens.user;
}

let renewing: Promise<boolean> | null = null;

/** Exchanges the refresh token. One tab at a time: the tabs of a browser share a session. Returns whether it still exists. */
function renew(): Promise<boolean> {
  renewing ??= navigator.locks.request('convene.refresh', exchange).finally(() => (renewing = null));
  return renewing;
}

async function exchange(): Promise<boolean> {
  const token = localStorage.getItem(STORED);
  if (!token) return false;
  const outcome = await attempt(() => refresh({ client: createClient({ baseUrl: '' }), body: { refresh_token: token } }));
  if (outcome.data) {
    keep(outcome.data);
    return true;
  }
  if (outcome.response?.status !== 401) throw refusal(outcome);
  forget();
  onEnd();
  return false;
}

function forget(): void {
  access = null;
  localStorage.removeItem(STORED);
}

export type Item = EventItemView;
export type Event = EventView;
export type Change = LogEntryView;
export interface Target {
  occurrence?: string | undefined;
  scope?: Scope | undefined;
}
export interface Saved {
  event: Event;
  /** True when somebody else's change was merged with this one. */
  merged: boolean;
}

const saved = ({ data, response }: { data: Event; response: Response }): Saved => ({
  event: data,
  merged: response.headers.has('convene-merged'),
});
const key = (): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': crypto.randomUUID() });
const tag = (version: number): string => `"${version}"`;

/** Everything that `Page` lists, page by page. */
async function all<Entry>(
  read: (cursor?: string) => Promise<{ items: Entry[]; next_cursor: string | null }>,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await read(cursor ?? undefined);
    entries.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return entries;
}

export const session = {
  /** Calls back when the session ends elsewhere. */
  onEnd: (callback: () => void): void => void (onEnd = callback),
  isStored: (): boolean => localStorage.getItem(STORED) !== null,
  signIn: async (username: string, password: string): Promise<UserView> =>
    keep(await body(() => login({ client: createClient({ baseUrl: '' }), body: { username, password } }))),
  signUp: async (account: RegisterBody): Promise<UserView> =>
    keep(await body(() => register({ client: createClient({ baseUrl: '' }), body: account }))),
  signOut: async (everywhere = false): Promise<void> => {
    try {
      await ask(() => logout({ client, body: { all: everywhere } }));
    } finally {
      forget();
    }
  },
  me: (): Promise<UserView> => body(() => getMe({ client })),
  update: (change: { time_zone: string }): Promise<UserView> => body(() => updateMe({ client, body: change })),
  list: async () => (await body(() => listSessions({ client }))).items,
  end: (id: string) => ask(() => endSession({ client, path: { id } })),
};

export const events = {
  /** Every occurrence in the range; instants, as of a moment when there is one. */
  range: (from: string, to: string, asOf?: string): Promise<Item[]> =>
    all((cursor) =>
      body(() =>
        listEvents({
          client,
          query: { from, to, expand: true, limit: 200, ...(cursor ? { cursor } : {}), ...(asOf ? { as_of: asOf } : {}) },
        }),
      ),
    ),
  search: async (text: string): Promise<Item[]> =>
    (await body(() => listEvents({ client, query: { q: text, limit: 8, sort: '-updated_at' } }))).items,
  trash: (): Promise<Item[]> =>
    all((cursor) =>
      body(() => listEvents({ client, query: { deleted: true, limit: 50, ...(cursor ? { cursor } : {}) } })),
    ),
  get: (id: string): Promise<Event> => body(() => getEvent({ client, path: { id } })),
  occurrences: async (id: string, from: string, to: string) =>
    (await body(() => listOccurrences({ client, path: { id }, query: { from, to, limit: 50 } }))).items,
  create: async (event: CreateEventBody): Promise<Saved> =>
    saved(await ask(() => createEvent({ client, body: event, headers: key() }))),
  /** What creating it would store. */
  preview: async (event: CreateEventBody): Promise<Event> => {
    const answer = await body(() => createEvent({ client, body: { ...event, on_conflict: 'allow' }, query: { dry_run: true } as never }));
    return (answer as unknown as { would: Event }).would;
  },
  update: async (id: string, base: number, change: UpdateEventBody, target: Target = {}): Promise<Saved> =>
    saved(
      await ask(() =>
        patchEvent({
          client,
          path: { id },
          query: target as never,
          headers: { ...key(), 'If-Match': tag(base) },
          body: change,
        }),
      ),
    ),
  remove: (id: string, target: Target = {}) =>
    ask(() => deleteEvent({ client, path: { id }, query: target as never, headers: key() })),
  restore: (id: string, onConflict: 'reject' | 'allow' = 'reject'): Promise<Event> =>
    body(() => restoreEvent({ client, path: { id }, body: { on_conflict: onConflict }, headers: key() })),
  conflicts: (question: CheckConflictsBody) => body(() => checkConflicts({ client, body: question })),
};

export const people = {
  list: async (id: string) => (await body(() => listPermissions({ client, path: { id } }))).items,
  share: async (id: string, users: ShareEntry[]) =>
    (await body(() => shareEvent({ client, path: { id }, body: { users }, headers: key() }))).items,
  setRole: (id: string, userId: string, role: 'viewer' | 'editor' | 'owner', onConflict: 'reject' | 'allow' = 'reject') =>
    ask(() =>
      changeRole({ client, path: { id, userId }, body: { role, ...(role === 'owner' ? { on_conflict: onConflict } : {}) }, headers: key() }),
    ),
  remove: (id: string, userId: string) =>
    ask(() => revokePermission({ client, path: { id, userId }, headers: key() })),
  find: async (name: string) =>
    (await body(() => findUsers({ client, query: name.includes('@') ? { email: name } : { username: name } }))).items,
};

export const history = {
  changelog: (id: string, cursor?: string) =>
    body(() => listChangelog({ client, path: { id }, query: { order: 'desc', limit: 50, ...(cursor ? { cursor } : {}) } })),
  diff: (id: string, from: number, to: number) =>
    body(() => diffVersions({ client, path: { id, v1: from, v2: to } as never })),
  version: (id: string, version: number) => body(() => getVersion({ client, path: { id, version } })),
  rollback: (id: string, version: number, fields?: string[], onConflict: 'reject' | 'allow' = 'reject'): Promise<Event> =>
    body(() =>
      rollbackEvent({
        client,
        path: { id, version },
        body: { on_conflict: onConflict, ...(fields ? { fields: fields as never } : {}) },
        headers: key(),
      }),
    ),
  revert: (id: string, version: number, onConflict: 'reject' | 'allow' = 'reject'): Promise<Event> =>
    body(() => revertChange({ client, path: { id, version }, body: { on_conflict: onConflict }, headers: key() })),
  undo: (id: string, position: number) =>
    ask(() => undoChange({ client, path: { id, position }, body: {}, headers: key() })),
};

export const inbox = {
  list: (cursor?: string) => body(() => listNotifications({ client, query: { limit: 30, ...(cursor ? { cursor } : {}) } })),
  read: (id: string) => ask(() => readNotification({ client, path: { id } })),
  readAll: (upTo: number) => ask(() => readAllNotifications({ client, body: { up_to: upTo } })),
};

export const times = {
  find: (question: FindTimeBody) => body(() => findTime({ client, body: question })),
  freeBusy: async (userIds: string[], from: string, to: string) =>
    (await body(() => getFreeBusy({ client, query: { user_ids: userIds, from, to } as never }))).items,
};

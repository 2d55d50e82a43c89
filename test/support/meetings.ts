import type { CreateEventBody, DiffView, EventView, PermissionsView } from '../../sdk/generated/types.gen.js';
import {
  createEvent,
  deleteEvent,
  diffVersions,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { TestDatabase } from './database.js';
import { done } from './requests.js';
import { ok, type Person } from './test-app.js';

export const MEETING = {
  title: 'Team Meeting',
  start_time: '2026-06-01T10:00:00Z',
  end_time: '2026-06-01T11:00:00Z',
};

/** An event of one hour, with whatever else it should have. */
export const createMeeting = (owner: Person, changes: Partial<CreateEventBody> = {}): Promise<EventView> =>
  ok(createEvent({ client: owner.client, body: { ...MEETING, ...changes } }));

/** Start and end of an hour, `day` days after the meeting. */
export function hourOn(day: number, hour = 10): { start_time: string; end_time: string } {
  const at = (hours: number): string => new Date(Date.UTC(2026, 5, 1 + day, hours)).toISOString().replace('.000Z', 'Z');
  return { start_time: at(hour), end_time: at(hour + 1) };
}

export const share = (
  owner: Person,
  eventId: string,
  person: Person,
  role: 'viewer' | 'editor',
): Promise<PermissionsView> =>
  ok(
    shareEvent({
      client: owner.client,
      path: { id: eventId },
      body: { users: [{ username: person.username, role }] },
    }),
  );

/** `version kind` of everything in the event's history, looked up behind the API. */
export async function versionsOf(database: TestDatabase, eventId: string): Promise<string[]> {
  const rows = await database.query<{ version: number; kind: string }>(
    `SELECT version, kind FROM event_versions WHERE event_id = $1 ORDER BY version`,
    [eventId],
  );
  return rows.map(({ version, kind }) => `${version} ${kind}`);
}

/** What tests of history do over and over, in one person's name; `owner` is asked each time, for tests set it late. */
export interface HistoryCalls {
  /** An event that takes nobody's time. */
  create(changes?: Partial<CreateEventBody>): Promise<EventView>;
  edit(event: { id: string }, body: object, by?: Person): Promise<EventView>;
  remove(event: { id: string }): Promise<void>;
  rolling(event: { id: string }, version: number, body?: object, by?: Person): ReturnType<typeof rollbackEvent>;
  diff(event: { id: string }, v1: number | 'current', v2: number | 'current'): Promise<DiffView>;
}

export const historyCalls = (owner: () => Person): HistoryCalls => ({
  create: (changes = {}) => createMeeting(owner(), { show_as: 'free', ...changes }),
  edit: ({ id }, body, { client } = owner()) => ok(updateEvent({ client, path: { id }, body })),
  remove: ({ id }) => done(deleteEvent({ client: owner().client, path: { id } })),
  rolling: ({ id }, version, body = {}, { client } = owner()) => rollbackEvent({ client, path: { id, version }, body }),
  diff: ({ id }, v1, v2) => ok(diffVersions({ client: owner().client, path: { id, v1: `${v1}`, v2: `${v2}` } })),
});

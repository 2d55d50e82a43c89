import type { CreateEventBody, EventView, PermissionsView } from '../../sdk/generated/types.gen.js';
import { createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import type { TestDatabase } from './database.js';
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

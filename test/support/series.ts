import { createEvent, listEvents, listOccurrences, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type {
  CreateEventBody,
  EventItemView,
  EventView,
  OccurrenceView,
  UpdateEventBody,
} from '../../sdk/generated/types.gen.js';
import { MEETING } from './meetings.js';
import { ok, type Person } from './test-app.js';

/** An hour each Monday at 10:00 UTC from 1 June 2026, or whatever it should be instead. */
export const createSeries = (owner: Person, changes: Partial<CreateEventBody> = {}): Promise<EventView> =>
  ok(
    createEvent({ client: owner.client, body: { ...MEETING, recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO', ...changes } }),
  );

export type Scope = 'this' | 'following' | 'all';

export const changePart = (
  person: Person,
  { id }: Pick<EventView, 'id'>,
  occurrence: string,
  scope: Scope,
  body: UpdateEventBody,
): Promise<EventView> => ok(updateEvent({ client: person.client, path: { id }, query: { occurrence, scope }, body }));

/** All occurrences of an event, page by page. */
export async function occurrencesOf(
  person: Person,
  id: string,
  query: { from?: string; to?: string } = {},
  limit = 200,
): Promise<OccurrenceView[]> {
  const all: OccurrenceView[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await ok(listOccurrences({ client: person.client, path: { id }, query: { ...query, limit, cursor } }));
    all.push(...page.items);
    if (!page.next_cursor) return all;
    cursor = page.next_cursor;
  }
}

/** Starts of an event's occurrences, by the minute and without the year's century: `26-06-01T10:00`. */
export const startsOf = async (person: Person, id: string, query: { from?: string; to?: string } = {}) =>
  (await occurrencesOf(person, id, query)).map(({ start_time }) => start_time.slice(2, 16));

/** All occurrences in a window, page by page. */
export async function expanded(
  person: Person,
  query: NonNullable<Parameters<typeof listEvents>[0]>['query'],
): Promise<EventItemView[]> {
  const all: EventItemView[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await ok(listEvents({ client: person.client, query: { ...query, expand: true, cursor } }));
    all.push(...page.items);
    if (!page.next_cursor) return all;
    cursor = page.next_cursor;
  }
}

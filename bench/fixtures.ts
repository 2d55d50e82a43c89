import type { Person, Target } from './target.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** A Monday of the next year at midnight, UTC: scenarios that read do so from here on. */
const MONDAY = firstMonday(new Date().getUTCFullYear() + 1);
/** Free times begin here, after the events that are read. */
const FREE_FROM = firstMonday(new Date().getUTCFullYear() + 3);
/** In a quarter of an hour from 0:00 to 4:00, when the people of a filled database have no events. */
const FREE_PER_NIGHT = 16;

export interface Times {
  start_time: string;
  end_time: string;
}

export interface Draft extends Times {
  title: string;
  recurrence_pattern?: string;
}

/** Returns an instant, so many days and minutes after the Monday. */
export function instant(day: number, minute = 0): string {
  return new Date(MONDAY + day * DAY_MS + minute * MINUTE_MS).toISOString();
}

/** Returns times from a day and a minute on, half an hour if not stated otherwise. */
export function times(day: number, minute: number, minutes = 30): Times {
  return { start_time: instant(day, minute), end_time: instant(day, minute + minutes) };
}

/** Returns a function whose calls return the free times of a person, one after the other, and never the same again. */
export function freeTimes(): (person: number) => Times {
  const used: number[] = [];
  return (person) => {
    const index = used[person] ?? 0;
    used[person] = index + 1;
    const night = FREE_FROM + Math.floor(index / FREE_PER_NIGHT) * DAY_MS;
    const start = night + (index % FREE_PER_NIGHT) * 15 * MINUTE_MS;
    return { start_time: new Date(start).toISOString(), end_time: new Date(start + 15 * MINUTE_MS).toISOString() };
  };
}

/** Creates events of a person, at times that a filled database may have given to others too. Returns their ids. */
export async function createEvents(target: Target, person: Person, drafts: Draft[]): Promise<string[]> {
  const events = drafts.map((draft) => ({ ...draft, on_conflict: 'allow' }));
  const ids: string[] = [];
  for (let from = 0; from < events.length; from += 100) {
    const body = { events: events.slice(from, from + 100) };
    const { items } = await target.send<{ items: { id: string }[] }>(person, 'POST', '/api/events/batch', body);
    ids.push(...items.map(({ id }) => id));
  }
  return ids;
}

/** Gives people the role of editor. */
export async function share(target: Target, owner: Person, eventId: string, people: Person[]): Promise<void> {
  const users = people.map(({ id }) => ({ user_id: id, role: 'editor' }));
  await target.send(owner, 'POST', `/api/events/${eventId}/share`, { users });
}

/**
 * Returns people with the same number of events each, half an hour a day in the morning, all with three members. The two
 * members besides the owner make no requests, so that only the database decides who waits for whom.
 */
export async function peopleWithSharedEvents(
  target: Target,
  count: number,
  eventsEach: number,
): Promise<{ person: Person; others: Person[]; events: string[] }[]> {
  const people = await target.people(count * 3);
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const [person, ...others] = people.slice(index * 3, index * 3 + 3) as [Person, Person, Person];
      const drafts = Array.from({ length: eventsEach }, (_, day) => ({
        title: `Meeting ${day}`,
        ...times(day, 8 * 60),
      }));
      const events = await createEvents(target, person, drafts);
      for (const event of events) await share(target, person, event, others);
      return { person, others, events };
    }),
  );
}

function firstMonday(year: number): number {
  const first = Date.UTC(year, 0, 1);
  return first + ((8 - new Date(first).getUTCDay()) % 7) * DAY_MS;
}

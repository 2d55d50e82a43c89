import { createEvents, type Draft, instant, peopleWithSharedEvents, times } from './fixtures.js';
import { type BenchRequest, PEOPLE, type Requests, type Scenario } from './scenario.js';
import type { Person, Target } from './target.js';

/** Reads of events and of the inbox. */
export const READING: Scenario[] = [
  {
    name: 'get',
    title: 'GET one',
    async prepare(target) {
      const people = await peopleWithSharedEvents(target, PEOPLE, 20);
      const turn = people.map(() => 0);
      return (index) => {
        const { person, events } = people[index]!;
        turn[index]! += 1;
        return get(person, `/api/events/${events[turn[index]! % events.length]}`);
      };
    },
  },
  { name: 'list-20', title: 'list of 20', prepare: (target) => prepareList(target, 20) },
  { name: 'list-200', title: 'list of 200', prepare: (target) => prepareList(target, 200) },
  {
    name: 'month',
    title: 'expanded month of 12 series',
    less: 'reads stored occurrences',
    async prepare(target) {
      const drafts = Array.from({ length: 12 }, (_, index) => ({
        ...{ title: `Series ${index}`, recurrence_pattern: 'FREQ=WEEKLY;COUNT=52' },
        ...times(index % 5, 9 * 60 + 60 * Math.floor(index / 5)),
      }));
      const people = await peopleWithEvents(target, drafts);
      const path = `/api/events?from=${instant(56)}&to=${instant(87)}&expand=true&limit=200`;
      return (index) => get(people[index]!, path);
    },
  },
  {
    name: 'inbox',
    title: 'inbox, newest 50',
    async prepare(target) {
      const people = await peopleWithEvents(target, singleEvents(60));
      return (index) => get(people[index]!, '/api/notifications?limit=50');
    },
  },
  {
    name: 'catch-up',
    title: 'page of 200 of 10,000 changes',
    async prepare(target) {
      const people = await target.people(PEOPLE);
      for (const person of people) await storeChanges(target, person, 10_000);
      const after = people.map(() => 0);
      return (index) => ({
        ...get(people[index]!, `/api/changes?after=${after[index]}&limit=200`),
        read: (body) => {
          const { last_seq, has_more } = JSON.parse(body) as { last_seq: number; has_more: boolean };
          after[index] = has_more ? last_seq : 0;
        },
      });
    },
  },
];

export function get(person: Person, path: string): BenchRequest {
  return { method: 'GET', path, token: person.token, status: 200 };
}

async function prepareList(target: Target, limit: number): Promise<Requests> {
  const people = await peopleWithEvents(target, singleEvents(250));
  // From the 20th event on, so that some are in the past of the list and 200 follow.
  return (index) => get(people[index]!, `/api/events?from=${instant(20)}&limit=${limit}`);
}

async function peopleWithEvents(target: Target, drafts: Draft[]): Promise<Person[]> {
  const people = await target.people(PEOPLE);
  await Promise.all(people.map((person) => createEvents(target, person, drafts)));
  return people;
}

function singleEvents(count: number): Draft[] {
  return Array.from({ length: count }, (_, day) => ({ title: `Meeting ${day}`, ...times(day, 8 * 60) }));
}

/** Stores changes of one event in a stream directly, because writing them is not what is measured. */
async function storeChanges(target: Target, person: Person, count: number): Promise<void> {
  const [event] = await createEvents(target, person, singleEvents(1));
  await target.database.query(
    `WITH stream AS (SELECT last_seq FROM notification_streams WHERE user_id = $1),
          moved AS (UPDATE notification_streams SET last_seq = last_seq + $3 WHERE user_id = $1)
     INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
     SELECT $1, last_seq + i, gen_random_uuid(), 'event_updated', $2, 'Meeting 0', 1, $1, '{title}', now()
       FROM stream, generate_series(1, $3::int) AS i`,
    [person.id, event, count],
  );
}

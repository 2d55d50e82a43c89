import { freeTimes, peopleWithSharedEvents } from './fixtures.js';
import { type BenchRequest, PEOPLE, type Requests, type Scenario } from './scenario.js';
import type { Person, Target } from './target.js';

/** Changes of events and of their members. Edited events have three members. */
export const WRITING: Scenario[] = [
  {
    name: 'create',
    title: 'create',
    async prepare(target) {
      const [people, free] = [await target.people(PEOPLE), freeTimes()];
      return (index) => send(people[index]!, 'POST', '/api/events', { title: 'New event', ...free(index) }, 201);
    },
  },
  {
    name: 'title',
    title: 'title edit (PUT)',
    prepare: (target) => prepareEdits(target, (_, turn) => ({ title: `Meeting, edited ${turn} times` })),
  },
  {
    name: 'times',
    title: 'edit of times (PUT)',
    prepare(target) {
      const free = freeTimes();
      return prepareEdits(target, (index) => free(index));
    },
  },
  { name: 'batch-50', title: 'batch of 50', prepare: (target) => prepareBatch(target, 50) },
  { name: 'batch-500', title: 'batch of 500', prepare: (target) => prepareBatch(target, 500) },
  {
    name: 'share',
    title: 'share (change of a role)',
    async prepare(target) {
      const people = await peopleWithSharedEvents(target, PEOPLE, 20);
      const turn = people.map(() => 0);
      return (index) => {
        const { person, others, events } = people[index]!;
        const round = Math.floor(turn[index]! / events.length);
        const path = `/api/events/${events[turn[index]! % events.length]}/share`;
        turn[index]! += 1;
        const role = round % 2 === 0 ? 'viewer' : 'editor';
        return send(person, 'POST', path, { users: [{ user_id: others[0]!.id, role }] }, 200);
      };
    },
  },
];

export function send(person: Person, method: 'POST' | 'PUT', path: string, body: object, status: number): BenchRequest {
  return { method, path, token: person.token, body: JSON.stringify(body), status };
}

async function prepareEdits(target: Target, edit: (person: number, turn: number) => object): Promise<Requests> {
  const people = await peopleWithSharedEvents(target, PEOPLE, 20);
  const turn = people.map(() => 0);
  return (index) => {
    const { person, events } = people[index]!;
    turn[index]! += 1;
    const path = `/api/events/${events[turn[index]! % events.length]}`;
    return send(person, 'PUT', path, edit(index, turn[index]!), 200);
  };
}

async function prepareBatch(target: Target, size: number): Promise<Requests> {
  const [people, free] = [await target.people(PEOPLE), freeTimes()];
  return (index) => {
    const events = Array.from({ length: size }, () => ({ title: 'New event', ...free(index) }));
    return send(people[index]!, 'POST', '/api/events/batch', { events }, 201);
  };
}

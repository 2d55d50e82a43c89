import pLimit from 'p-limit';
import { slot } from './calls.js';
import { PASSWORD, PlainClient, type PlainPerson } from './plain-client.js';
import { Chance } from './random.js';

const GUESTS = 10;
/** Of the guests, those who are not connected meanwhile. */
const AWAY = 3;
const ERASED = 2;
const EVENTS_AT_ONCE = 6;

export interface Meeting {
  id: string;
  /** Changes when it is handed over. */
  owner: PlainPerson;
  guests: PlainPerson[];
}

/** People who share many events, of which everybody but the deputy will be removed from every one. */
export interface Circle {
  owner: PlainPerson;
  /** An editor of all events, who changes them all the time. */
  deputy: PlainPerson;
  /** Connected. */
  present: PlainPerson[];
  away: PlainPerson[];
  /** Connected, and about to erase their accounts. */
  leaving: PlainPerson[];
  meetings: Meeting[];
}

export async function makeCircle(client: PlainClient, events: number): Promise<Circle> {
  const signUp = (count: number, name: string): Promise<PlainPerson[]> =>
    Promise.all(Array.from({ length: count }, () => client.signUp(name)));
  const [owner, deputy] = (await signUp(2, 'host')) as [PlainPerson, PlainPerson];
  const guests = await signUp(GUESTS, 'guest');
  const leaving = await signUp(ERASED, 'leaving');
  // Free, so that nobody's time is in the way of a handover.
  const batch = Array.from({ length: events }, (_, n) => ({ title: `Event ${n}`, ...slot(n), show_as: 'free' }));
  const { token } = owner;
  const made = await client.call<{ items: { id: string }[] }>('POST', '/api/events/batch', {
    token,
    body: { events: batch },
  });
  const users = [
    { user_id: deputy.id, role: 'editor' },
    ...[...guests, ...leaving].map(({ id }) => ({ user_id: id, role: 'viewer' })),
  ];
  for (const { id } of made.body.items) {
    const { status } = await client.call('POST', `/api/events/${id}/share`, { token, body: { users } });
    if (status !== 200) throw new Error(`Not shared: ${status}`);
  }
  const meetings = made.body.items.map(({ id }) => ({ id, owner, guests: [...guests] }));
  return { owner, deputy, present: guests.slice(AWAY), away: guests.slice(0, AWAY), leaving, meetings };
}

/** One more session of a person: its token and id. */
export async function anotherSession(client: PlainClient, person: PlainPerson): Promise<{ token: string; id: string }> {
  const body = { username: person.username, password: PASSWORD };
  const signedIn = await client.call<{ access_token: string }>('POST', '/api/auth/login', { body });
  const token = signedIn.body.access_token;
  const { body: list } = await client.call<{ items: { id: string; current: boolean }[] }>('GET', '/api/auth/sessions', {
    token,
  });
  return { token, id: list.items.find(({ current }) => current)!.id };
}

export interface Removal {
  meeting: Meeting;
  person: PlainPerson;
  /** The owner, or the person himself. */
  by: PlainPerson;
}

/**
 * Walks through the meetings, a few at once, and has everybody but the deputy removed one after the other; at every
 * tenth meeting also the owner, after he has handed it over. Meanwhile the deputies change those meetings without a
 * pause.
 */
export async function removeEverybody(
  circles: Circle[],
  client: () => PlainClient,
  seed: number,
  remove: (removal: Removal) => Promise<void>,
): Promise<{ edits: number }> {
  const active = new Map<Meeting, PlainPerson>();
  let over = false;
  let edits = 0;
  const edit = async (chance: Chance): Promise<void> => {
    while (!over) {
      const [meeting, deputy] = active.size > 0 ? chance.pick([...active]) : [null, null];
      if (meeting) {
        const body = { title: `Secret ${(edits += 1)}` };
        await client().call('PUT', `/api/events/${meeting.id}`, { token: deputy.token, body });
      } else await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const editing = Promise.all([1, 2, 3].map((n) => edit(new Chance(seed + n))));
  const atOnce = pLimit(EVENTS_AT_ONCE);
  const walk = async (circle: Circle, meeting: Meeting, index: number): Promise<void> => {
    const chance = new Chance(seed + 1_000 + index);
    const { owner, deputy } = circle;
    active.set(meeting, deputy);
    if (index % 10 === 0) {
      const path = `/api/events/${meeting.id}/permissions/${deputy.id}`;
      await client().call('PUT', path, { token: owner.token, body: { role: 'owner' } });
      meeting.owner = deputy;
      meeting.guests.push(owner);
    }
    while (meeting.guests.length > 0) {
      const [person] = meeting.guests.splice(chance.below(meeting.guests.length), 1) as [PlainPerson];
      await remove({ meeting, person, by: chance.next() < 0.1 ? person : meeting.owner });
    }
    active.delete(meeting);
  };
  try {
    await Promise.all(
      circles.flatMap((circle) => circle.meetings.map((meeting, index) => atOnce(() => walk(circle, meeting, index)))),
    );
  } finally {
    over = true;
    await editing;
  }
  return { edits };
}

import pLimit from 'p-limit';
import { slot } from './calls.js';
import { PASSWORD, PlainClient, type PlainPerson } from './plain-client.js';
import { Chance } from './random.js';

const GUESTS = 10;
/** Guests who are not connected. */
const OFFLINE_GUESTS = 3;
const ERASED = 2;
const MAX_CONCURRENT_EVENTS = 6;

export interface SharedEvent {
  id: string;
  /** Changes when ownership is transferred. */
  owner: PlainPerson;
  guests: PlainPerson[];
}

/** Users who share many events. Every access to every event is revoked, except that of the deputy. */
export interface Team {
  owner: PlainPerson;
  /** An editor of all events, who changes them continuously. */
  deputy: PlainPerson;
  /** Guests who are connected. */
  online: PlainPerson[];
  offline: PlainPerson[];
  /** Users who are connected and erase their accounts. */
  leaving: PlainPerson[];
  events: SharedEvent[];
}

/** Registers the users and shares that many events among them. */
export async function createTeam(client: PlainClient, eventCount: number): Promise<Team> {
  const signUp = (count: number, name: string): Promise<PlainPerson[]> =>
    Promise.all(Array.from({ length: count }, () => client.signUp(name)));
  const [owner, deputy] = (await signUp(2, 'host')) as [PlainPerson, PlainPerson];
  const guests = await signUp(GUESTS, 'guest');
  const leaving = await signUp(ERASED, 'leaving');
  // Free, so that no conflict prevents a transfer of ownership.
  const batch = Array.from({ length: eventCount }, (_, n) => ({ title: `Event ${n}`, ...slot(n), show_as: 'free' }));
  const { token } = owner;
  const created = await client.call<{ items: { id: string }[] }>('POST', '/api/events/batch', {
    token,
    body: { events: batch },
  });
  const users = [
    { user_id: deputy.id, role: 'editor' },
    ...[...guests, ...leaving].map(({ id }) => ({ user_id: id, role: 'viewer' })),
  ];
  for (const { id } of created.body.items) {
    const { status } = await client.call('POST', `/api/events/${id}/share`, { token, body: { users } });
    if (status !== 200) throw new Error(`Sharing failed with ${status}`);
  }
  const events = created.body.items.map(({ id }) => ({ id, owner, guests: [...guests] }));
  const [online, offline] = [guests.slice(OFFLINE_GUESTS), guests.slice(0, OFFLINE_GUESTS)];
  return { owner, deputy, online, offline, leaving, events };
}

/** Starts one more session of a user and returns its token and id. */
export async function startSession(client: PlainClient, person: PlainPerson): Promise<{ token: string; id: string }> {
  const body = { username: person.username, password: PASSWORD };
  const signedIn = await client.call<{ access_token: string }>('POST', '/api/auth/login', { body });
  const token = signedIn.body.access_token;
  const { body: list } = await client.call<{ items: { id: string; current: boolean }[] }>('GET', '/api/auth/sessions', {
    token,
  });
  return { token, id: list.items.find(({ current }) => current)!.id };
}

export interface Revocation {
  event: SharedEvent;
  person: PlainPerson;
  /** The owner, or the person, who then leaves. */
  by: PlainPerson;
}

/**
 * Revokes the access of everyone but the deputy, one after the other on each event and on a few events at once. On every
 * tenth event the owner first transfers ownership to the deputy, and is then removed too. Meanwhile the deputies change
 * these events continuously.
 */
export async function revokeEveryone(
  teams: Team[],
  client: () => PlainClient,
  seed: number,
  revoke: (revocation: Revocation) => Promise<void>,
): Promise<{ edits: number }> {
  const active = new Map<SharedEvent, PlainPerson>();
  let finished = false;
  let edits = 0;
  const edit = async (chance: Chance): Promise<void> => {
    while (!finished) {
      const [event, deputy] = active.size > 0 ? chance.pick([...active]) : [null, null];
      if (event) {
        const body = { title: `Secret ${(edits += 1)}` };
        await client().call('PUT', `/api/events/${event.id}`, { token: deputy.token, body });
      } else await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const editing = Promise.all([1, 2, 3].map((n) => edit(new Chance(seed + n))));
  const limit = pLimit(MAX_CONCURRENT_EVENTS);
  const empty = async ({ owner, deputy }: Team, event: SharedEvent, index: number): Promise<void> => {
    const chance = new Chance(seed + 1_000 + index);
    active.set(event, deputy);
    if (index % 10 === 0) {
      const path = `/api/events/${event.id}/permissions/${deputy.id}`;
      await client().call('PUT', path, { token: owner.token, body: { role: 'owner' } });
      event.owner = deputy;
      event.guests.push(owner);
    }
    while (event.guests.length > 0) {
      const [person] = event.guests.splice(chance.below(event.guests.length), 1) as [PlainPerson];
      await revoke({ event, person, by: chance.next() < 0.1 ? person : event.owner });
    }
    active.delete(event);
  };
  try {
    await Promise.all(
      teams.flatMap((team) => team.events.map((event, index) => limit(() => empty(team, event, index)))),
    );
  } finally {
    finished = true;
    await editing;
  }
  return { edits };
}

import { signal } from '@preact/signals';
import { events } from '../api.js';
import { keepRead, keptRead } from './device.js';
import { user } from './session.js';

export interface Known {
  id: string;
  username: string;
  /** Whether events of theirs are among those that you can see. */
  owns: boolean;
}

/** Everybody on the events that you can see, whatever days are on the screen. */
export const people = signal<ReadonlyMap<string, Known>>(new Map());

const keptAs = (): string => `${user.peek()?.id}/people`;

/** Adds people. Who is known already, is no news. */
export function seePeople(seen: Iterable<Known>): void {
  const all = new Map(people.peek());
  let isNews = false;
  for (const person of seen) {
    const known = all.get(person.id);
    if (known?.username === person.username && (known.owns || !person.owns)) continue;
    all.set(person.id, { ...person, owns: person.owns || Boolean(known?.owns) });
    isNews = true;
  }
  if (!isNews) return;
  people.value = all;
  if (user.peek()) keepRead(keptAs(), [...all.values()]);
}

/** Reads who there is: first from this device. */
export async function readPeople(): Promise<void> {
  const kept = await keptRead(keptAs());
  if (kept) seePeople(kept.value as Known[]);
  const found = await events.people().catch(() => null);
  if (!found) return;
  seePeople([
    ...found.owners.map(({ id, username }) => ({ id, username, owns: true })),
    ...found.others.map(({ id, username }) => ({ id, username, owns: false })),
  ]);
}

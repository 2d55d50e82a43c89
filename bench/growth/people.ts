import type { Dice } from './dice.js';
import { idFrom } from './ids.js';

/** A person of a filled database. */
export interface SimulatedPerson {
  id: string;
  username: string;
  timeZone: string;
  createdAt: Date;
  /** How many events they own. */
  events: number;
  /** The people with whom they share most events, without themselves. */
  team: SimulatedPerson[];
}

const TEAM = 25;
const YEAR_MS = 365 * 86_400_000;
/** One of twenty events belongs to one person: 50,000 of a million. */
const BUSIEST_SHARE = 0.05;
/** In all of them, no planned event is between 0 and 4 o'clock UTC, when `npm run bench` creates events. */
const ZONES = ['Europe/Paris', 'Europe/London', 'Europe/Helsinki', 'Africa/Lagos', 'Africa/Johannesburg', 'UTC'];

/** Returns the number of people for whom each owns some hundred events. */
export const peopleFor = (events: number): number => Math.max(10, Math.round(events / 100));

/**
 * Returns people who own a number of events together. The first of them is the busiest; the others own similar numbers.
 * The people of a team live in one time zone.
 * @param count at least 2
 */
export function createPeople(dice: Dice, count: number, events: number, now: Date): SimulatedPerson[] {
  const busiest = Math.round(events * BUSIEST_SHARE);
  const shares = Array.from({ length: count }, (_, index) => (index === 0 ? 0 : dice.logNormal(0.4)));
  const all = shares.reduce((sum, share) => sum + share, 0);
  let shared = 0;
  let given = 0;
  const people = shares.map((share, index): SimulatedPerson => {
    shared += share;
    // Rounding the sum, not each number, so that all events have an owner.
    const own = index === 0 ? busiest : Math.round((shared / all) * (events - busiest)) - given;
    if (index > 0) given += own;
    const createdAt = new Date(now.getTime() - 6 * YEAR_MS + index);
    const timeZone = ZONES[Math.floor(index / TEAM) % ZONES.length]!;
    const id = idFrom(createdAt.getTime());
    return { id, username: `person-${index}`, timeZone, createdAt, events: own, team: [] };
  });
  people.forEach((person, index) => {
    const first = Math.floor(index / TEAM) * TEAM;
    // The events of the busiest person are shared with the whole company, like those of a meeting room.
    person.team = (index === 0 ? people : people.slice(first, first + TEAM)).filter((other) => other !== person);
  });
  return people;
}

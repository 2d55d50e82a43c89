import { blocking, merged } from '../availability/free-slots.js';
import type { Interval } from '../availability/occupancy.js';
import type { Candidate } from './candidates.js';

export interface Attendee {
  id: string;
  required: boolean;
  /** Merged and in order, epoch seconds. */
  busy: Interval[];
  /** Outside working hours; the same form. */
  away: Interval[];
}

export type Reason = 'busy' | 'outside_working_hours';

/** Why one person cannot at some time. */
export interface Obstacle {
  id: string;
  reason: Reason;
}

/** An occurrence at which a required person cannot. */
export interface Taken extends Interval, Obstacle {}

/** A time that suits everybody who must be there; of a series, at one occurrence at least. */
export interface Slot {
  occurrences: Candidate;
  /** How many of the occurrences suit everybody who must be there. */
  free: number;
  taken: Taken[];
  /** Of those who need not be there: who can at every occurrence, and who cannot. */
  optionalFree: string[];
  optionalBusy: string[];
}

/** A time that suits at no occurrence, and what stands in the way of the first. */
export interface Rejection extends Interval {
  reasons: Obstacle[];
}

export interface BestTimes {
  /** Best first; none overlaps a better one. */
  slots: Slot[];
  /** The best time at which some occurrences, but not all, suit everybody; null when there is none. */
  nearMiss: Slot | null;
  rejected: Rejection[];
}

const MAX_REJECTED = 5;

/**
 * Chooses among candidates: more of the occurrences free, then more optional people free, then earlier.
 * @param buffer seconds that must be free of other events before and after; it may lie outside working hours
 */
export function bestTimes(attendees: Attendee[], candidates: Candidate[], buffer: number, limit: number): BestTimes {
  const people = attendees.map((attendee) => judge(attendee, buffer));
  const required = people.filter((person) => person.required);
  const optional = people.filter((person) => !person.required);
  const blocked = merged(required.flatMap((person) => person.blocked));

  const possible: Ranked[] = [];
  const impossible: Candidate[] = [];
  for (const occurrences of candidates) {
    const free = occurrences.filter((one) => !blocking(blocked, one)).length;
    if (free === 0) impossible.push(occurrences);
    else possible.push({ occurrences, free, canCome: optional.filter((person) => canAlways(person, occurrences)) });
  }
  possible.sort(byMerit);
  const described = (ranked: Ranked): Slot => describe(ranked, required, optional);
  const near = possible.find(({ free, occurrences }) => free < occurrences.length);
  return {
    slots: apart(possible, limit, ({ occurrences }) => occurrences).map(described),
    nearMiss: near ? described(near) : null,
    rejected: mostTelling(impossible, required),
  };
}

interface Person {
  id: string;
  required: boolean;
  /** With the buffer around each event. */
  busy: Interval[];
  away: Interval[];
  blocked: Interval[];
}

interface Ranked {
  occurrences: Candidate;
  free: number;
  canCome: Person[];
}

function judge({ id, required, busy, away }: Attendee, buffer: number): Person {
  const padded = merged(busy.map(({ start, end }) => ({ start: start - buffer, end: end + buffer })));
  return { id, required, busy: padded, away, blocked: merged([...padded, ...away]) };
}

const canAlways = ({ blocked }: Person, occurrences: Candidate): boolean =>
  occurrences.every((one) => !blocking(blocked, one));

function byMerit(a: Ranked, b: Ranked): number {
  // Shares of different wholes, compared without dividing.
  const share = b.free * a.occurrences.length - a.free * b.occurrences.length;
  return share || b.canCome.length - a.canCome.length || a.occurrences[0]!.start - b.occurrences[0]!.start;
}

/** The first of a ranking that don't overlap a better one. */
function apart<T>(ranking: T[], limit: number, occurrencesOf: (entry: T) => Candidate): T[] {
  const chosen: T[] = [];
  let taken: Interval[] = [];
  for (const entry of ranking) {
    if (chosen.length >= limit) break;
    const occurrences = occurrencesOf(entry);
    if (occurrences.some((one) => blocking(taken, one))) continue;
    chosen.push(entry);
    taken = merged([...taken, ...occurrences]);
  }
  return chosen;
}

function describe({ occurrences, free, canCome }: Ranked, required: Person[], optional: Person[]): Slot {
  const ids = (people: Person[]): string[] => people.map(({ id }) => id);
  return {
    occurrences,
    free,
    taken: occurrences.flatMap((one) => obstacles(required, one).map((obstacle) => ({ ...one, ...obstacle }))),
    optionalFree: ids(canCome),
    optionalBusy: ids(optional.filter((person) => !canCome.includes(person))),
  };
}

function obstacles(people: Person[], time: Interval): Obstacle[] {
  return people.flatMap(({ id, busy, away }): Obstacle[] => {
    if (blocking(away, time)) return [{ id, reason: 'outside_working_hours' }];
    return blocking(busy, time) ? [{ id, reason: 'busy' }] : [];
  });
}

/** Times within most people's working hours that fail for the fewest, earliest first. */
function mostTelling(impossible: Candidate[], required: Person[]): Rejection[] {
  const ranking = impossible.map(([first]) => {
    const reasons = obstacles(required, first!);
    const outside = reasons.filter(({ reason }) => reason === 'outside_working_hours').length;
    return { ...first!, reasons, rank: [outside, reasons.length - outside, first!.start] };
  });
  ranking.sort((a, b) => a.rank[0]! - b.rank[0]! || a.rank[1]! - b.rank[1]! || a.rank[2]! - b.rank[2]!);
  return apart(ranking, MAX_REJECTED, ({ start, end }) => [{ start, end }]).map(({ rank: _rank, ...entry }) => entry);
}

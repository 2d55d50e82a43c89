import { findBlocking, mergeIntervals } from '../availability/free-slots.js';
import type { Interval } from '../availability/occupancy.js';
import type { Candidate } from './candidates.js';

export interface Attendee {
  id: string;
  required: boolean;
  /** When the person is busy: merged and in order, epoch seconds. */
  busy: Interval[];
  /** When the person is outside working hours, in the same form. */
  away: Interval[];
  /** When it is night or a weekend for the person, in the same form: times that are possible, and chosen last. */
  unusual?: Interval[];
  /** How far a time of day is from the working hours of the person, on any day, in seconds: none within them. */
  distance?: (time: Interval) => number;
}

export type Reason = 'busy' | 'outside_working_hours';

/** Why one person is not available at a time. */
export interface Obstacle {
  id: string;
  reason: Reason;
}

/** An occurrence for which a required person is not available. */
export interface TakenOccurrence extends Interval, Obstacle {}

/** A time at which all required people are available; for a series, at one occurrence or more. */
export interface Slot {
  occurrences: Candidate;
  /** The number of occurrences for which all required people are available. */
  free: number;
  taken: TakenOccurrence[];
  /** The optional people who are available for every occurrence, and those who are not. */
  optionalFree: string[];
  optionalBusy: string[];
}

/** A time with no suitable occurrence, and the obstacles to its first one. */
export interface Rejection extends Interval {
  reasons: Obstacle[];
}

export interface BestTimes {
  /** Best first. No slot overlaps a better one. */
  slots: Slot[];
  /** The best time at which some occurrences, but not all, suit all required people; null if there is none. */
  nearMiss: Slot | null;
  rejected: Rejection[];
}

const MAX_REJECTED = 5;

/**
 * Chooses the best candidates: first by the share of free occurrences, then by the number of optional people, then by
 * the number of required people for whom the time is unusual, then by time.
 * @param buffer seconds before and after that must be free of other events; they may lie outside working hours
 */
export function bestTimes(attendees: Attendee[], candidates: Candidate[], buffer: number, limit: number): BestTimes {
  const people = attendees.map((attendee) => toPerson(attendee, buffer));
  const required = people.filter((person) => person.required);
  const optional = people.filter((person) => !person.required);
  const blocked = mergeIntervals(required.flatMap((person) => person.blocked));

  const possible: Ranked[] = [];
  const impossible: Candidate[] = [];
  for (const occurrences of candidates) {
    const free = occurrences.filter((one) => !findBlocking(blocked, one)).length;
    if (free === 0) impossible.push(occurrences);
    else {
      const available = optional.filter((person) => isFree(person, occurrences));
      const unusual = required.filter((person) => findBlocking(person.unusual, occurrences[0]!)).length;
      possible.push({ occurrences, free, available, unusual });
    }
  }
  possible.sort(compareRanked);
  const near = possible.find(({ free, occurrences }) => free < occurrences.length);
  return {
    slots: selectDisjoint(possible, limit, ({ occurrences }) => occurrences).map((ranked) =>
      toSlot(ranked, required, optional),
    ),
    nearMiss: near ? toSlot(near, required, optional) : null,
    rejected: selectRejections(impossible, required),
  };
}

interface Person {
  id: string;
  required: boolean;
  /** Including the buffer around each event. */
  busy: Interval[];
  away: Interval[];
  unusual: Interval[];
  blocked: Interval[];
  distance: (time: Interval) => number;
}

interface Ranked {
  occurrences: Candidate;
  free: number;
  available: Person[];
  /** The number of required people for whom the first occurrence is at an unusual time. */
  unusual: number;
}

function toPerson({ id, required, busy, away, unusual = [], distance = () => 0 }: Attendee, buffer: number): Person {
  const padded = mergeIntervals(busy.map(({ start, end }) => ({ start: start - buffer, end: end + buffer })));
  return { id, required, busy: padded, away, unusual, distance, blocked: mergeIntervals([...padded, ...away]) };
}

const isFree = ({ blocked }: Person, occurrences: Candidate): boolean =>
  occurrences.every((one) => !findBlocking(blocked, one));

function compareRanked(a: Ranked, b: Ranked): number {
  // Compares the free shares without a division.
  const share = b.free * a.occurrences.length - a.free * b.occurrences.length;
  return (
    share ||
    b.available.length - a.available.length ||
    a.unusual - b.unusual ||
    a.occurrences[0]!.start - b.occurrences[0]!.start
  );
}

/** Returns up to `limit` entries of a ranking, without those that overlap a better one. */
function selectDisjoint<T>(ranking: T[], limit: number, occurrencesOf: (entry: T) => Candidate): T[] {
  const chosen: T[] = [];
  let occupied: Interval[] = [];
  for (const entry of ranking) {
    if (chosen.length >= limit) break;
    const occurrences = occurrencesOf(entry);
    if (occurrences.some((one) => findBlocking(occupied, one))) continue;
    chosen.push(entry);
    occupied = mergeIntervals([...occupied, ...occurrences]);
  }
  return chosen;
}

function toSlot({ occurrences, free, available }: Ranked, required: Person[], optional: Person[]): Slot {
  const ids = (people: Person[]): string[] => people.map(({ id }) => id);
  return {
    occurrences,
    free,
    taken: occurrences.flatMap((one) => obstacles(required, one).map((obstacle) => ({ ...one, ...obstacle }))),
    optionalFree: ids(available),
    optionalBusy: ids(optional.filter((person) => !available.includes(person))),
  };
}

function obstacles(people: Person[], time: Interval): Obstacle[] {
  return people.flatMap(({ id, busy, away }): Obstacle[] => {
    // Somebody may be asked to stay longer, but not to be in two places.
    if (findBlocking(busy, time)) return [{ id, reason: 'busy' }];
    return findBlocking(away, time) ? [{ id, reason: 'outside_working_hours' }] : [];
  });
}

/**
 * Returns the candidates within most people's working hours that are impossible for the fewest people; of equal ones those
 * whose time of day is nearest to the working hours of everybody, so that no night comes before an evening, earliest first.
 */
function selectRejections(impossible: Candidate[], required: Person[]): Rejection[] {
  const ranking = impossible.map(([first]) => {
    const reasons = obstacles(required, first!);
    const outside = required.filter(({ away }) => findBlocking(away, first!)).length;
    const busy = reasons.filter(({ reason }) => reason === 'busy').length;
    const distance = Math.max(0, ...required.map((person) => person.distance(first!)));
    return { ...first!, reasons, rank: [outside, busy, distance, first!.start] };
  });
  ranking.sort(
    (a, b) => a.rank.map((part, index) => part - b.rank[index]!).find((difference) => difference !== 0) ?? 0,
  );
  return selectDisjoint(ranking, MAX_REJECTED, ({ start, end }) => [{ start, end }]).map(
    ({ rank: _rank, ...entry }) => entry,
  );
}

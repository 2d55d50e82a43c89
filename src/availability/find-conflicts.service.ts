import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isSeries } from '../content/event-content.js';
import { Config } from '../platform/config/config.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import type { Actor } from '../platform/http/actor.js';
import { counted } from '../problems/counted.js';
import { invalid } from '../problems/problem.js';
import type { Booking } from './booking.js';
import type { Conflict } from './conflict.js';
import { explainConflicts } from './explain-conflicts.js';
import { inParts, listPairs } from './far-days.js';
import { FindFarConflicts } from './find-far-conflicts.service.js';
import { findBlocking, intersectIntervals, mergeIntervals, subtractIntervals } from './free-slots.js';
import {
  comparedUntil,
  type Interval,
  isCut,
  MAX_OCCURRENCES,
  type Occupancy,
  occupancyOf,
  findOccupied,
  type OccupiedInterval,
} from './occupancy.js';
import { OccupancyRepository, type Overlap } from './occupancy.repository.js';

/** The time that a content occupies, as it was expanded in this transaction. */
interface Expanded extends Pick<Booking, 'content' | 'now'> {
  occupancy: Occupancy;
}

/** Conflicts of a series with too many occurrences to store them all until the horizon, after those that are stored. */
interface Cut {
  /** The occurrences that conflict, by start. */
  busy: OccupiedInterval[];
  /** Their time that the event did not occupy before the change. */
  added: Interval[];
  /** Where they overlap with series whose occupancy is not stored there either. */
  overlaps: Overlap[];
}

const MAX_CONFLICTS = 50;
/** Occurrences that take some milliseconds. */
const LONG = 1_000;

/** Finds what is in the way of a booking, in a transaction that may hold the lock on its owner's availability. */
@Injectable()
export class FindConflicts {
  private readonly expanded = new PerTransaction<Expanded[]>(() => []);
  /** How many occurrences were compared: of series that are not stored completely, and where others overlap. */
  private readonly compared = new PerTransaction(() => ({ occurrences: 0 }));

  constructor(
    private readonly occupancies: OccupancyRepository,
    private readonly far: FindFarConflicts,
    private readonly config: Config,
  ) {}

  /**
   * Returns the conflicts of a booking, by start. Titles and ids are included only for events that the actor may see.
   * @throws Problem validation_failed when the transaction has too many occurrences to compare, as do the others
   */
  find(tx: Transaction, { before: _before, ...booking }: Booking, actor: Actor): Promise<Conflict[]> {
    return this.findNew(tx, booking, actor);
  }

  /** Returns the conflicts of a booking in time that it did not occupy before the change. */
  async findNew(tx: Transaction, booking: Booking, actor: Actor): Promise<Conflict[]> {
    const cut = await this.findCut(tx, booking, MAX_CONFLICTS);
    const known = this.listNew(tx, booking);
    const busy = cut.busy.length === 0 ? known : [...known, ...cut.busy];
    if (busy.length === 0) return [];
    // Expanding a long series and writing it out take as long as others should wait.
    if (busy.length >= LONG) await setImmediate();
    const added = this.newTimeOf(tx, booking, known);
    const found = await Promise.all([
      this.occupancies.listOverlaps(tx, booking.ownerId, [...added, ...cut.added], booking.eventId),
      this.findOverlapsBeyond(tx, booking, added),
    ]);
    const overlaps = [...found.flat(), ...cut.overlaps];
    this.limitCompared(tx, booking)(busy.length * overlaps.length);
    const ids = overlaps.map((overlap) => overlap.eventId);
    const visible = await this.occupancies.listVisible(tx, booking.ownerId, ids, actor.userId);
    const conflicts = await explainConflicts(overlaps, busy, visible, MAX_CONFLICTS, new TimeSlices());
    return conflicts.map((conflict) =>
      booking.pointer === undefined ? conflict : { ...conflict, pointer: booking.pointer },
    );
  }

  /**
   * Returns the first conflicts of an endless booking beyond the horizon, up to which `find` checks everything: the
   * horizon of the booking or of the other series.
   */
  async findFar(tx: Transaction, booking: Booking, actor: Actor): Promise<Conflict[]> {
    const { horizon } = this.expand(tx, booking);
    return horizon === null ? [] : this.far.find(tx, booking, horizon, actor);
  }

  /**
   * Returns the time that other events of the owner occupy; of a series that is stored for a shorter time, the next 100,000
   * occurrences.
   */
  async listBusyTime(tx: Transaction, booking: Booking, window: Interval): Promise<Interval[]> {
    const stored = await this.occupancies.listBusy(tx, booking.ownerId, window, booking.eventId);
    const beyond = await this.findOverlapsBeyond(tx, booking, [window], false);
    return [...stored, ...beyond.flatMap(({ shared }) => shared)];
  }

  /**
   * Returns overlaps with series after their stored occupancy: of long series, and of endless ones in the far future.
   * @param isExact false when the first 100,000 occurrences of a series are enough
   */
  private async findOverlapsBeyond(
    tx: Transaction,
    booking: Booking,
    busy: Interval[],
    isExact = true,
  ): Promise<Overlap[]> {
    if (busy.length === 0) return [];
    const ours = mergeIntervals(busy);
    const window = { start: ours[0]!.start, end: ours.at(-1)!.end };
    const compared = { ...window, end: comparedUntil(this.expand(tx, booking), window.end) };
    const neighbours = await this.occupancies.listContinuing(tx, booking.ownerId, compared, booking.eventId);
    const slices = new TimeSlices();
    const read = this.limitCompared(tx, booking);
    const overlaps: Overlap[] = [];
    for (const { until, ...neighbour } of neighbours) {
      const shared: Interval[] = [];
      const compare = async (mine: Interval[], from: number, to: number, limit?: number): Promise<number> => {
        const parts = inParts(neighbour.content, { from, to }, limit);
        for (;;) {
          const part = parts.next();
          if (part.done) return part.value;
          await slices.pause();
          if (isExact) read(part.value.length);
          // Occurrences that begin before it are stored completely.
          const theirs = part.value.filter(({ start }) => start >= until);
          for (const one of intersectIntervals(mine, mergeIntervals(theirs))) shared.push(one);
        }
      };
      const reached = await compare(ours, Math.max(until, window.start), window.end);
      // Of a series with very many occurrences, only those in our time are read.
      for (const one of isExact ? ours : [])
        if (one.end > reached) await compare([one], Math.max(one.start, reached), one.end, Infinity);
      if (shared.length > 0) overlaps.push({ ...neighbour, shared: mergeIntervals(shared) });
    }
    return overlaps;
  }

  /** Returns the occurrences of a booking that conflict, and whose time it did not occupy before the change. */
  async listConflicting(tx: Transaction, booking: Booking): Promise<OccupiedInterval[]> {
    const known = this.listNew(tx, booking);
    const cut = await this.findCut(tx, booking, MAX_OCCURRENCES);
    if (known.length === 0) return cut.busy;
    const added = mergeIntervals(this.newTimeOf(tx, booking, known));
    const window = { start: added[0]!.start, end: added.at(-1)!.end };
    const stored = await this.occupancies.listBusy(tx, booking.ownerId, window, booking.eventId);
    const beyond = await this.findOverlapsBeyond(tx, booking, added);
    const busyTime = mergeIntervals([...stored, ...beyond.flatMap(({ shared }) => shared)]);
    const conflicting = intersectIntervals(added, busyTime);
    return [...known.filter((one) => findBlocking(conflicting, one)), ...cut.busy];
  }

  /**
   * Returns the first conflicts between the last stored occurrence and the horizon. There may be a million occurrences: those
   * in the time of others are looked up, and two such series are read side by side.
   */
  private async findCut(tx: Transaction, booking: Booking, limit: number): Promise<Cut> {
    const { content, ownerId, eventId } = booking;
    const occupancy = this.expand(tx, booking);
    if (!isCut(occupancy)) return { busy: [], added: [], overlaps: [] };
    const [until, end] = [occupancy.until!, occupancy.horizon!];
    const slices = new TimeSlices();
    const read = this.limitCompared(tx, booking);
    const found = new Map<string, { one: OccupiedInterval; added: Interval[] }>();
    const add = (one: OccupiedInterval): boolean => {
      const added = this.newTimeIn(tx, booking, one);
      if (added.length > 0) found.set(keyOf(one), { one, added });
      return found.size < limit;
    };
    const stored = mergeIntervals(await this.occupancies.listBusy(tx, ownerId, { start: until, end }, eventId));
    for (const { start: from, end: to } of stored) {
      await slices.pause();
      const ours = findOccupied(content, { from, to }, MAX_OCCURRENCES);
      read(ours.length);
      if (!ours.every(add)) break;
    }
    const compared = { start: until, end: comparedUntil(occupancy, end) };
    const overlaps: Overlap[] = [];
    for (const { until: theirs, ...neighbour } of await this.occupancies.listContinuing(
      tx,
      ownerId,
      compared,
      eventId,
    )) {
      const shared: Interval[] = [];
      const window = { from: Math.max(until, theirs), to: end };
      for await (const pair of listPairs(content, neighbour.content, window, slices, read)) {
        const isEnough = !add(pair.ours);
        shared.push(...intersectIntervals(found.get(keyOf(pair.ours))?.added ?? [], [pair.theirs]));
        if (isEnough || shared.length >= limit) break;
      }
      if (shared.length > 0) overlaps.push({ ...neighbour, shared: mergeIntervals(shared) });
    }
    const first = [...found.values()].sort((a, b) => a.one.start - b.one.start).slice(0, limit);
    return { busy: first.map(({ one }) => one), added: first.flatMap(({ added }) => added), overlaps };
  }

  /**
   * Returns what counts the occurrences that a transaction reads to compare them. Some series have millions until the horizon:
   * a request with too many of them takes too long each time that it is sent, so it is refused.
   */
  private limitCompared(tx: Transaction, { pointer = '' }: Booking): (occurrences: number) => void {
    const { maxComparedOccurrences: max } = this.config.values;
    const compared = this.compared.of(tx);
    return (occurrences) => {
      compared.occurrences += occurrences;
      if (compared.occurrences <= max) return;
      const what = `${counted(max, 'occurrence')} of this series and of others in the same calendar`;
      throw invalid({
        pointer: `${pointer}/recurrence_pattern`,
        code: 'too_many',
        message: `More than ${what} would have to be compared. Let it end earlier or repeat less often, or show it as free.`,
      });
    };
  }

  /** Returns the occurrences in whose time there is some that the event did not occupy before the change. */
  listNew(tx: Transaction, booking: Booking): OccupiedInterval[] {
    const { busy } = this.expand(tx, booking);
    if (!booking.before) return busy;
    const known = mergeIntervals(this.expand(tx, { ...booking, content: booking.before }).busy);
    return busy.filter((one) => !isHeld(known, one));
  }

  /** Returns the time of new occurrences that those did not occupy before the change in whose place they are. */
  private newTimeOf(tx: Transaction, booking: Booking, occurrences: OccupiedInterval[]): Interval[] {
    if (!booking.before) return occurrences;
    const known = this.expand(tx, { ...booking, content: booking.before }).busy;
    return subtractIntervals(occurrences, mergeIntervals(listGone(known, this.expand(tx, booking).busy)));
  }

  /** Returns the same of an occurrence that may not be stored; none when its time was occupied before the change. */
  private newTimeIn(tx: Transaction, booking: Booking, one: OccupiedInterval): Interval[] {
    const { before, content } = booking;
    if (!before) return [one];
    const { busy } = this.expand(tx, { ...booking, content: before });
    if (busy.length === 0) return [one];
    const window = { from: one.start, to: one.end };
    const known = isSeries(before) ? findOccupied(before, window, MAX_CONFLICTS) : busy;
    if (isHeld(mergeIntervals(known), one)) return [];
    return subtractIntervals([one], mergeIntervals(listGone(known, findOccupied(content, window, MAX_CONFLICTS))));
  }

  /**
   * Returns the time that a booking occupies. It is asked for at each step of a write, and expanding a long series takes
   * tens of milliseconds: a transaction remembers the last contents, before and after the change.
   */
  expand(tx: Transaction, { content, now }: Booking): Occupancy {
    const known = this.expanded.of(tx);
    const found = known.find((one) => one.content === content && one.now === now);
    if (found) return found.occupancy;
    const occupancy = occupancyOf(content, now ?? Date.now() / 1_000);
    known.push({ content, now, occupancy });
    if (known.length > 2) known.shift();
    return occupancy;
  }
}

/** Returns the occurrences that are not there any more: others took their place, longer or moved. */
function listGone(before: OccupiedInterval[], after: OccupiedInterval[]): OccupiedInterval[] {
  const left = new Set(after.map(keyOf));
  return before.filter((one) => !left.has(keyOf(one)));
}

const keyOf = ({ start, end }: Interval): string => `${start} ${end}`;

/** Whether an interval is covered by merged ones. */
function isHeld(known: Interval[], one: Interval): boolean {
  const held = findBlocking(known, one);
  return held !== null && held.start <= one.start && held.end >= one.end;
}

import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/http/actor.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import type { LockedEvent } from '../history/event-lock.js';
import { formatLocalTime } from '../time/local-time.js';
import { OccupancyRepository, type Neighbour, type Overlap, type StoredOccupancy } from './occupancy.repository.js';
import { explainConflicts, explainFarConflict } from './explain-conflicts.js';
import { type EventContent, isSeries, toContent } from '../content/event-content.js';
import { wireLocal, wireOccurrenceTime } from '../content/wire.js';
import type { SlotView } from './conflict-view.js';
import { type Conflict, eventConflict, type Resolution } from './conflict.js';
import { computeFarDaysInParts } from './far-days.js';
import { findBlocking, intersectIntervals, findFreeSlots, mergeIntervals, SUGGESTION_WINDOW } from './free-slots.js';
import {
  type Interval,
  MAX_OCCURRENCES,
  type Occupancy,
  occupancyOf,
  findOccupied,
  type OccupiedInterval,
} from './occupancy.js';

/** An event that is to occupy its owner's time. */
export interface Booking {
  eventId: string;
  ownerId: string;
  content: EventContent;
  /** What already occupied the time before the change: conflicts in that time are not new and do not refuse it. */
  before?: EventContent;
  /** Start of the horizon in epoch seconds; the current time when absent. */
  now?: number;
  /** Pointer to the event in a request body with several events. */
  pointer?: string;
}

/** The decision about the conflicts of a booking. */
export interface ResolvedBooking {
  /** The content to store: that of the booking, or without the occurrences that were skipped. */
  content: EventContent;
  /** True for an event that is stored although it conflicts. */
  overlapping: boolean;
  /** Original starts of the occurrences that were skipped. */
  skipped: string[];
  /** The conflicts because of which the event must not be stored. */
  refused: Conflict[];
}

/** The time that a content occupies, as it was expanded in this transaction. */
interface Expanded extends Pick<Booking, 'content' | 'now'> {
  occupancy: Occupancy;
}

const MAX_CONFLICTS = 50;
/** Occurrences that take some milliseconds. */
const LONG = 1_000;
const MAX_FAR_CONFLICTS = 10;
const MAX_BEYOND = 100_000;
const NIGHTLY_SLACK = 100 * 86_400;

/**
 * The only place that decides which events occupy which time. The order is always: lock the availability of the owners
 * (`EventLock`), `resolve`, write, `occupy`. While the lock is held, no other transaction on any server can occupy time
 * that was found free.
 */
@Injectable()
export class AvailabilityService {
  private readonly accepted = new PerTransaction<Conflict[]>(() => []);
  private readonly expanded = new PerTransaction<Expanded[]>(() => []);

  constructor(private readonly occupancies: OccupancyRepository) {}

  /** Returns the conflicts in a transaction that were allowed or skipped. */
  acceptedConflicts(tx: Transaction): readonly Conflict[] {
    return this.accepted.of(tx);
  }

  /**
   * Moves the time that a locked event occupies to its new owner. The availability of both owners is locked.
   * @throws Problem event_conflict when the new owner is busy at that time
   */
  async move(
    tx: Transaction,
    { event }: LockedEvent,
    toUserId: string,
    actor: Actor,
    onConflict: Resolution,
  ): Promise<void> {
    const booking = { eventId: event.id, ownerId: toUserId, content: toContent(event) };
    const resolved = await this.resolve(tx, booking, actor, onConflict);
    if (resolved.refused.length > 0) return this.refuse(tx, [booking], resolved.refused);
    await this.occupy(tx, [{ booking, overlapping: resolved.overlapping }]);
  }

  /** Resolves the conflicts of a booking. Skipping is refused when no occurrence of the series would be left. */
  async resolve(tx: Transaction, booking: Booking, actor: Actor, onConflict: Resolution): Promise<ResolvedBooking> {
    const { content } = booking;
    const resolved = { content, overlapping: false, skipped: [], refused: [] };
    if (tx.mayAssume && onConflict === 'reject' && (await this.areFree(tx, [booking]))) return resolved;
    const all = await this.find(tx, booking, actor);
    if (all.length === 0) return resolved;
    if (onConflict === 'allow') {
      this.accepted.of(tx).push(...all);
      return { ...resolved, overlapping: true };
    }
    const conflicts = booking.before ? await this.findNew(tx, booking, actor) : all;
    if (conflicts.length === 0) return { ...resolved, overlapping: all.length > 0 };
    if (onConflict === 'skip' && isSeries(content)) {
      const rest = await this.skipConflicts(tx, booking);
      if (rest) {
        this.accepted.of(tx).push(...conflicts);
        return { ...resolved, ...rest, overlapping: conflicts.length < all.length };
      }
    }
    return { ...resolved, refused: conflicts };
  }

  /**
   * Returns true when bookings of one owner certainly have no conflicts, with stored events or among themselves, or when
   * the transaction may assume so. False may also mean that it takes `resolve` to tell, such as for endless series.
   * @param assuming false to ask, even when the transaction may assume
   */
  async areFree(tx: Transaction, bookings: Booking[], { assuming = true } = {}): Promise<boolean> {
    const slices = new TimeSlices();
    const all: Interval[][] = [];
    let count = 0;
    for (const booking of bookings) {
      await slices.pause();
      const occupied = this.expand(tx, booking);
      count += occupied.busy.length;
      if (occupied.until !== null || count > MAX_OCCURRENCES) return false;
      all.push(occupied.busy);
    }
    const busy = all.flat().sort((a, b) => a.start - b.start);
    if (busy.some(({ start }, index) => index > 0 && start < busy[index - 1]!.end)) return false;
    const [{ ownerId, eventId }] = bookings as [Booking];
    return busy.length === 0 || this.occupancies.isFree(tx, ownerId, busy, { exceptEventId: eventId, assuming });
  }

  /**
   * Returns the conflicts of a booking, by start. Titles and ids are included only for events that the actor may see.
   */
  find(tx: Transaction, booking: Booking, actor: Actor): Promise<Conflict[]> {
    return this.findIn(tx, booking, this.expand(tx, booking).busy, actor);
  }

  /** Returns the conflicts of a booking that it would not have had before the change. */
  findNew(tx: Transaction, booking: Booking, actor: Actor): Promise<Conflict[]> {
    return this.findIn(tx, booking, this.listNew(tx, booking), actor);
  }

  private async findIn(tx: Transaction, booking: Booking, busy: Interval[], actor: Actor): Promise<Conflict[]> {
    if (busy.length === 0) return [];
    // Expanding a long series and writing it out take as long as others should wait.
    if (busy.length >= LONG) await setImmediate();
    const found = await Promise.all([
      this.occupancies.listOverlaps(tx, booking.ownerId, busy, booking.eventId),
      this.findOverlapsBeyond(tx, booking, busy),
    ]);
    const overlaps = found.flat();
    const visible = await this.findVisible(tx, booking, overlaps, actor);
    return explainConflicts(overlaps, busy, visible, MAX_CONFLICTS).map((conflict) =>
      booking.pointer === undefined ? conflict : { ...conflict, pointer: booking.pointer },
    );
  }

  /**
   * Returns the first conflicts of an endless booking beyond the horizon, up to which `find` checks everything: the
   * horizon of the booking or of the other series.
   */
  async findFar(tx: Transaction, booking: Booking, actor: Actor): Promise<Conflict[]> {
    const { content, ownerId, eventId } = booking;
    const { until } = this.expand(tx, booking);
    if (until === null) return [];
    const slices = new TimeSlices();
    const kinds = await this.occupancies.findFarKinds(tx, ownerId, until, eventId);
    const later = kinds.later
      ? await this.occupancies.listFarNeighbours(
          tx,
          ownerId,
          await computeFarDaysInParts(content, -Infinity, slices),
          eventId,
        )
      : [];
    const known = kinds.known ? findOccupied(content, { from: until, to: Infinity }, MAX_OCCURRENCES) : [];
    const overlaps = await this.occupancies.listOverlaps(tx, ownerId, known, eventId);
    const visible = await this.findVisible(tx, booking, [...later, ...overlaps], actor);
    const first = new Map(overlaps.map((one) => [one.eventId, explainConflicts([one], known, visible, 1)[0]]));
    for (const neighbour of later) {
      const from = Math.min(until, neighbour.until);
      const conflict = await explainFarConflict(neighbour, content, from, visible.has(neighbour.eventId), slices);
      if (conflict) first.set(neighbour.eventId, conflict);
    }
    return [...first.values()]
      .flatMap((conflict) => conflict ?? [])
      .sort((a, b) => (a.start_time < b.start_time ? -1 : 1))
      .slice(0, MAX_FAR_CONFLICTS);
  }

  /** Returns the next three times at which the event would not conflict. */
  async suggest(tx: Transaction, booking: Booking): Promise<SlotView[]> {
    const { busy } = this.expand(tx, booking);
    const first = busy[0];
    if (!first) return [];
    const window = { start: first.start, end: busy.at(-1)!.end + SUGGESTION_WINDOW + 86_400 };
    const busyTime = await this.listBusyTime(tx, booking, window);
    return (await findFreeSlots(booking.content, busyTime)).map((slot) => toSlotView(slot, booking.content));
  }

  /** @throws Problem event_conflict with the conflicts, and suggestions for a single booking */
  async refuse(tx: Transaction, bookings: Booking[], conflicts: Conflict[]): Promise<never> {
    const [only] = bookings;
    throw eventConflict(conflicts, bookings.length === 1 ? await this.suggest(tx, only!) : undefined);
  }

  /** Returns true when an event occupies exactly the given time. */
  isOccupying(tx: Transaction, eventId: string, busy: Interval[]): Promise<boolean> {
    return this.occupancies.isOccupying(tx, eventId, busy);
  }

  /** Releases all time that an event occupies. */
  vacate(tx: Transaction, eventId: string): void {
    this.occupancies.vacate(tx, eventId);
  }

  /**
   * Stores the time that written events occupy. `overlapping` is true for an event that is stored although it conflicts,
   * which the exclusion constraint then ignores.
   * When the exclusion constraint finds a conflict that the check did not, the transaction fails with event_conflict.
   */
  async occupy(tx: Transaction, written: { booking: Booking; overlapping: boolean }[]): Promise<void> {
    const slices = new TimeSlices();
    const stored: StoredOccupancy[] = [];
    for (const { booking, overlapping } of written) {
      const { eventId, ownerId, content } = booking;
      await slices.pause();
      const { busy, until } = this.expand(tx, booking);
      const farDays = until === null ? null : await computeFarDaysInParts(content, until, slices);
      stored.push({ eventId, ownerId, busy, until, rejects: !overlapping, farDays });
    }
    this.occupancies.occupy(tx, stored);
  }

  /** Excludes the conflicting occurrences of a series. Returns null when none would be left. */
  private async skipConflicts(
    tx: Transaction,
    booking: Booking,
  ): Promise<{ content: EventContent; skipped: string[] } | null> {
    const { content } = booking;
    const { busy } = this.expand(tx, booking);
    const window = { start: busy[0]!.start, end: Math.max(...busy.map(({ end }) => end)) };
    const busyTime = mergeIntervals(await this.listBusyTime(tx, booking, window));
    const conflicting = this.listNew(tx, booking).filter((one) => findBlocking(busyTime, one));
    if (conflicting.length === busy.length) return null;
    const names = conflicting.map(({ original }: OccupiedInterval) => formatLocalTime(original!));
    const overrides = content.overrides.filter(({ original }) => !names.includes(original));
    const rest = { ...content, excluded: [...new Set([...content.excluded, ...names])].sort(), overrides };
    return { content: rest, skipped: names.map((name) => wireLocal(name, content)) };
  }

  /** Returns the time that other events of the owner occupy. */
  private async listBusyTime(tx: Transaction, booking: Booking, window: Interval): Promise<Interval[]> {
    const stored = await this.occupancies.listBusy(tx, booking.ownerId, window, booking.eventId);
    const beyond = await this.findOverlapsBeyond(tx, booking, [window]);
    return [...stored, ...beyond.flatMap(({ shared }) => shared)];
  }

  /**
   * Returns overlaps with series after their stored occupancy: of long series, and of endless ones in the far future.
   */
  private async findOverlapsBeyond(tx: Transaction, booking: Booking, busy: Interval[]): Promise<Overlap[]> {
    const ours = mergeIntervals(busy);
    const window = { start: ours[0]!.start, end: ours.at(-1)!.end };
    // The occupancy of all endless series ends at nearly the same day. The nightly job reports the conflicts after it.
    const compared = { ...window, end: window.end - (isSeries(booking.content) ? NIGHTLY_SLACK : 0) };
    const neighbours = await this.occupancies.listContinuing(tx, booking.ownerId, compared, booking.eventId);
    return neighbours.flatMap(({ until, ...neighbour }) => {
      const rest = { from: Math.max(until, window.start), to: window.end };
      // Occurrences that begin before it are stored completely.
      const theirs = findOccupied(neighbour.content, rest, MAX_BEYOND).filter(({ start }) => start >= until);
      const shared = intersectIntervals(ours, mergeIntervals(theirs));
      return shared.length > 0 ? [{ ...neighbour, shared }] : [];
    });
  }

  /** Returns the occurrences whose time the event did not occupy before the change. */
  private listNew(tx: Transaction, booking: Booking): OccupiedInterval[] {
    const { busy } = this.expand(tx, booking);
    if (!booking.before) return busy;
    const known = mergeIntervals(this.expand(tx, { ...booking, content: booking.before }).busy);
    return busy.filter((one) => {
      const held = findBlocking(known, one);
      return !held || held.start > one.start || held.end < one.end;
    });
  }

  /**
   * Returns the time that a booking occupies. It is asked for at each step of a write, and expanding a long series takes
   * tens of milliseconds: a transaction remembers the last contents, before and after the change.
   */
  private expand(tx: Transaction, { content, now }: Booking): Occupancy {
    const known = this.expanded.of(tx);
    const found = known.find((one) => one.content === content && one.now === now);
    if (found) return found.occupancy;
    const occupancy = occupancyOf(content, now ?? Date.now() / 1_000);
    known.push({ content, now, occupancy });
    if (known.length > 2) known.shift();
    return occupancy;
  }

  private async findVisible(
    tx: Transaction,
    { ownerId }: Booking,
    neighbours: Neighbour[],
    actor: Actor,
  ): Promise<Set<string>> {
    const ids = neighbours.map((neighbour) => neighbour.eventId);
    // All of them belong to the owner.
    if (ids.length === 0 || actor.userId === ownerId) return new Set(ids);
    return this.occupancies.listVisible(tx, ids, actor.userId);
  }
}

/** Returns a slot as clients may send it: with dates for an all-day event. */
const toSlotView = ({ start, end }: Interval, content: EventContent): SlotView => ({
  start_time: wireOccurrenceTime(start, content),
  end_time: wireOccurrenceTime(end, content),
});

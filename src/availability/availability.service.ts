import { Injectable } from '@nestjs/common';
import { MAX_DATES } from '../content/draft-recurrence.js';
import { type EventContent, isSeries, toContent } from '../content/event-content.js';
import { wireLocal, wireOccurrenceTime } from '../content/wire.js';
import type { LockedEvent } from '../history/event-lock.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import type { Actor } from '../platform/http/actor.js';
import { formatLocalTime } from '../time/local-time.js';
import { type Booking, withContent } from './booking.js';
import { type Conflict, eventConflict, type Resolution } from './conflict.js';
import type { SlotView } from './conflict-view.js';
import { computeFarTimeInParts } from './far-days.js';
import { FindConflicts } from './find-conflicts.service.js';
import { findFreeSlots, SUGGESTION_WINDOW } from './free-slots.js';
import { comparedUntil, type Interval, isCut, MAX_OCCURRENCES } from './occupancy.js';
import { OccupancyRepository, type StoredOccupancy } from './occupancy.repository.js';
import { OwnerZones } from './owner-zones.js';

/**
 * In one statement. Writing them down takes as long as others should wait, and a connection over which nothing is sent while
 * the next hundred series are expanded is closed.
 */
const MAX_INTERVALS = 5_000;

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

/**
 * The only place that decides which events occupy which time. The order is always: lock the availability of the owners
 * (`EventLock`), `resolve`, write, `occupy`. While the lock is held, no other transaction on any server can occupy time
 * that was found free.
 */
@Injectable()
export class AvailabilityService {
  private readonly accepted = new PerTransaction<Conflict[]>(() => []);

  constructor(
    private readonly conflicts: FindConflicts,
    private readonly occupancies: OccupancyRepository,
    private readonly zones: OwnerZones,
  ) {}

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
    const request = { eventId: event.id, ownerId: toUserId, content: toContent(event) };
    const booking = await this.zones.book(tx, actor, request);
    const resolved = await this.resolve(tx, booking, actor, onConflict);
    if (resolved.refused.length > 0) return this.refuse(tx, [booking], resolved.refused);
    await this.occupy(tx, [{ booking, overlapping: resolved.overlapping }]);
  }

  /** Resolves the conflicts of a booking. Skipping is refused when no occurrence of the series would be left. */
  async resolve(tx: Transaction, booking: Booking, actor: Actor, onConflict: Resolution): Promise<ResolvedBooking> {
    const { stored: content } = booking;
    const resolved = { content, overlapping: false, skipped: [], refused: [] };
    if (tx.mayAssume && onConflict === 'reject' && (await this.areFree(tx, [booking]))) return resolved;
    const all = await this.conflicts.find(tx, booking, actor);
    if (all.length === 0) return resolved;
    if (onConflict === 'allow') {
      this.accepted.of(tx).push(...all);
      return { ...resolved, overlapping: true };
    }
    const conflicts = booking.before ? await this.conflicts.findNew(tx, booking, actor) : all;
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
   * the transaction may assume so. False may also mean that it takes `resolve` to tell: of very many occurrences, or when
   * an endless series among them continues in the time of another.
   * @param assuming false to ask, even when the transaction may assume
   */
  async areFree(tx: Transaction, bookings: Booking[], { assuming = true } = {}): Promise<boolean> {
    const slices = new TimeSlices();
    const all: Interval[][] = [];
    let count = 0;
    let compared = -Infinity;
    let known = Infinity;
    for (const booking of bookings) {
      await slices.pause();
      const occupied = this.conflicts.expand(tx, booking);
      count += occupied.busy.length;
      compared = Math.max(compared, comparedUntil(occupied, occupied.busy.at(-1)?.end ?? -Infinity));
      known = Math.min(known, occupied.until ?? Infinity);
      if (compared > known || count > MAX_OCCURRENCES || isCut(occupied)) return false;
      all.push(occupied.busy);
    }
    const busy = all.flat().sort((a, b) => a.start - b.start);
    if (busy.some(({ start }, index) => index > 0 && start < busy[index - 1]!.end)) return false;
    const [{ ownerId, eventId }] = bookings as [Booking];
    const free = { exceptEventId: eventId, assuming, compared };
    return busy.length === 0 || this.occupancies.isFree(tx, ownerId, busy, free);
  }

  /** Returns the next three times at which the event would not conflict. */
  async suggest(tx: Transaction, booking: Booking): Promise<SlotView[]> {
    const { busy } = this.conflicts.expand(tx, booking);
    const first = busy[0];
    if (!first) return [];
    const window = { start: first.start, end: busy.at(-1)!.end + SUGGESTION_WINDOW + 86_400 };
    const busyTime = await this.conflicts.listBusyTime(tx, booking, window);
    return (await findFreeSlots(booking.content, busyTime)).map((slot) => toSlotView(slot, booking.content));
  }

  /** @throws Problem event_conflict with the conflicts, and suggestions for a single booking */
  async refuse(tx: Transaction, bookings: Booking[], conflicts: Conflict[]): Promise<never> {
    const [only] = bookings;
    throw eventConflict(conflicts, bookings.length === 1 ? await this.suggest(tx, only!) : undefined);
  }

  /** Returns true when exactly the time of a booking is stored. */
  isOccupying(tx: Transaction, booking: Booking): Promise<boolean> {
    return this.occupancies.isOccupying(tx, booking.eventId, this.conflicts.expand(tx, booking).busy);
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
    let stored: StoredOccupancy[] = [];
    let intervals = 0;
    for (const { booking, overlapping } of written) {
      const { eventId, ownerId, content } = booking;
      await slices.pause();
      if (intervals >= MAX_INTERVALS) {
        this.occupancies.occupy(tx, stored);
        await tx.flush();
        [stored, intervals] = [[], 0];
      }
      const { busy, until } = this.conflicts.expand(tx, booking);
      const far = until === null ? null : await computeFarTimeInParts(content, until, slices);
      stored.push({ eventId, ownerId, busy, until, rejects: !overlapping, far });
      intervals += busy.length;
    }
    this.occupancies.occupy(tx, stored);
  }

  /**
   * Stores the time of events again that were there before, whatever they conflict with now. The availability of their owner
   * is locked.
   * @param parts their bookings, as many at a time as others wait for
   */
  async occupyAgain(
    tx: Transaction,
    ownerId: string,
    parts: Iterable<Booking[]> | AsyncIterable<Booking[]>,
  ): Promise<void> {
    const stored: string[][] = [];
    for await (const bookings of parts) {
      await this.occupy(
        tx,
        bookings.map((booking) => ({ booking, overlapping: true })),
      );
      stored.push(bookings.map(({ eventId }) => eventId));
    }
    // Whether they overlap is known when all are where they are now.
    for (const eventIds of stored) this.occupancies.constrain(tx, ownerId, eventIds);
  }

  /** Excludes the conflicting occurrences of a series. Returns null when none would be left, or too many excluded. */
  private async skipConflicts(
    tx: Transaction,
    booking: Booking,
  ): Promise<{ content: EventContent; skipped: string[] } | null> {
    const { stored: content } = booking;
    const names = new Set<string>();
    for (let rest = content; ;) {
      const left = withContent(booking, rest);
      const occupancy = this.conflicts.expand(tx, left);
      const conflicting = await this.conflicts.listConflicting(tx, left);
      if (conflicting.length >= occupancy.busy.length) return null;
      for (const { original } of conflicting) names.add(formatLocalTime(original!));
      const excluded = [...new Set([...content.excluded, ...names])].sort();
      if (names.size > 0 && excluded.length > MAX_DATES) return null;
      rest = {
        ...content,
        excluded,
        overrides: content.overrides.filter(({ original }) => !names.has(original)),
      };
      // A series with very many occurrences is now known a little further.
      if (conflicting.length > 0 && isCut(occupancy)) continue;
      return { content: rest, skipped: [...names].map((name) => wireLocal(name, content)) };
    }
  }
}

/** Returns a slot as clients may send it: with dates for an all-day event. */
const toSlotView = ({ start, end }: Interval, content: EventContent): SlotView => ({
  start_time: wireOccurrenceTime(start, content),
  end_time: wireOccurrenceTime(end, content),
});

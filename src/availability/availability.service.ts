import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/http/actor.js';
import { PerTransaction, type Transaction } from '../platform/database/transactions.js';
import type { LockedEvent } from '../history/event-lock.js';
import { formatLocalTime } from '../time/local-time.js';
import { OccupancyRepository, type Neighbour, type Overlap, TimeTaken } from './occupancy.repository.js';
import { explain, explainFar } from './explain-conflicts.js';
import { type EventContent, isSeries, toContent } from '../content/event-content.js';
import { wireLocal, wireOccurrenceTime } from '../content/wire.js';
import type { SlotView } from './conflict-view.js';
import { type Conflict, eventConflict, type Resolution } from './conflict.js';
import { farDays } from './far-days.js';
import { blocking, common, freeSlots, merged, SUGGESTION_WINDOW } from './free-slots.js';
import { type Interval, MAX_OCCURRENCES, occupancyOf, occupiedWithin, type OccupiedInterval } from './occupancy.js';

/** An event that would occupy its owner's time. */
export interface Booking {
  eventId: string;
  ownerId: string;
  content: EventContent;
  /** Epoch seconds from which the horizon counts; the present when absent. */
  now?: number;
  /** Where the event stands in the request body, when that holds several. */
  pointer?: string;
}

/** What was decided about the conflicts of a booking. */
export interface ResolvedBooking {
  /** The content to store: the booking's, or with occurrences left out. */
  content: EventContent;
  /** Stored although it conflicts. */
  overlapping: boolean;
  /** Original starts of the occurrences that were left out. */
  skipped: string[];
  /** The conflicts that refuse it: nothing must be stored. */
  refused: Conflict[];
}

const MAX_CONFLICTS = 50;
const MAX_FAR_CONFLICTS = 10;
const MAX_BEYOND = 100_000;
const NIGHTLY_SLACK = 100 * 86_400;

/**
 * The only place that decides who occupies which time. The order is always: lock the availability of the owners
 * (`EventLock`), `resolve`, write, `occupy`. Under the lock nobody else can take what was found free, however many
 * servers run.
 */
@Injectable()
export class AvailabilityService {
  private readonly accepted = new PerTransaction<Conflict[]>(() => []);

  constructor(private readonly occupancies: OccupancyRepository) {}

  /** Returns the conflicts that were met in a transaction and did not refuse a write. */
  acceptedConflicts(tx: Transaction): readonly Conflict[] {
    return this.accepted.of(tx);
  }

  /**
   * Moves the time that a locked event occupies to its next owner. The availability of both owners is locked.
   * @throws Problem event_conflict when the next owner is busy at that time
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
    await this.occupy(tx, booking, resolved.overlapping);
  }

  /** Decides a booking as its author wishes. Leaving out every occurrence is no way to store a series: that is refused. */
  async resolve(tx: Transaction, booking: Booking, actor: Actor, onConflict: Resolution): Promise<ResolvedBooking> {
    const { content } = booking;
    const conflicts = await this.find(tx, booking, actor);
    const resolved = { content, overlapping: false, skipped: [], refused: [] };
    if (conflicts.length === 0) return resolved;
    if (onConflict === 'allow') {
      this.accepted.of(tx).push(...conflicts);
      return { ...resolved, overlapping: true };
    }
    if (onConflict === 'skip' && isSeries(content)) {
      const left = await this.withoutClashes(tx, booking);
      if (left) {
        this.accepted.of(tx).push(...conflicts);
        return { ...resolved, ...left };
      }
    }
    return { ...resolved, refused: conflicts };
  }

  /** What stands in the way of a booking, first things first. Titles and ids only of events that the actor may see. */
  async find(tx: Transaction, booking: Booking, actor: Actor): Promise<Conflict[]> {
    const { busy } = occupancyOf(booking.content, nowOf(booking));
    if (busy.length === 0) return [];
    const noted = await this.occupancies.listOverlaps(tx, booking.ownerId, busy, booking.eventId);
    const overlaps = [...noted, ...(await this.overlapsBeyond(tx, booking, busy))];
    const visible = await this.visible(tx, booking, overlaps, actor);
    return explain(overlaps, busy, visible, MAX_CONFLICTS).map((clash) =>
      booking.pointer === undefined ? clash : { ...clash, pointer: booking.pointer },
    );
  }

  /**
   * The first meetings of an endless booking at dates that lie beyond the horizon, up to which everything is checked: of
   * the booking or of another series.
   */
  async findFar(tx: Transaction, booking: Booking, actor: Actor): Promise<Conflict[]> {
    const { content, ownerId, eventId } = booking;
    const { until } = occupancyOf(content, nowOf(booking));
    if (until === null) return [];
    const kinds = await this.occupancies.findFarKinds(tx, ownerId, until, eventId);
    const later = kinds.later
      ? await this.occupancies.listFarNeighbours(tx, ownerId, farDays(content, -Infinity), eventId)
      : [];
    const known = kinds.known ? occupiedWithin(content, { from: until, to: Infinity }, MAX_OCCURRENCES) : [];
    const met = await this.occupancies.listOverlaps(tx, ownerId, known, eventId);
    const visible = await this.visible(tx, booking, [...later, ...met], actor);
    const first = new Map(met.map((one) => [one.eventId, explain([one], known, visible, 1)[0]]));
    for (const neighbour of later) {
      const from = Math.min(until, neighbour.until);
      const meeting = explainFar(neighbour, content, from, visible.has(neighbour.eventId));
      if (meeting) first.set(neighbour.eventId, meeting);
    }
    return [...first.values()]
      .flatMap((meeting) => meeting ?? [])
      .sort((a, b) => (a.start_time < b.start_time ? -1 : 1))
      .slice(0, MAX_FAR_CONFLICTS);
  }

  /** The next three times at which the event would fit. */
  async suggest(tx: Transaction, booking: Booking): Promise<SlotView[]> {
    const { busy } = occupancyOf(booking.content, nowOf(booking));
    const first = busy[0];
    if (!first) return [];
    const window = { start: first.start, end: Math.max(busy.at(-1)!.end, first.end + SUGGESTION_WINDOW) + 86_400 };
    const taken = await this.listTaken(tx, booking, window);
    return freeSlots(booking.content, taken).map((slot) => wireSlot(slot, booking.content));
  }

  /** @throws Problem event_conflict with the conflicts, and suggestions for a single booking */
  async refuse(tx: Transaction, bookings: Booking[], conflicts: Conflict[]): Promise<never> {
    const [only] = bookings;
    throw eventConflict(conflicts, bookings.length === 1 ? await this.suggest(tx, only!) : undefined);
  }

  /** Returns whether exactly this is noted as the time that an event occupies. */
  isOccupying(tx: Transaction, eventId: string, busy: Interval[]): Promise<boolean> {
    return this.occupancies.isOccupying(tx, eventId, busy);
  }

  /** Gives up all time that an event occupied. */
  vacate(tx: Transaction, eventId: string): Promise<void> {
    return this.occupancies.vacate(tx, eventId);
  }

  /**
   * Notes the time of a written event. `overlapping`: it was allowed to clash, so it doesn't stand under the constraint.
   * @throws Problem event_conflict if the exclusion constraint finds what the check did not
   */
  async occupy(tx: Transaction, booking: Booking, overlapping: boolean): Promise<void> {
    const occupancy = occupancyOf(booking.content, nowOf(booking));
    const days = occupancy.until === null ? null : farDays(booking.content, occupancy.until);
    try {
      await this.occupancies.occupy(tx, booking.eventId, booking.ownerId, occupancy, !overlapping, days);
    } catch (error) {
      throw error instanceof TimeTaken ? eventConflict([]) : error;
    }
  }

  /** The series without its clashing occurrences; null when none would be left. */
  private async withoutClashes(
    tx: Transaction,
    booking: Booking,
  ): Promise<{ content: EventContent; skipped: string[] } | null> {
    const { content } = booking;
    const { busy } = occupancyOf(content, nowOf(booking));
    const window = { start: busy[0]!.start, end: Math.max(...busy.map(({ end }) => end)) };
    const taken = merged(await this.listTaken(tx, booking, window));
    const clashing = busy.filter((one) => blocking(taken, one));
    if (clashing.length === busy.length) return null;
    const names = clashing.map(({ original }: OccupiedInterval) => formatLocalTime(original!));
    const overrides = content.overrides.filter(({ original }) => !names.includes(original));
    const left = { ...content, excluded: [...new Set([...content.excluded, ...names])].sort(), overrides };
    return { content: left, skipped: names.map((name) => wireLocal(name, content)) };
  }

  /** What the owner is busy with besides the booking. */
  private async listTaken(tx: Transaction, booking: Booking, window: Interval): Promise<Interval[]> {
    const noted = await this.occupancies.listBusy(tx, booking.ownerId, window, booking.eventId);
    const beyond = await this.overlapsBeyond(tx, booking, [window]);
    return [...noted, ...beyond.flatMap(({ shared }) => shared)];
  }

  /** Overlaps with series that go on after what is noted of them: long ones, and all of them in the far future. */
  private async overlapsBeyond(tx: Transaction, booking: Booking, busy: Interval[]): Promise<Overlap[]> {
    const ours = merged(busy);
    const window = { start: ours[0]!.start, end: ours.at(-1)!.end };
    // Two endless series are noted up to nearly the same day; what the nightly job will add is its to report.
    const compared = { ...window, end: window.end - (isSeries(booking.content) ? NIGHTLY_SLACK : 0) };
    const neighbours = await this.occupancies.listGoingOn(tx, booking.ownerId, compared, booking.eventId);
    return neighbours.flatMap(({ until, ...neighbour }) => {
      const rest = { from: Math.max(until, window.start), to: window.end };
      // What began before is noted to its end.
      const theirs = occupiedWithin(neighbour.content, rest, MAX_BEYOND).filter(({ start }) => start >= until);
      const shared = common(ours, merged(theirs));
      return shared.length > 0 ? [{ ...neighbour, shared }] : [];
    });
  }

  private async visible(
    tx: Transaction,
    { ownerId }: Booking,
    neighbours: Neighbour[],
    actor: Actor,
  ): Promise<Set<string>> {
    const ids = neighbours.map((neighbour) => neighbour.eventId);
    // All are the owner's.
    if (ids.length === 0 || actor.userId === ownerId) return new Set(ids);
    return this.occupancies.listVisible(tx, ids, actor.userId);
  }
}

const nowOf = ({ now }: Booking): number => now ?? Date.now() / 1_000;

/** As it can be sent: dates for an all-day event. */
const wireSlot = ({ start, end }: Interval, content: EventContent): SlotView => ({
  start_time: wireOccurrenceTime(start, content),
  end_time: wireOccurrenceTime(end, content),
});

import { Injectable } from '@nestjs/common';
import type { EventContent } from '../content/event-content.js';
import type { Transaction } from '../platform/database/transaction.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import type { Actor } from '../platform/http/actor.js';
import type { Conflict } from './conflict.js';
import { explainConflicts, explainFarConflict } from './explain-conflicts.js';
import { computeFarTimeInParts, inParts } from './far-days.js';
import { mergeIntervals } from './free-slots.js';
import { findOccupied, MAX_OCCURRENCES, type OccupiedInterval } from './occupancy.js';
import { OccupancyRepository } from './occupancy.repository.js';

interface FarBooking {
  eventId: string;
  ownerId: string;
  content: EventContent;
}

const MAX_CONFLICTS = 10;
/** A request with more to compare would take longer than others should wait; what is left is not predicted. */
const MAX_COMPARED = 2_000_000;

/** Finds conflicts of an endless series beyond the time in which all are found: they refuse nothing, they are predicted. */
@Injectable()
export class FindFarConflicts {
  constructor(private readonly occupancies: OccupancyRepository) {}

  /**
   * Returns conflicts of a booking after its horizon, at most ten, by start: the first one with each other event. Titles and
   * ids are included only for events that the actor may see.
   * @param horizon epoch seconds
   */
  async find(tx: Transaction, booking: FarBooking, horizon: number, actor: Actor): Promise<Conflict[]> {
    const slices = new TimeSlices();
    const { later, knownUntil } = await this.occupancies.findFarKinds(tx, booking.ownerId, horizon, booking.eventId);
    const first = new Map<string, Conflict>();
    if (knownUntil !== null)
      await this.addKnown(tx, booking, { start: horizon, end: knownUntil }, first, actor, slices);
    if (later) await this.addLater(tx, booking, horizon, first, actor, slices);
    const conflicts = [...first.values()].sort((a, b) => (a.start_time < b.start_time ? -1 : 1));
    return conflicts.slice(0, MAX_CONFLICTS);
  }

  /** Adds conflicts with the time that is stored of others. */
  private async addKnown(
    tx: Transaction,
    booking: FarBooking,
    window: { start: number; end: number },
    first: Map<string, Conflict>,
    actor: Actor,
    slices: TimeSlices,
  ): Promise<void> {
    const ours = await this.listOurs(tx, booking, window, slices);
    const overlaps = await this.occupancies.listOverlaps(tx, booking.ownerId, ours, booking.eventId);
    const ids = overlaps.map(({ eventId }) => eventId);
    const visible = await this.occupancies.listVisible(tx, booking.ownerId, ids, actor.userId);
    for (const one of overlaps) {
      const [conflict] = await explainConflicts([one], ours, visible, 1, slices);
      if (conflict) first.set(one.eventId, conflict);
    }
  }

  /** Returns the first occurrences in a window; of those that follow, the ones in the time that is stored of others. */
  private async listOurs(
    tx: Transaction,
    { content, ownerId, eventId }: FarBooking,
    { start, end }: { start: number; end: number },
    slices: TimeSlices,
  ): Promise<OccupiedInterval[]> {
    const parts = inParts(content, { from: start, to: end }, MAX_OCCURRENCES);
    const ours: OccupiedInterval[] = [];
    let part = parts.next();
    for (; !part.done; part = parts.next()) {
      for (const one of part.value) ours.push(one);
      await slices.pause();
    }
    const reached = part.value;
    if (reached >= end) return ours;
    const theirs = mergeIntervals(await this.occupancies.listBusy(tx, ownerId, { start: reached, end }, eventId));
    for (const { start: from, end: to } of theirs) {
      await slices.pause();
      const last = ours.at(-1)!.start;
      for (const one of findOccupied(content, { from, to }, MAX_CONFLICTS)) if (one.start > last) ours.push(one);
      if (ours.length > MAX_OCCURRENCES + MAX_CONFLICTS) break;
    }
    return ours;
  }

  /** Adds conflicts with series that go on after what is stored of them. */
  private async addLater(
    tx: Transaction,
    { content, ownerId, eventId }: FarBooking,
    horizon: number,
    first: Map<string, Conflict>,
    actor: Actor,
    slices: TimeSlices,
  ): Promise<void> {
    const time = await computeFarTimeInParts(content, -Infinity, slices);
    const budget = { left: MAX_COMPARED };
    const compared: string[] = [];
    while (first.size < MAX_CONFLICTS) {
      const neighbours = await this.occupancies.listFarNeighbours(tx, ownerId, time, [eventId, ...compared]);
      if (neighbours.length === 0) return;
      const ids = neighbours.map((neighbour) => neighbour.eventId);
      const visible = await this.occupancies.listVisible(tx, ownerId, ids, actor.userId);
      for (const neighbour of neighbours) {
        if (budget.left <= 0) return;
        const from = Math.min(horizon, neighbour.until);
        const isVisible = visible.has(neighbour.eventId);
        const conflict = await explainFarConflict(neighbour, content, from, isVisible, slices, budget);
        if (conflict) first.set(neighbour.eventId, conflict);
      }
      compared.push(...ids);
    }
  }
}

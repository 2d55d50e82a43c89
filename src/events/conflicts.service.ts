import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { ConflictsRepository, type Overlap, TimeTaken } from './conflicts.repository.js';
import { type EventContent, isSeries, wireInstant } from './event-content.js';
import { type Conflict, eventConflict } from './events.errors.js';
import { type Interval, occupiedTime, occupiedWithin } from './occupancy.js';

/** An event that wants its owner's time. */
export interface Claim {
  eventId: string;
  ownerId: string;
  content: EventContent;
  /** Where the event stands in the request body, when that holds several. */
  pointer?: string;
}

const MOST_CONFLICTS = 50;

/**
 * The one door to an owner's time. The order is always: `lock` the owners, `claim`, write. Under the lock nobody else
 * can take what was found free, however many servers run.
 */
@Injectable()
export class ConflictsService {
  constructor(private readonly conflicts: ConflictsRepository) {}

  lock(tx: Transaction, ownerIds: string[]): Promise<void> {
    return this.conflicts.lockTime(tx, ownerIds);
  }

  /**
   * What stands in the way of a claim, first things first. Titles and ids only of events that the actor may see.
   */
  async find(tx: Transaction, claim: Claim, actor: Actor): Promise<Conflict[]> {
    const busy = occupiedTime(claim.content, Date.now() / 1_000);
    if (busy.length === 0) return [];
    const overlaps = await this.conflicts.listOverlaps(tx, claim.ownerId, busy, claim.eventId);
    if (overlaps.length === 0) return [];
    const ids = overlaps.map((overlap) => overlap.eventId);
    const visible = await this.conflicts.listVisible(tx, ids, actor.userId);
    return overlaps
      .flatMap((overlap) => explain(overlap, busy, visible.has(overlap.eventId), claim.pointer))
      .sort((a, b) => (a.start_time < b.start_time ? -1 : a.start_time > b.start_time ? 1 : 0))
      .slice(0, MOST_CONFLICTS);
  }

  /** Gives up all time that an event took. */
  vacate(tx: Transaction, eventId: string): Promise<void> {
    return this.conflicts.vacate(tx, eventId);
  }

  /**
   * Notes the time of a written event. `overlapping`: it was allowed to clash, so it doesn't stand under the constraint.
   * @throws Problem event_conflict if the exclusion constraint finds what the check did not
   */
  async occupy(tx: Transaction, claim: Claim, overlapping: boolean): Promise<void> {
    const busy = occupiedTime(claim.content, Date.now() / 1_000);
    try {
      await this.conflicts.occupy(tx, claim.eventId, claim.ownerId, busy, !overlapping);
    } catch (error) {
      throw error instanceof TimeTaken ? eventConflict([]) : error;
    }
  }
}

/** Which of their occurrences meet which of ours, around the stretches that both occupy. */
function explain(overlap: Overlap, busy: Interval[], visible: boolean, pointer: string | undefined): Conflict[] {
  const times = { startTime: new Date(overlap.content.startTime), endTime: new Date(overlap.content.endTime) };
  const theirs: EventContent = { ...overlap.content, ...times };
  return overlap.shared.flatMap((stretch) => {
    const window = { from: stretch.start, to: stretch.end };
    const occurrences = !isSeries(theirs)
      ? [{ start: times.startTime.getTime() / 1_000, end: times.endTime.getTime() / 1_000 }]
      : occupiedWithin(theirs, window, MOST_CONFLICTS);
    return occurrences.flatMap(({ start, end }) =>
      meeting(busy, { start: Math.max(start, stretch.start), end: Math.min(end, stretch.end) }).map((ours) => ({
        event_id: visible ? overlap.eventId : null,
        title: visible ? theirs.title : null,
        ...wireInterval({ start, end }),
        with: wireInterval(ours),
        ...(pointer === undefined ? {} : { pointer }),
      })),
    );
  });
}

const meeting = (busy: Interval[], stretch: Interval): Interval[] =>
  busy.filter(({ start, end }) => start < stretch.end && stretch.start < end).slice(0, MOST_CONFLICTS);

const wireInterval = ({ start, end }: Interval): { start_time: string; end_time: string } => ({
  start_time: wireInstant(new Date(start * 1_000)),
  end_time: wireInstant(new Date(end * 1_000)),
});

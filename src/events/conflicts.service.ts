import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { formatLocalTime } from '../platform/time/local-time.js';
import { ConflictsRepository, type Neighbour, TimeTaken } from './conflicts.repository.js';
import { explain, explainFar } from './conflict-explanation.js';
import { type EventContent, isSeries, wireLocal } from './event-content.js';
import type { IntervalView } from '../platform/openapi/problem-views.js';
import { type Conflict, eventConflict, wireInterval } from './events.errors.js';
import { farDays } from './far-days.js';
import { freeSlots, merged, SUGGESTION_WINDOW } from './free-slots.js';
import { type Interval, occupancyOf, type OccupiedInterval } from './occupancy.js';

/** What to do when the owner is busy: refuse, store it all the same, or leave the clashing occurrences out. */
export type OnConflict = 'reject' | 'allow' | 'skip';

/** An event that wants its owner's time. */
export interface Claim {
  eventId: string;
  ownerId: string;
  content: EventContent;
  /** Epoch seconds from which the horizon counts; the present when absent. */
  now?: number;
  /** Where the event stands in the request body, when that holds several. */
  pointer?: string;
}

/** What became of a claim. */
export interface Settlement {
  /** The content to store: the claim's, or with occurrences left out. */
  content: EventContent;
  /** Stored although it clashes. */
  overlapping: boolean;
  /** Original starts of the occurrences that were left out. */
  skipped: string[];
  /** What stands in the way; then nothing must be stored. */
  refused: Conflict[];
}

const MOST_CONFLICTS = 50;
const MOST_FAR_CONFLICTS = 10;

/**
 * The one door to an owner's time. The order is always: `lock` the owners, `settle`, write, `occupy`. Under the lock
 * nobody else can take what was found free, however many servers run.
 */
@Injectable()
export class ConflictsService {
  constructor(private readonly conflicts: ConflictsRepository) {}

  lock(tx: Transaction, ownerIds: string[]): Promise<void> {
    return this.conflicts.lockTime(tx, ownerIds);
  }

  /** Decides a claim as its author wishes. Leaving out every occurrence is no way to store a series: that is refused. */
  async settle(tx: Transaction, claim: Claim, actor: Actor, onConflict: OnConflict): Promise<Settlement> {
    const { content } = claim;
    const conflicts = await this.find(tx, claim, actor);
    const settled = { content, overlapping: false, skipped: [], refused: [] };
    if (conflicts.length === 0) return settled;
    if (onConflict === 'allow') {
      tx.conflicts.push(...conflicts);
      return { ...settled, overlapping: true };
    }
    if (onConflict === 'skip' && isSeries(content)) {
      const left = await this.withoutClashes(tx, claim);
      if (left) {
        tx.conflicts.push(...conflicts);
        return { ...settled, ...left };
      }
    }
    return { ...settled, refused: conflicts };
  }

  /** What stands in the way of a claim, first things first. Titles and ids only of events that the actor may see. */
  async find(tx: Transaction, claim: Claim, actor: Actor): Promise<Conflict[]> {
    const { busy } = occupancyOf(claim.content, nowOf(claim));
    if (busy.length === 0) return [];
    const overlaps = await this.conflicts.listOverlaps(tx, claim.ownerId, busy, claim.eventId);
    const visible = await this.visible(tx, overlaps, actor);
    return overlaps
      .flatMap((overlap) => explain(overlap, busy, visible.has(overlap.eventId), claim.pointer))
      .sort((a, b) => (a.start_time < b.start_time ? -1 : a.start_time > b.start_time ? 1 : 0))
      .slice(0, MOST_CONFLICTS);
  }

  /** The first meeting with each endless series of the owner after the horizon, up to which everything is checked. */
  async findFar(tx: Transaction, claim: Claim, actor: Actor): Promise<Conflict[]> {
    const { until } = occupancyOf(claim.content, nowOf(claim));
    if (until === null) return [];
    const days = farDays(claim.content, until);
    const neighbours = await this.conflicts.listFarNeighbours(tx, claim.ownerId, days, claim.eventId);
    const visible = await this.visible(tx, neighbours, actor);
    return neighbours
      .flatMap((neighbour) => explainFar(neighbour, claim.content, until, visible.has(neighbour.eventId)) ?? [])
      .sort((a, b) => (a.start_time < b.start_time ? -1 : 1))
      .slice(0, MOST_FAR_CONFLICTS);
  }

  /** The next three times at which the event would fit. */
  async suggest(tx: Transaction, claim: Claim): Promise<IntervalView[]> {
    const { busy } = occupancyOf(claim.content, nowOf(claim));
    const first = busy[0];
    if (!first) return [];
    const window = { start: first.start, end: Math.max(busy.at(-1)!.end, first.end + SUGGESTION_WINDOW) + 86_400 };
    const taken = await this.conflicts.listBusy(tx, claim.ownerId, window, claim.eventId);
    return freeSlots(claim.content, taken).map(wireInterval);
  }

  /** @throws Problem event_conflict with the conflicts, and suggestions for a single claim */
  async refuse(tx: Transaction, claims: Claim[], conflicts: Conflict[]): Promise<never> {
    const [only] = claims;
    throw eventConflict(conflicts, claims.length === 1 ? await this.suggest(tx, only!) : undefined);
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
    const occupancy = occupancyOf(claim.content, nowOf(claim));
    const days = occupancy.until === null ? null : farDays(claim.content, occupancy.until);
    try {
      await this.conflicts.occupy(tx, claim.eventId, claim.ownerId, occupancy, !overlapping, days);
    } catch (error) {
      throw error instanceof TimeTaken ? eventConflict([]) : error;
    }
  }

  /** The series without its clashing occurrences; null when none would be left. */
  private async withoutClashes(
    tx: Transaction,
    { eventId, ownerId, content }: Claim,
  ): Promise<{ content: EventContent; skipped: string[] } | null> {
    const { busy } = occupancyOf(content, Date.now() / 1_000);
    const window = { start: busy[0]!.start, end: Math.max(...busy.map(({ end }) => end)) };
    const taken = merged(await this.conflicts.listBusy(tx, ownerId, window, eventId));
    const clashing = busy.filter((one) => overlapsAny(taken, one));
    if (clashing.length === busy.length) return null;
    const names = clashing.map(({ original }: OccupiedInterval) => formatLocalTime(original!));
    const overrides = content.overrides.filter(({ original }) => !names.includes(original));
    const left = { ...content, excluded: [...new Set([...content.excluded, ...names])].sort(), overrides };
    return { content: left, skipped: names.map((name) => wireLocal(name, content)) };
  }

  private async visible(tx: Transaction, neighbours: Neighbour[], actor: Actor): Promise<Set<string>> {
    if (neighbours.length === 0) return new Set();
    const ids = neighbours.map((neighbour) => neighbour.eventId);
    return this.conflicts.listVisible(tx, ids, actor.userId);
  }
}

const nowOf = ({ now }: Claim): number => now ?? Date.now() / 1_000;

const overlapsAny = (taken: Interval[], { start, end }: Interval): boolean =>
  taken.some((one) => one.start < end && start < one.end);

import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { formatLocalTime } from '../platform/time/local-time.js';
import { ConflictsRepository, type Neighbour, type Overlap, TimeTaken } from './conflicts.repository.js';
import { explain, explainFar } from './conflict-explanation.js';
import { type EventContent, isSeries, wireLocal, wireOccurrenceTime } from './event-content.js';
import type { SlotView } from '../platform/openapi/problem-views.js';
import { type Conflict, eventConflict } from './events.errors.js';
import { farDays } from './far-days.js';
import { blocking, common, freeSlots, merged, SUGGESTION_WINDOW } from './free-slots.js';
import { type Interval, MOST_OCCURRENCES, occupancyOf, occupiedWithin, type OccupiedInterval } from './occupancy.js';

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
const MOST_BEYOND = 100_000;
const NIGHTLY_SLACK = 100 * 86_400;

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
    const noted = await this.conflicts.listOverlaps(tx, claim.ownerId, busy, claim.eventId);
    const overlaps = [...noted, ...(await this.overlapsBeyond(tx, claim, busy))];
    const visible = await this.visible(tx, claim, overlaps, actor);
    return explain(overlaps, busy, visible, MOST_CONFLICTS).map((clash) =>
      claim.pointer === undefined ? clash : { ...clash, pointer: claim.pointer },
    );
  }

  /**
   * The first meetings of an endless claim at dates that lie beyond the horizon, up to which everything is checked: of
   * the claim or of another series.
   */
  async findFar(tx: Transaction, claim: Claim, actor: Actor): Promise<Conflict[]> {
    const { content, ownerId, eventId } = claim;
    const { until } = occupancyOf(content, nowOf(claim));
    if (until === null) return [];
    const kinds = await this.conflicts.findFarKinds(tx, ownerId, until, eventId);
    const later = kinds.later
      ? await this.conflicts.listFarNeighbours(tx, ownerId, farDays(content, -Infinity), eventId)
      : [];
    const known = kinds.known ? occupiedWithin(content, { from: until, to: Infinity }, MOST_OCCURRENCES) : [];
    const met = await this.conflicts.listOverlaps(tx, ownerId, known, eventId);
    const visible = await this.visible(tx, claim, [...later, ...met], actor);
    const first = new Map(met.map((one) => [one.eventId, explain([one], known, visible, 1)[0]]));
    for (const neighbour of later) {
      const from = Math.min(until, neighbour.until);
      const meeting = explainFar(neighbour, content, from, visible.has(neighbour.eventId));
      if (meeting) first.set(neighbour.eventId, meeting);
    }
    return [...first.values()]
      .flatMap((meeting) => meeting ?? [])
      .sort((a, b) => (a.start_time < b.start_time ? -1 : 1))
      .slice(0, MOST_FAR_CONFLICTS);
  }

  /** The next three times at which the event would fit. */
  async suggest(tx: Transaction, claim: Claim): Promise<SlotView[]> {
    const { busy } = occupancyOf(claim.content, nowOf(claim));
    const first = busy[0];
    if (!first) return [];
    const window = { start: first.start, end: Math.max(busy.at(-1)!.end, first.end + SUGGESTION_WINDOW) + 86_400 };
    const taken = await this.listTaken(tx, claim, window);
    return freeSlots(claim.content, taken).map((slot) => wireSlot(slot, claim.content));
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
    claim: Claim,
  ): Promise<{ content: EventContent; skipped: string[] } | null> {
    const { content } = claim;
    const { busy } = occupancyOf(content, nowOf(claim));
    const window = { start: busy[0]!.start, end: Math.max(...busy.map(({ end }) => end)) };
    const taken = merged(await this.listTaken(tx, claim, window));
    const clashing = busy.filter((one) => blocking(taken, one));
    if (clashing.length === busy.length) return null;
    const names = clashing.map(({ original }: OccupiedInterval) => formatLocalTime(original!));
    const overrides = content.overrides.filter(({ original }) => !names.includes(original));
    const left = { ...content, excluded: [...new Set([...content.excluded, ...names])].sort(), overrides };
    return { content: left, skipped: names.map((name) => wireLocal(name, content)) };
  }

  /** What the owner is busy with besides the claim. */
  private async listTaken(tx: Transaction, claim: Claim, window: Interval): Promise<Interval[]> {
    const noted = await this.conflicts.listBusy(tx, claim.ownerId, window, claim.eventId);
    const beyond = await this.overlapsBeyond(tx, claim, [window]);
    return [...noted, ...beyond.flatMap(({ shared }) => shared)];
  }

  /** Overlaps with series that go on after what is noted of them: long ones, and all of them in the far future. */
  private async overlapsBeyond(tx: Transaction, claim: Claim, busy: Interval[]): Promise<Overlap[]> {
    const ours = merged(busy);
    const window = { start: ours[0]!.start, end: ours.at(-1)!.end };
    // Two endless series are noted up to nearly the same day; what the nightly job will add is its to report.
    const compared = { ...window, end: window.end - (isSeries(claim.content) ? NIGHTLY_SLACK : 0) };
    const neighbours = await this.conflicts.listGoingOn(tx, claim.ownerId, compared, claim.eventId);
    return neighbours.flatMap(({ until, ...neighbour }) => {
      const rest = { from: Math.max(until, window.start), to: window.end };
      // What began before is noted to its end.
      const theirs = occupiedWithin(neighbour.content, rest, MOST_BEYOND).filter(({ start }) => start >= until);
      const shared = common(ours, merged(theirs));
      return shared.length > 0 ? [{ ...neighbour, shared }] : [];
    });
  }

  private async visible(
    tx: Transaction,
    { ownerId }: Claim,
    neighbours: Neighbour[],
    actor: Actor,
  ): Promise<Set<string>> {
    const ids = neighbours.map((neighbour) => neighbour.eventId);
    // All are the owner's.
    if (ids.length === 0 || actor.userId === ownerId) return new Set(ids);
    return this.conflicts.listVisible(tx, ids, actor.userId);
  }
}

const nowOf = ({ now }: Claim): number => now ?? Date.now() / 1_000;

/** As it can be sent: dates for an all-day event. */
const wireSlot = ({ start, end }: Interval, content: EventContent): SlotView => ({
  start_time: wireOccurrenceTime(start, content),
  end_time: wireOccurrenceTime(end, content),
});

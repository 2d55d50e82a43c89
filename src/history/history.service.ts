import { Injectable } from '@nestjs/common';
import type { EventContent } from '../content/event-content.js';
import { fromSnapshot, type Snapshot } from '../content/snapshot.js';
import {
  type InvitationChange,
  isInvitationChange,
  isRoleChange,
  type Member,
  type MemberEntry,
  type RoleChange,
} from '../permissions/member.js';
import type { Queryable } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { invalid, notFound } from '../problems/problem.js';
import type { ChangeKind, Undoing } from './change.js';
import {
  type ChangelogFilter,
  type EntryRow,
  HistoryRepository,
  type OtherPart,
  type PartMember,
} from './history.repository.js';
import type { SplitStep } from './splits.js';

/** One entry of an event's history, in the current schema. */
export interface ChangelogEntry {
  position: number;
  version: number;
  kind: ChangeKind;
  actor: { id: string; username: string };
  at: Date;
  comment: string | null;
  changed: string[];
  /** Content after the change; null for a change of members. */
  content: EventContent | null;
  /** Content before the change; null for the first version and for a change of members. Only in changelogs. */
  before: EventContent | null;
  /** How the version was made, when it undoes others; null for versions of earlier releases. */
  undoes: Undoing | null;
  /** Of the version that split a series, the other part; null when the reader may not see that. */
  otherPart: OtherPart | null;
  /** The members of both parts of a series that was split, owner first; empty for other versions. */
  partMembers: PartMember[];
  /** Null for a version. */
  members: RoleChange[] | null;
  /** Invitations by e-mail that were made, changed or revoked. */
  invitations: InvitationChange[];
  /** When and why the texts of the version were redacted; null when they were not. */
  redaction: { reason: string; at: Date } | null;
}

/** An entry that is a version. */
export interface VersionEntry extends ChangelogEntry {
  content: EventContent;
}

export type { ChangelogFilter, OtherPart } from './history.repository.js';

/** Reads the history of events. Callers look at the role in the same snapshot (`AccessService.read`), or under the lock. */
@Injectable()
export class HistoryService {
  constructor(private readonly history: HistoryRepository) {}

  /** Returns the versions of an event, newest first. */
  async listVersions(queries: Queryable, eventId: string, page: PageRequest): Promise<Page<ChangelogEntry>> {
    return mapPage(await this.history.listVersions(queries, eventId, page));
  }

  /**
   * Returns the entries of an event that match the filter. A page ends early when its entries are very large: each contains
   * the whole lists of a series, before and after the change.
   * @throws Problem validation_failed for a numbered page, which cannot end early
   */
  async listChangelog(
    queries: Queryable,
    eventId: string,
    page: PageRequest,
    filter: ChangelogFilter,
  ): Promise<Page<ChangelogEntry>> {
    const slices = new TimeSlices();
    const items: ChangelogEntry[] = [];
    // A snapshot is the content of one version, and what the next one had before.
    const contents = new Map<Snapshot, EventContent>();
    const read = (snapshot: Snapshot): EventContent => {
      const known = contents.get(snapshot) ?? fromSnapshot(snapshot);
      contents.set(snapshot, known);
      return known;
    };
    // The version before an entry is often not on the page then, and is read as well.
    const isFiltered = [filter.field, filter.kind, filter.author].some((value) => value !== undefined);
    let size = 0;
    for (let rest = page; ;) {
      const limit = Math.min(rest.limit, isFiltered ? PART / 2 : PART);
      const part = await this.history.listChangelog(queries, eventId, { ...rest, limit }, filter);
      for (const row of part.items) {
        await slices.pause();
        const entry = toChangelogEntry(row, read);
        size += sizeOf(entry.content) + sizeOf(entry.before);
        if (size > MAX_SIZE && items.length > 0) {
          if (page.offset !== null) throw tooLarge(items.length);
          return { items, nextKey: [page.order, String(items.at(-1)!.position)], total: null };
        }
        items.push(entry);
      }
      const left = rest.limit - part.items.length;
      if (left <= 0 || !part.nextKey) return { ...part, items };
      rest = {
        ...rest,
        limit: left,
        ...(rest.offset === null ? { after: part.nextKey.slice(1) } : { offset: rest.offset + limit }),
      };
    }
  }

  /** Returns a version; null when there is none with that number. @param version null for the latest */
  async findVersion(queries: Queryable, eventId: string, version: number | null): Promise<VersionEntry | null> {
    const row = await this.history.findVersion(queries, eventId, version);
    return row && (toChangelogEntry(row) as VersionEntry);
  }

  /** Returns a version, and those that split the series or may have undone a split, oldest first; null for none. */
  async findVersionToUndo(
    tx: Transaction,
    eventId: string,
    version: number,
  ): Promise<{ entry: VersionEntry; splitSteps: SplitStep[] } | null> {
    const row = await this.history.findVersionToUndo(tx, eventId, version);
    return row && { entry: toChangelogEntry(row) as VersionEntry, splitSteps: row.splitSteps };
  }

  /** Returns the entry at a position. @throws Problem not_found when the history is shorter */
  async getEntry(
    tx: Transaction,
    eventId: string,
    position: number,
  ): Promise<Pick<ChangelogEntry, 'version' | 'kind' | 'members' | 'invitations'>> {
    const entry = await this.history.findEntry(tx, eventId, position);
    if (!entry) throw notFound(`This event has no change ${position}.`);
    return { ...entry, ...splitMembers(entry.members) };
  }

  /** Returns the members of an event as of an earlier time, owner first, then by name; none before it existed. */
  listMembersAsOf(queries: Queryable, eventId: string, asOf: Date): Promise<Member[]> {
    return this.history.listMembersAsOf(queries, eventId, asOf);
  }
}

/** Entries that are read at once, with about as many snapshots. */
const PART = 100;
/** Characters of the snapshots of one page, about. */
const MAX_SIZE = 4_000_000;

/** Returns how many characters a content has at least: its texts, and those of its occurrences. */
const sizeOf = (content: EventContent | null): number =>
  content === null
    ? 0
    : [content, ...content.overrides].reduce(
        (sum, { title, description, location }) =>
          sum + OTHER_FIELDS + (title?.length ?? 0) + (description?.length ?? 0) + (location?.length ?? 0),
        0,
      );
const OTHER_FIELDS = 100;

function tooLarge(fits: number): Error {
  const message = `These entries are very large. At most ${fits} of them make a page; with \`cursor\`, pages end early.`;
  return invalid({ pointer: '/query/page_size', code: 'too_large', message });
}

const mapPage = (page: Page<EntryRow>): Page<ChangelogEntry> => ({
  ...page,
  items: page.items.map((row) => toChangelogEntry(row)),
});

function toChangelogEntry(row: EntryRow, read = fromSnapshot): ChangelogEntry {
  const { position, version, kind, at, comment, changed, members, undoes, redactionReason, redactedAt } = row;
  return {
    position,
    version,
    kind,
    actor: { id: row.personId, username: row.personName },
    at,
    comment,
    changed: changed ?? [],
    content: row.snapshot && read(row.snapshot),
    before: row.before ? read(row.before) : null,
    undoes: undoes ?? null,
    otherPart: row.otherPart ?? null,
    partMembers: row.partMembers ?? [],
    ...splitMembers(members),
    redaction: redactionReason === null ? null : { reason: redactionReason, at: redactedAt! },
  };
}

const splitMembers = (members: MemberEntry[] | null): Pick<ChangelogEntry, 'members' | 'invitations'> => ({
  members: members && members.filter(isRoleChange),
  invitations: (members ?? []).filter(isInvitationChange),
});

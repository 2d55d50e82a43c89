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
import type { Transaction } from '../platform/database/transaction.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { notFound } from '../problems/problem.js';
import type { ChangeKind, Undoing } from './change.js';
import {
  type ChangelogFilter,
  type EntryRow,
  HistoryRepository,
  type OtherPart,
  type PartMember,
} from './history.repository.js';

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

/** Reads the history of events. */
@Injectable()
export class HistoryService {
  constructor(private readonly history: HistoryRepository) {}

  /** Returns the versions of an event, newest first. */
  async listVersions(eventId: string, page: PageRequest): Promise<Page<ChangelogEntry>> {
    return mapPage(await this.history.listVersions(eventId, page));
  }

  /** Returns the entries of an event that match the filter. */
  async listChangelog(eventId: string, page: PageRequest, filter: ChangelogFilter): Promise<Page<ChangelogEntry>> {
    return mapPage(await this.history.listChangelog(eventId, page, filter));
  }

  /** Returns a version; null when there is none with that number. */
  async findVersion(eventId: string, version: number, tx?: Transaction): Promise<VersionEntry | null> {
    const row = await this.history.findVersion(eventId, version, tx);
    return row && (toChangelogEntry(row) as VersionEntry);
  }

  /** Returns the number of the latest version. */
  findLatestVersion(eventId: string): Promise<number> {
    return this.history.findLatestVersion(eventId);
  }

  /** Returns the entry at a position. @throws Problem not_found when the history is shorter */
  async getEntry(
    tx: Transaction,
    eventId: string,
    position: number,
  ): Promise<Pick<ChangelogEntry, 'version' | 'kind' | 'members' | 'invitations'>> {
    const entry = await this.history.findEntry(tx, eventId, position);
    if (!entry) throw notFound();
    return { ...entry, ...splitMembers(entry.members) };
  }

  /** Returns the members of an event as of an earlier time. @throws Problem not_found when it did not exist yet */
  async getMembersAsOf(eventId: string, asOf: Date): Promise<Member[]> {
    const members = await this.history.listMembersAsOf(eventId, asOf);
    if (members.length === 0) throw notFound();
    return members;
  }
}

const mapPage = (page: Page<EntryRow>): Page<ChangelogEntry> => ({ ...page, items: page.items.map(toChangelogEntry) });

function toChangelogEntry(row: EntryRow): ChangelogEntry {
  const { position, version, kind, at, comment, changed, members, undoes, redactionReason, redactedAt } = row;
  return {
    position,
    version,
    kind,
    actor: { id: row.personId, username: row.personName },
    at,
    comment,
    changed: changed ?? [],
    content: readSnapshot(row.snapshot),
    before: readSnapshot(row.before ?? null),
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

const readSnapshot = (snapshot: Snapshot | null): EventContent | null => snapshot && fromSnapshot(snapshot);

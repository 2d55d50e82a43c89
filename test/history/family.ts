import { type EventContent, isSeries, EMPTY_CONTENT } from '../../src/content/event-content.js';
import { changedFields, wireContent } from '../../src/content/wire.js';
import { fromSnapshot, type Snapshot, toSnapshot } from '../../src/content/snapshot.js';
import { findOriginal, halves, without } from '../../src/content/series-edit.js';
import type { RoleChange } from '../../src/sharing/members-writer.js';
import type { Role } from '../../src/permissions/role.js';
import { UNDOING, undoRoles } from '../../src/sharing/undo-roles.js';
import type { ChangeKind, MemberKind } from '../../src/history/change.js';
import { historyHash } from '../../src/history/history-hash.js';
import { type CurrentState, type Finding, HistoryReplay, type StoredEntry } from '../../src/history/history-replay.js';
import { mergeContent } from '../../src/content/merge.js';
import { applyEdit, attempt, type ContentEdit } from './random-edits.js';

/** An event with its history, and the people with whom it began. */
export interface Member extends CurrentState {
  id: string;
  people: Map<string, Role>;
  bornWith: Map<string, Role>;
  entries: StoredEntry[];
}

/** One thing that is done to one event; numbers are taken modulo what there is. */
export type Step = { event: number; by: number; to: number; place: number } & (
  | { does: 'edit'; edit: ContentEdit; back: number }
  | { does: 'split'; day: number }
  | { does: 'delete' | 'restore' | 'rollback' | 'undo' | 'handover' | 'revoke' }
  | { does: 'give'; role: 'viewer' | 'editor' }
);

/**
 * An event and what was split off it, kept in memory as the database keeps it: the same pure parts as the server uses
 * make the content, the changed fields, the snapshots, the merges and the hashes.
 */
export class Family {
  readonly members: Member[] = [];
  private clock = Date.UTC(2026, 0, 1);

  constructor(
    content: EventContent,
    private readonly persons: string[],
  ) {
    this.begin(content, persons[0]!, 'created', new Map());
    this.members[0]!.people.set(persons[0]!, 'owner');
  }

  /** True when it changed something. */
  do(step: Step): boolean {
    const member = this.members[step.event % this.members.length]!;
    const by = this.persons[step.by % this.persons.length]!;
    const isDeleted = member.content.deletedAt !== null;
    if (isDeleted && !['restore', 'rollback', 'undo'].includes(step.does)) return false;
    switch (step.does) {
      case 'edit':
        return this.edit(member, by, step.edit, step.back);
      case 'split':
        return this.split(member, by, step.day);
      case 'delete':
        return this.write(member, by, 'deleted', { ...member.content, deletedAt: this.now() });
      case 'restore':
        return this.write(member, by, 'restored', { ...member.content, deletedAt: null });
      case 'rollback':
        return this.rollback(member, by, step.place);
      case 'undo':
        return this.undo(member, by, step.place);
      default:
        return this.changePeople(member, step);
    }
  }

  private changePeople(member: Member, step: Step): boolean {
    const userId = this.persons[step.to % this.persons.length]!;
    const from = member.people.get(userId) ?? null;
    const [owner] = [...member.people].find(([, role]) => role === 'owner')!;
    if (userId === owner) return false;
    const one = (to: Role | null): RoleChange[] => (from === to ? [] : [{ userId, from, to }]);
    if (step.does === 'give') return this.let(member, owner, from ? 'role_changed' : 'shared', one(step.role));
    if (step.does === 'revoke') return this.let(member, owner, 'revoked', one(null));
    const back: RoleChange = { userId: owner, from: 'owner', to: 'editor' };
    return from ? this.let(member, owner, 'ownership_transferred', [...one('owner'), back]) : false;
  }

  private edit(member: Member, by: string, edit: ContentEdit, back: number): boolean {
    const versions = contents(member);
    const base = versions.at(-1 - (back % versions.length))!;
    const wanted = attempt(() => applyEdit(edit, base));
    const merged = wanted && mergeContent(base, member.content, wanted);
    if (!merged || 'clashes' in merged) return false;
    return this.write(member, by, 'updated', merged.content);
  }

  private split(member: Member, by: string, day: number): boolean {
    const at = new Date(Date.UTC(2026, 2, 26 + day, 10)).toISOString().slice(0, 19);
    const { content } = member;
    if (!isSeries(content)) return false;
    const original = attempt(() => findOriginal(content, content.allDay ? at.slice(0, 10) : at));
    const parts = original && halves(content, original);
    if (!parts || !without(content, original, 'following')) return false;
    this.write(member, by, 'split', parts.head);
    this.begin(parts.tail, by, 'split', member.people);
    return true;
  }

  private rollback(member: Member, by: string, place: number): boolean {
    const versions = contents(member);
    const old = versions[place % versions.length]!;
    return old.deletedAt ? false : this.write(member, by, 'rolled_back', old);
  }

  private undo(member: Member, by: string, place: number): boolean {
    const { kind, people, version } = member.entries[place % member.entries.length]!;
    if (people) {
      if (member.content.deletedAt) return false;
      const found = undoRoles(people as RoleChange[], member.people);
      return 'undone' in found && this.let(member, by, UNDOING[kind as MemberKind], found.undone);
    }
    if (version === 1) return false;
    const versions = contents(member);
    const before = versions[version - 2]!;
    const merged = mergeContent(versions[version - 1]!, member.content, before);
    if ('clashes' in merged || before.deletedAt) return false;
    return this.write(member, by, 'rolled_back', merged.content);
  }

  private begin(content: EventContent, by: string, kind: ChangeKind, people: Map<string, Role>): void {
    const id = `event ${this.members.length}`;
    const state = {
      version: 0,
      updatedBy: by,
      updatedAt: this.now(),
      people: new Map(people),
      bornWith: new Map(people),
    };
    const member: Member = { id, content, entries: [], ...state };
    this.members.push(member);
    this.note(member, by, kind, content, EMPTY_CONTENT);
  }

  private write(member: Member, by: string, kind: ChangeKind, content: EventContent): boolean {
    const before = wireContent(member.content);
    const fields = changedFields(before, wireContent(content));
    // In the trash nothing is changed but that it is there.
    if (fields.length === 0 || (member.content.deletedAt && content.deletedAt)) return false;
    const gone = fields.includes('deleted') && content.deletedAt;
    this.note(member, by, gone ? 'deleted' : kind, content, before);
    return true;
  }

  private note(member: Member, by: string, kind: ChangeKind, content: EventContent, before: object): void {
    const [version, at] = [member.version + 1, this.now()];
    Object.assign(member, { content, version, updatedBy: by, updatedAt: at });
    const changed = changedFields(before, wireContent(content));
    this.append(member, { kind, version, actorId: by, at, changed, snapshot: toSnapshot(content), people: null });
  }

  private let(member: Member, by: string, kind: ChangeKind, people: RoleChange[]): boolean {
    if (people.length === 0) return false;
    for (const { userId, to } of people) {
      if (to) member.people.set(userId, to);
      else member.people.delete(userId);
    }
    const { version } = member;
    this.append(member, { kind, version, actorId: by, at: this.now(), changed: null, snapshot: null, people });
    return true;
  }

  private append(member: Member, row: Omit<StoredEntry, 'eventId' | 'position' | 'comment' | 'hash'>): void {
    const entry = { ...row, eventId: member.id, position: member.entries.length + 1, comment: null };
    const hash = historyHash(member.entries.at(-1)?.hash ?? null, entry);
    member.entries.push(stored({ ...entry, hash }));
  }

  private now(): Date {
    return new Date((this.clock += 1_000));
  }
}

/** The content after each version. */
const contents = ({ entries }: Member): EventContent[] =>
  entries.flatMap(({ snapshot }) => (snapshot ? [fromSnapshot(snapshot)] : []));

/** As it comes back from the database: jsonb keeps neither the order of members nor those that are undefined. */
function stored(entry: StoredEntry): StoredEntry {
  const shuffled = (value: object | null): unknown =>
    JSON.parse(JSON.stringify(value), (_key, member: unknown) =>
      member && typeof member === 'object' && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).reverse())
        : member,
    );
  return { ...entry, snapshot: shuffled(entry.snapshot) as Snapshot, people: shuffled(entry.people) as RoleChange[] };
}

/** The first thing that is wrong with an event's history, and the place where. */
export function verdict(member: Member, entries = member.entries): (Finding & { position: number | null }) | null {
  const replay = new HistoryReplay(new Map(member.bornWith));
  for (const entry of entries) {
    const found = replay.next(entry);
    if (found) return { ...found, position: entry.position };
  }
  const found = replay.end(member);
  return found && { ...found, position: null };
}

import { type EventContent, isSeries, EMPTY_CONTENT } from '../../src/content/event-content.js';
import { findChangedFields, wireContent } from '../../src/content/wire.js';
import { fromSnapshot, type Snapshot, toSnapshot } from '../../src/content/snapshot.js';
import { findOriginal, splitBefore, removeOccurrences } from '../../src/content/series-edit.js';
import type { RoleChange } from '../../src/permissions/member.js';
import { type Action, can, type Role } from '../../src/permissions/role.js';
import { INVERSE_KIND, undoRoles } from '../../src/sharing/undo-roles.js';
import type { ChangeKind, MemberKind } from '../../src/history/change.js';
import { historyHash } from '../../src/history/history-hash.js';
import { type CurrentState, type Finding, HistoryReplay, type StoredEntry } from '../../src/history/history-replay.js';
import { mergeContent } from '../../src/content/merge.js';
import { applyEdit, attempt, type ContentEdit } from './random-edits.js';

/** What the role of the person who does it must allow; members are changed by the owner, whoever is named. */
const NEEDED: Record<Step['does'], Action> = {
  edit: 'edit',
  split: 'edit',
  rollback: 'edit',
  undo: 'edit',
  delete: 'delete',
  restore: 'delete',
  give: 'read',
  revoke: 'read',
  handover: 'read',
};

/** An event with its history, and the people with whom it began. */
export interface FamilyEvent extends CurrentState {
  id: string;
  members: Map<string, Role>;
  bornWith: Map<string, Role>;
  isTail: boolean;
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
  readonly events: FamilyEvent[] = [];
  private clock = Date.UTC(2026, 0, 1);

  constructor(
    content: EventContent,
    private readonly persons: string[],
  ) {
    this.begin(content, persons[0]!, 'created', new Map());
    this.events[0]!.members.set(persons[0]!, 'owner');
  }

  /** True when it changed something. */
  do(step: Step): boolean {
    const event = this.events[step.event % this.events.length]!;
    const by = this.persons[step.by % this.persons.length]!;
    const isDeleted = event.content.deletedAt !== null;
    if (isDeleted && !['restore', 'rollback', 'undo'].includes(step.does)) return false;
    const role = event.members.get(by);
    if (!role || !can(role, isDeleted ? 'delete' : NEEDED[step.does])) return false;
    switch (step.does) {
      case 'edit':
        return this.edit(event, by, step.edit, step.back);
      case 'split':
        return this.split(event, by, step.day);
      case 'delete':
        return this.write(event, by, 'deleted', { ...event.content, deletedAt: this.now() });
      case 'restore':
        return this.write(event, by, 'restored', { ...event.content, deletedAt: null });
      case 'rollback':
        return this.rollback(event, by, step.place);
      case 'undo':
        return this.undo(event, by, step.place);
      default:
        return this.changePeople(event, step);
    }
  }

  private changePeople(event: FamilyEvent, step: Step): boolean {
    const userId = this.persons[step.to % this.persons.length]!;
    const from = event.members.get(userId) ?? null;
    const [owner] = [...event.members].find(([, role]) => role === 'owner')!;
    if (userId === owner) return false;
    const one = (to: Role | null): RoleChange[] => (from === to ? [] : [{ userId, from, to }]);
    if (step.does === 'give') return this.let(event, owner, from ? 'role_changed' : 'shared', one(step.role));
    if (step.does === 'revoke') return this.let(event, owner, 'revoked', one(null));
    const back: RoleChange = { userId: owner, from: 'owner', to: 'editor' };
    return from ? this.let(event, owner, 'ownership_transferred', [...one('owner'), back]) : false;
  }

  private edit(event: FamilyEvent, by: string, edit: ContentEdit, back: number): boolean {
    const versions = contents(event);
    const base = versions.at(-1 - (back % versions.length))!;
    const wanted = attempt(() => applyEdit(edit, base));
    const merged = wanted && mergeContent(base, event.content, wanted);
    if (!merged || 'clashes' in merged) return false;
    return this.write(event, by, 'updated', merged.content);
  }

  private split(event: FamilyEvent, by: string, day: number): boolean {
    const at = new Date(Date.UTC(2026, 2, 26 + day, 10)).toISOString().slice(0, 19);
    const { content } = event;
    if (!isSeries(content)) return false;
    const original = attempt(() => findOriginal(content, content.allDay ? at.slice(0, 10) : at));
    const parts = original && splitBefore(content, original);
    if (!parts || !removeOccurrences(content, original, 'following')) return false;
    this.write(event, by, 'split', parts.head);
    this.begin(parts.tail, by, 'split', event.members);
    return true;
  }

  private rollback(event: FamilyEvent, by: string, place: number): boolean {
    const versions = contents(event);
    const old = versions[place % versions.length]!;
    return old.deletedAt ? false : this.write(event, by, 'rolled_back', old);
  }

  private undo(event: FamilyEvent, by: string, place: number): boolean {
    const { kind, members, version } = event.entries[place % event.entries.length]!;
    if (members) {
      if (event.content.deletedAt || !can(event.members.get(by)!, 'share')) return false;
      const found = undoRoles(members, event.members);
      return 'roleChanges' in found && this.let(event, by, INVERSE_KIND[kind as MemberKind], found.roleChanges);
    }
    if (version === 1) return false;
    const versions = contents(event);
    const before = versions[version - 2]!;
    const merged = mergeContent(versions[version - 1]!, event.content, before);
    if ('clashes' in merged || before.deletedAt) return false;
    return this.write(event, by, 'rolled_back', merged.content);
  }

  private begin(content: EventContent, by: string, kind: ChangeKind, people: Map<string, Role>): void {
    const id = `event ${this.events.length}`;
    const state = {
      version: 0,
      updatedBy: by,
      updatedAt: this.now(),
      members: new Map(people),
      bornWith: new Map(people),
      isTail: kind === 'split',
    };
    const event: FamilyEvent = { id, content, entries: [], ...state };
    this.events.push(event);
    this.note(event, by, kind, content, EMPTY_CONTENT);
  }

  private write(event: FamilyEvent, by: string, kind: ChangeKind, content: EventContent): boolean {
    const before = wireContent(event.content);
    const fields = findChangedFields(before, wireContent(content));
    // In the trash nothing is changed but that it is there.
    if (fields.length === 0 || (event.content.deletedAt && content.deletedAt)) return false;
    const gone = fields.includes('deleted') && content.deletedAt;
    this.note(event, by, gone ? 'deleted' : kind, content, before);
    return true;
  }

  private note(event: FamilyEvent, by: string, kind: ChangeKind, content: EventContent, before: object): void {
    const [version, at] = [event.version + 1, this.now()];
    Object.assign(event, { content, version, updatedBy: by, updatedAt: at });
    const changed = findChangedFields(before, wireContent(content));
    this.append(event, { kind, version, actorId: by, at, changed, snapshot: toSnapshot(content), members: null });
  }

  private let(event: FamilyEvent, by: string, kind: ChangeKind, people: RoleChange[]): boolean {
    if (people.length === 0) return false;
    for (const { userId, to } of people) {
      if (to) event.members.set(userId, to);
      else event.members.delete(userId);
    }
    const { version } = event;
    this.append(event, { kind, version, actorId: by, at: this.now(), changed: null, snapshot: null, members: people });
    return true;
  }

  private append(
    event: FamilyEvent,
    row: Omit<StoredEntry, 'eventId' | 'position' | 'comment' | 'hash' | 'redactedHash'>,
  ): void {
    const entry = { ...row, eventId: event.id, position: event.entries.length + 1, comment: null };
    const hash = historyHash(event.entries.at(-1)?.hash ?? null, entry);
    event.entries.push(stored({ ...entry, hash, redactedHash: null }));
  }

  private now(): Date {
    return new Date((this.clock += 1_000));
  }
}

/** The content after each version. */
const contents = ({ entries }: FamilyEvent): EventContent[] =>
  entries.flatMap(({ snapshot }) => (snapshot ? [fromSnapshot(snapshot)] : []));

/** As it comes back from the database: jsonb keeps neither the order of members nor those that are undefined. */
function stored(entry: StoredEntry): StoredEntry {
  const shuffled = (value: object | null): unknown =>
    JSON.parse(JSON.stringify(value), (_key, member: unknown) =>
      member && typeof member === 'object' && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).reverse())
        : member,
    );
  return { ...entry, snapshot: shuffled(entry.snapshot) as Snapshot, members: shuffled(entry.members) as RoleChange[] };
}

/** The first thing that is wrong with an event's history, and the place where. */
export function verdict(event: FamilyEvent, entries = event.entries): (Finding & { position: number | null }) | null {
  const replay = new HistoryReplay(new Map(event.bornWith), event.isTail);
  for (const entry of entries) {
    const found = replay.apply(entry);
    if (found) return { ...found, position: entry.position };
  }
  const found = replay.compareWith(event);
  return found && { ...found, position: null };
}

import { type EventContent, isSeries, EMPTY_CONTENT } from '../../src/content/event-content.js';
import { findChangedFields, wireContent } from '../../src/content/wire.js';
import { fromSnapshot, type Snapshot, toSnapshot } from '../../src/content/snapshot.js';
import { findOriginal, splitBefore, removeOccurrences } from '../../src/content/series-edit.js';
import { isRoleChange, type RoleChange } from '../../src/permissions/member.js';
import { type Action, can, type Role } from '../../src/permissions/role.js';
import { inverseKind, undoRoles } from '../../src/sharing/undo-roles.js';
import type { ChangeKind, MemberKind } from '../../src/history/change.js';
import { historyHash } from '../../src/history/history-hash.js';
import { type CurrentState, type Finding, HistoryReplay, type StoredEntry } from '../../src/history/history-replay.js';
import { mergeContent } from '../../src/content/merge.js';
import { applyEdit, attempt, type ContentEdit } from './random-edits.js';

/** The action that the role of the actor must allow; the owner changes members, whichever person the step names. */
const NEEDED: Record<Step['does'], Action> = {
  edit: 'edit',
  split: 'edit',
  rollback: 'edit',
  undo: 'edit',
  delete: 'delete',
  restore: 'delete',
  give: 'read',
  revoke: 'read',
  transfer: 'read',
};

/** An event with its history, and its initial members. */
export interface EventInMemory extends CurrentState {
  id: string;
  members: Map<string, Role>;
  initialMembers: Map<string, Role>;
  isTail: boolean;
  entries: StoredEntry[];
}

/** One operation on one event. Numbers are taken modulo the number of choices. */
export type Step = { event: number; by: number; to: number; place: number } & (
  | { does: 'edit'; edit: ContentEdit; back: number }
  | { does: 'split'; day: number }
  | { does: 'delete' | 'restore' | 'rollback' | 'undo' | 'transfer' | 'revoke' }
  | { does: 'give'; role: 'viewer' | 'editor' }
);

/**
 * An event and the events that were split off it, stored in memory as the database stores them. Content, changed fields,
 * snapshots, merges and hashes are computed by the pure functions of the server.
 */
export class SeriesInMemory {
  readonly events: EventInMemory[] = [];
  private clock = Date.UTC(2026, 0, 1);

  constructor(
    content: EventContent,
    private readonly persons: string[],
  ) {
    this.begin(content, persons[0]!, 'created', new Map());
    this.events[0]!.members.set(persons[0]!, 'owner');
  }

  /** Returns true when the step changed something. */
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
        return this.changeMembers(event, step);
    }
  }

  private changeMembers(event: EventInMemory, step: Step): boolean {
    const userId = this.persons[step.to % this.persons.length]!;
    const from = event.members.get(userId) ?? null;
    const [owner] = [...event.members].find(([, role]) => role === 'owner')!;
    if (userId === owner) return false;
    const one = (to: Role | null): RoleChange[] => (from === to ? [] : [{ userId, from, to }]);
    if (step.does === 'give') return this.writeMembers(event, owner, from ? 'role_changed' : 'shared', one(step.role));
    if (step.does === 'revoke') return this.writeMembers(event, owner, 'revoked', one(null));
    const back: RoleChange = { userId: owner, from: 'owner', to: 'editor' };
    return from ? this.writeMembers(event, owner, 'ownership_transferred', [...one('owner'), back]) : false;
  }

  private edit(event: EventInMemory, by: string, edit: ContentEdit, back: number): boolean {
    const versions = contents(event);
    const base = versions.at(-1 - (back % versions.length))!;
    const wanted = attempt(() => applyEdit(edit, base));
    const merged = wanted && mergeContent(base, event.content, wanted);
    if (!merged || 'clashes' in merged) return false;
    return this.write(event, by, 'updated', merged.content);
  }

  private split(event: EventInMemory, by: string, day: number): boolean {
    const at = new Date(Date.UTC(2026, 2, 26 + day, 10)).toISOString().slice(0, 19);
    const { content } = event;
    if (!isSeries(content)) return false;
    const original = attempt(() => findOriginal(content, content.allDay ? at.slice(0, 10) : at));
    const split = original && splitBefore(content, original);
    if (!split || !removeOccurrences(content, original, 'following')) return false;
    this.write(event, by, 'split', split.head);
    this.begin(split.tail, by, 'split', event.members);
    return true;
  }

  private rollback(event: EventInMemory, by: string, place: number): boolean {
    const versions = contents(event);
    const old = versions[place % versions.length]!;
    return old.deletedAt ? false : this.write(event, by, 'rolled_back', old);
  }

  private undo(event: EventInMemory, by: string, place: number): boolean {
    const { kind, members, version } = event.entries[place % event.entries.length]!;
    if (members) {
      if (event.content.deletedAt || !can(event.members.get(by)!, 'share')) return false;
      const found = undoRoles(members.filter(isRoleChange), event.members);
      return (
        'roleChanges' in found &&
        this.writeMembers(event, by, inverseKind(kind as MemberKind, found.roleChanges), found.roleChanges)
      );
    }
    if (version === 1) return false;
    const versions = contents(event);
    const before = versions[version - 2]!;
    const merged = mergeContent(versions[version - 1]!, event.content, before);
    if ('clashes' in merged || before.deletedAt) return false;
    return this.write(event, by, 'rolled_back', merged.content);
  }

  private begin(content: EventContent, by: string, kind: ChangeKind, members: Map<string, Role>): void {
    const id = `event ${this.events.length}`;
    const state = {
      version: 0,
      updatedBy: by,
      updatedAt: this.now(),
      members: new Map(members),
      initialMembers: new Map(members),
      isTail: kind === 'split',
    };
    const event: EventInMemory = { id, content, entries: [], ...state };
    this.events.push(event);
    this.writeVersion(event, by, kind, content, EMPTY_CONTENT);
  }

  private write(event: EventInMemory, by: string, kind: ChangeKind, content: EventContent): boolean {
    const before = wireContent(event.content);
    const fields = findChangedFields(before, wireContent(content));
    // An event in the trash can only be restored.
    if (fields.length === 0 || (event.content.deletedAt && content.deletedAt)) return false;
    const gone = fields.includes('deleted') && content.deletedAt;
    // Who excludes the last occurrence deletes the event.
    if (gone && !can(event.members.get(by)!, 'delete')) return false;
    this.writeVersion(event, by, gone ? 'deleted' : kind, content, before);
    return true;
  }

  private writeVersion(
    event: EventInMemory,
    by: string,
    kind: ChangeKind,
    content: EventContent,
    before: object,
  ): void {
    const [version, at] = [event.version + 1, this.now()];
    Object.assign(event, { content, version, updatedBy: by, updatedAt: at });
    const changed = findChangedFields(before, wireContent(content));
    this.append(event, { kind, version, actorId: by, at, changed, snapshot: toSnapshot(content), members: null });
  }

  private writeMembers(event: EventInMemory, by: string, kind: ChangeKind, roleChanges: RoleChange[]): boolean {
    if (roleChanges.length === 0) return false;
    for (const { userId, to } of roleChanges) {
      if (to) event.members.set(userId, to);
      else event.members.delete(userId);
    }
    const { version } = event;
    this.append(event, {
      kind,
      version,
      actorId: by,
      at: this.now(),
      changed: null,
      snapshot: null,
      members: roleChanges,
    });
    return true;
  }

  private append(
    event: EventInMemory,
    row: Omit<StoredEntry, 'eventId' | 'position' | 'comment' | 'hash' | 'redactedHash'>,
  ): void {
    const entry = { ...row, eventId: event.id, position: event.entries.length + 1, comment: null };
    const hash = historyHash(event.entries.at(-1)?.hash ?? null, entry);
    event.entries.push(toStoredEntry({ ...entry, hash, redactedHash: null }));
  }

  private now(): Date {
    return new Date((this.clock += 1_000));
  }
}

/** Returns the content after each version. */
const contents = ({ entries }: EventInMemory): EventContent[] =>
  entries.flatMap(({ snapshot }) => (snapshot ? [fromSnapshot(snapshot)] : []));

/** Returns an entry as the database returns it: jsonb preserves neither the order of members nor undefined ones. */
function toStoredEntry(entry: StoredEntry): StoredEntry {
  const shuffled = (value: object | null): unknown =>
    JSON.parse(JSON.stringify(value), (_key, member: unknown) =>
      member && typeof member === 'object' && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).reverse())
        : member,
    );
  return { ...entry, snapshot: shuffled(entry.snapshot) as Snapshot, members: shuffled(entry.members) as RoleChange[] };
}

/** Returns the first finding in the history of an event, with its position. */
export function verdict(event: EventInMemory, entries = event.entries): (Finding & { position: number | null }) | null {
  const replay = new HistoryReplay(new Map(event.initialMembers), event.isTail);
  for (const entry of entries) {
    const found = replay.apply(entry);
    if (found) return { ...found, position: entry.position };
  }
  const found = replay.compareWith(event);
  return found && { ...found, position: null };
}

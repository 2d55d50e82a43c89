import { describe, expect, it } from 'vitest';
import { contentOf } from '../../test/support/contents.js';
import { type EventContent, EMPTY_CONTENT } from '../content/event-content.js';
import { redactSnapshot } from '../content/redact.js';
import { findChangedFields, wireContent } from '../content/wire.js';
import { toSnapshot } from '../content/snapshot.js';
import type { Role } from '../permissions/role.js';
import { contentHash, historyHash } from './history-hash.js';
import { type CurrentState, HistoryReplay, type StoredEntry } from './history-replay.js';

const MEETING = contentOf({ title: 'Team meeting' });
const LUNCH: EventContent = { ...MEETING, title: 'Lunch' };

/** Rows with the hashes that they should have. */
function chained(...rows: Partial<StoredEntry>[]): StoredEntry[] {
  let previous: string | null = null;
  return rows.map((row, index) => {
    const entry: StoredEntry = {
      eventId: 'event',
      position: index + 1,
      version: 1,
      kind: 'created',
      actorId: 'ana',
      at: new Date(Date.UTC(2026, 4, 1) + index),
      comment: null,
      changed: null,
      snapshot: null,
      members: null,
      hash: '',
      redactedHash: null,
      ...row,
    };
    previous = historyHash(previous, entry);
    return { ...entry, hash: previous };
  });
}

const created: Partial<StoredEntry> = {
  changed: findChangedFields(EMPTY_CONTENT, wireContent(MEETING)),
  snapshot: toSnapshot(MEETING),
};
const shared: Partial<StoredEntry> = { kind: 'shared', members: [{ userId: 'ben', from: null, to: 'viewer' }] };
const renamed: Partial<StoredEntry> = { version: 2, kind: 'updated', changed: ['title'], snapshot: toSnapshot(LUNCH) };
const HISTORY = chained(created, shared, renamed);
const NOW: CurrentState = {
  content: LUNCH,
  version: 2,
  updatedBy: 'ana',
  updatedAt: HISTORY[2]!.at,
  members: new Map([
    ['ana', 'owner'],
    ['ben', 'viewer'],
  ]),
};

/** `place check` of the first thing that is wrong, null when nothing is. */
function verdict(rows: StoredEntry[], now: CurrentState = NOW): string | null {
  const replay = new HistoryReplay(new Map());
  for (const row of rows) {
    const found = replay.apply(row);
    if (found) return `${row.position} ${found.check}`;
  }
  const found = replay.compareWith(now);
  return found && `end ${found.check}`;
}

describe('HistoryReplay', () => {
  it('reaches the current state', () => {
    expect(verdict(HISTORY)).toBeNull();
  });

  it('verifies a redacted version by the hash of what it was, and by nothing else', () => {
    const [first, ...rest] = HISTORY as [StoredEntry, ...StoredEntry[]];
    const redacted = { ...first, snapshot: redactSnapshot(first.snapshot!), redactedHash: contentHash(first) };
    expect(verdict([redacted, ...rest])).toBeNull();
    expect(verdict([{ ...redacted, redactedHash: null }, ...rest])).toBe('1 hash');
    expect(verdict([{ ...redacted, redactedHash: contentHash(HISTORY[2]!) }, ...rest])).toBe('1 hash');
  });

  // With hashes recomputed to the end, as somebody who knows how it works would leave it.
  it.each<[string, Partial<StoredEntry>[], string]>([
    ['a hole', [created, shared, { ...renamed, version: 3 }], '3 sequence'],
    ['no beginning', [renamed], '1 sequence'],
    ['a version twice', [created, { ...created, position: 2 }], '2 sequence'],
    ['one place for two', [created, { ...shared, position: 1 }], '1 sequence'],
    ['people beside another version', [created, { ...shared, version: 2 }], '2 sequence'],
    ['time running backwards', [created, shared, { ...renamed, at: new Date(0) }], '3 sequence'],
    ['a change that is not named', [created, shared, { ...renamed, changed: ['location'] }], '3 changes'],
    ['no readable snapshot', [created, { ...renamed, snapshot: { schema: 1, title: 'x' } }], '2 changes'],
    [
      'a role that was not',
      [created, { kind: 'revoked', members: [{ userId: 'ben', from: 'viewer', to: null }] }],
      '2 members',
    ],
    ['an edit by a viewer', [created, shared, { ...renamed, actorId: 'ben' }], '3 role'],
    ['an edit by nobody who is a member', [created, shared, { ...renamed, actorId: 'eve' }], '3 role'],
    [
      'a share by an editor',
      [
        created,
        { ...shared, members: [{ userId: 'ben', from: null, to: 'editor' }] },
        { ...shared, actorId: 'ben', members: [{ userId: 'eve', from: null, to: 'viewer' }] },
      ],
      '3 role',
    ],
    [
      'an edit by somebody who had left',
      [
        created,
        { ...shared, members: [{ userId: 'ben', from: null, to: 'editor' }] },
        { kind: 'revoked', actorId: 'ben', members: [{ userId: 'ben', from: 'editor', to: null }] },
        { ...renamed, actorId: 'ben' },
      ],
      '4 role',
    ],
    ['no change at all of what is there', [created, shared], 'end current'],
    [
      'people who are not there',
      [created, shared, { ...shared, members: [{ userId: 'eve', from: null, to: 'editor' }] }, renamed],
      'end members',
    ],
  ])('sees %s', (_what, rows, expected) => {
    const history = chained(...rows);
    const now = { ...NOW, updatedAt: history.findLast((row) => !row.members)!.at };
    expect(verdict(history, now)).toBe(expected);
  });

  it('detects a row that does not match its hash, and a missing one', () => {
    expect(verdict(HISTORY.map((row) => (row.members ? { ...row, comment: '' } : row)))).toBe('2 hash');
    expect(verdict([HISTORY[0]!, HISTORY[2]!])).toBe('3 sequence');
    expect(verdict([HISTORY[0]!, { ...HISTORY[2]!, position: 2 }])).toBe('2 hash');
  });

  it.each<[string, Partial<CurrentState>, string]>([
    ['another content', { content: MEETING }, 'end current'],
    ['a later version', { version: 3 }, 'end current'],
    ['another author', { updatedBy: 'ben' }, 'end current'],
    ['another time', { updatedAt: new Date(0) }, 'end current'],
    [
      'another role',
      {
        members: new Map([
          ['ana', 'owner'],
          ['ben', 'editor'],
        ]),
      },
      'end members',
    ],
    ['fewer people', { members: new Map([['ana', 'owner']]) }, 'end members'],
  ])('sees a present with %s', (_what, change, expected) => {
    expect(verdict(HISTORY, { ...NOW, ...change })).toBe(expected);
  });

  it('begins the tail of a split series with the members of its head', () => {
    const split = chained({ ...created, kind: 'split', actorId: 'ben' });
    const people = new Map<string, Role>([
      ['ana', 'owner'],
      ['ben', 'editor'],
    ]);
    const replay = new HistoryReplay(new Map(people));
    expect(replay.apply(split[0]!)).toBeNull();
    const now = { ...NOW, content: MEETING, version: 1, updatedBy: 'ben', updatedAt: split[0]!.at, members: people };
    expect(replay.compareWith(now)).toBeNull();
  });
});

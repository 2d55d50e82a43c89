import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const RULES: string = '../../.dependency-cruiser.mjs';
const { ROOMS } = (await import(RULES)) as { ROOMS: string[] };
const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** Tables and functions without an entity, and the room that owns them. */
const OWNERS: Record<string, string> = {
  audit_entries: 'audit',
  event_occupancy: 'availability',
  event_texts: 'events',
  event_texts_due: 'events',
  index_event_texts: 'events',
  last_entry: 'history',
  members_at: 'history',
  members_at_birth: 'history',
  visible_spans: 'permissions',
};

interface Source {
  path: string;
  text: string;
}

const sources: Source[] = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => ({ path, text: readFileSync(SRC + path, 'utf8') }));

const roomOf = (path: string): string => path.split('/')[0]!;

/** The room of each table: the one that has its entity. */
const owners = new Map<string, string>([
  ...Object.entries(OWNERS),
  ...sources.flatMap(({ path, text }) =>
    [...text.matchAll(/@Entity\('(\w+)'\)/g)].map((match): [string, string] => [match[1]!, roomOf(path)]),
  ),
]);

/** What the SQL of a file reads or writes: names after FROM, JOIN, INTO, UPDATE or TABLE, and calls of functions. */
function relationsIn(text: string): string[] {
  const found = [...text.matchAll(/(?:\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?|insertInto\(\s*')(\w+)/g)].map(
    (match) => match[1]!,
  );
  const called = [...text.matchAll(/\b(\w+)\(/g)].map((match) => match[1]!);
  return [...new Set([...found, ...called])].filter((name) => owners.has(name));
}

const violations = (files: Source[]): string[] =>
  files.flatMap(({ path, text }) =>
    relationsIn(text)
      .filter((name) => ROOMS.indexOf(owners.get(name)!) > ROOMS.indexOf(roomOf(path)))
      .map((name) => `${path} uses ${name} of ${owners.get(name)}/`),
  );

describe('SQL points one way', () => {
  it('knows the owner of every table of the database', () => {
    const tables = [
      'users',
      'sessions',
      'events',
      'event_permissions',
      'event_versions',
      'member_changes',
      'redactions',
    ];
    const others = ['event_occupancy', 'notifications', 'notification_streams', 'idempotency_keys', 'visible_spans'];
    expect([...tables, ...others].filter((name) => !owners.has(name))).toEqual([]);
    expect([...owners.values()].filter((room) => !ROOMS.includes(room))).toEqual([]);
  });

  it('finds SQL at all', () => {
    const found = sources.filter(({ text }) => relationsIn(text).length > 0).map(({ path }) => path);
    expect(found).toEqual(expect.arrayContaining(['history/history.repository.ts', 'events/events.repository.ts']));
    expect(found.length).toBeGreaterThan(8);
  });

  it('finds a room that reads a table of a room above it', () => {
    const text = 'await tx.query(`SELECT 1 FROM event_permissions p JOIN notifications n ON true`)';
    expect(violations([{ path: 'history/a.ts', text }])).toEqual(['history/a.ts uses notifications of notifications/']);
    expect(violations([{ path: 'users/a.ts', text: 'UPDATE events SET x = 1' }])).toHaveLength(1);
  });

  it('holds in this repository', () => {
    expect(violations(sources)).toEqual([]);
  });
});

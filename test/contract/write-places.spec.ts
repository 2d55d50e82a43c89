import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const SRC = new URL('../../src/', import.meta.url);
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => ({ name: name.replaceAll('\\', '/'), text: readFileSync(new URL(name, SRC), 'utf8') }));

/** Which files write to each table in SQL. */
const SQL_PLACES: Record<string, string[]> = {
  audit_entries: ['audit/audit-row.ts', 'audit/audit.repository.ts'],
  event_invitations: ['sharing/invitations.repository.ts'],
  event_occupancy: ['availability/occupancy.repository.ts'],
  event_permissions: ['sharing/members.repository.ts'],
  event_versions: ['history/history.repository.ts', 'history/redact-version.ts'],
  redactions: ['history/redact-version.ts'],
  events: ['events/event-statements.ts', 'events/events.repository.ts', 'events/trash.repository.ts'],
  idempotency_keys: ['platform/idempotency/idempotency-keys.repository.ts'],
  notification_streams: ['notifications/streams.repository.ts'],
  notifications: [
    'notifications/notifications.repository.ts',
    'notifications/redact-titles.ts',
    'notifications/streams.repository.ts',
  ],
  member_changes: ['history/history.repository.ts'],
  sessions: ['auth/sessions.repository.ts'],
  users: ['users/users.repository.ts'],
};
const TABLES = Object.keys(SQL_PLACES);

/** Every match of the pattern's group in the sources: what was matched, and where. */
function find(pattern: RegExp, sources = FILES): Record<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const { name, text } of sources) {
    for (const [, what = ''] of text.matchAll(pattern)) found.set(what, (found.get(what) ?? new Set()).add(name));
  }
  return Object.fromEntries([...found].map(([what, files]) => [what, [...files].sort()]));
}

const SQL_WRITE = new RegExp(
  `\\b(?:(?:INSERT\\s+INTO|UPDATE|DELETE\\s+FROM|MERGE\\s+INTO|TRUNCATE(?:\\s+TABLE)?)\\s+(?:ONLY\\s+)?"?|insertInto\\(\\s*')(${TABLES.join('|')})\\b`,
  'gi',
);
// Called on an EntityManager, a Repository or a query builder; other objects have methods with the same names.
const ORM_WRITE =
  /(?:\bmanager|\busers|\bsessions|[rR]epository|createQueryBuilder\([^)]*\))\s*\.(save|insert|update|upsert|delete|remove|softDelete|softRemove|recover|restore|increment|decrement|clear)\(/g;

describe('the places that write rows', () => {
  it('SQL writes each table in one file, and events through their statements or without a version', () => {
    expect(find(SQL_WRITE)).toEqual(SQL_PLACES);
    expect(find(/\bUPDATE\s+(events\s+SET\s+.*)/gi)).toEqual({
      'events SET ${assignments} WHERE id = $1`), [event.id, ...values]];': ['events/event-statements.ts'],
      'events SET purged_at = clock_timestamp()': ['events/trash.repository.ts'],
      'events SET tzdata = $2 WHERE id = $1`, [id, tzdata]);': ['events/events.repository.ts'],
    });
  });

  it('TypeORM writes nothing', () => {
    const inRepositories = FILES.filter(({ text }) => /from 'typeorm'/.test(text));
    expect(find(ORM_WRITE, inRepositories)).toEqual({});
  });

  it('only accounts and sessions have a repository of TypeORM’s', () => {
    const injected = find(/InjectRepository\((\w+)\)|getRepository\((\w+)\)/g);
    expect(Object.keys(injected).sort()).toEqual(['Session', 'User']);
  });

  it.each([
    ["tx.query(`UPDATE events SET title = 'x'`)", SQL_WRITE],
    ['query(`insert into\n  event_versions (event_id)`)', SQL_WRITE],
    ['manager.query("DELETE FROM ONLY events")', SQL_WRITE],
    ["insertInto('events', columns)", SQL_WRITE],
    ['this.manager.update(CalendarEvent, { id }, { title })', ORM_WRITE],
    ['tx.manager\n  .softDelete(CalendarEvent, id)', ORM_WRITE],
    ["manager.createQueryBuilder(CalendarEvent, 'e').update()", ORM_WRITE],
  ])('would see %s', (text, pattern) => {
    expect(find(pattern, [{ name: 'a.ts', text }])).not.toEqual({});
  });

  it('is not fooled by a lock or an upsert', () => {
    const text = 'SELECT 1 FROM events FOR UPDATE; INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET title = 1';
    expect(find(SQL_WRITE, [{ name: 'a.ts', text }])).toEqual({});
  });
});

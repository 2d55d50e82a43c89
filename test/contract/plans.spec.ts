import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { INestApplication } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { fillDatabase } from '../../bench/growth/fill-database.js';
import { MEASURED_CALLS, type MeasuredCall } from '../../bench/growth/measured-calls.js';
import { chooseSubject, type Subject } from '../../bench/growth/subject.js';
import { SECRET, Target } from '../../bench/target.js';
import { AuditPartitionsService } from '../../src/audit/audit-partitions.service.js';
import { AccountTokens } from '../../src/auth/account-tokens.js';
import { AllDayEvents } from '../../src/availability/all-day-events.js';
import { HorizonService } from '../../src/availability/horizon.service.js';
import { ImportJobs } from '../../src/calendar/import-jobs.service.js';
import { ErasedOwnersService } from '../../src/events/erased-owners.service.js';
import { READS } from '../../src/events/reads.js';
import { TextIndexService } from '../../src/events/text-index.service.js';
import { TrashService } from '../../src/events/trash.service.js';
import { MailSender } from '../../src/mail/mail-sender.js';
import { MailsRepository } from '../../src/mail/mails.repository.js';
import { StreamPruningService } from '../../src/notifications/stream-pruning.service.js';
import { IdempotencyService } from '../../src/platform/idempotency/idempotency.service.js';
import { InvitationsService } from '../../src/sharing/invitations.service.js';
import { toOpaqueText } from '../../src/platform/http/opaque-text.js';
import { PreparedClient } from '../../src/platform/database/prepared-client.js';
import { type Sql, VaryingSql } from '../../src/platform/database/statement-names.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { stopJobs } from '../support/stop-jobs.js';
import { startApp, type TestApp } from '../support/test-app.js';

/** 100,000 versions, 80,000 memberships; one person with 1,000 events. */
const EVENTS = 20_000;
const PEOPLE = 200;
/** Added to the stream of each person who reads, so that reading or sorting all of it would show. */
const ITEMS = 50_000;
/** As many as a statement may read: pages of 8 KB, and rows that it sorts. The tables have tens of thousands of pages. */
const MAX_PAGES = 10_000;
const MAX_SORTED = 2_500;
/** A response names far fewer. */
const MAX_ACCOUNTS = 5_000;
/** A queue, which is empty most of the time, what administrators did, and the audit trail of clocks that were wrong. */
const SMALL_TABLES = ['event_texts_due', 'redactions', 'audit_entries_default'];

interface Statement {
  text: string;
  values: unknown[];
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

/** Reads what changed since the item that is so far from the end of the person's stream. */
const sync = (items: number, query = {}): MeasuredCall => ({
  name: `sync of the last ${items} items, with ${JSON.stringify(query)}`,
  request: ({ id, lastSeq }) => {
    const token = toOpaqueText(['sync', id, lastSeq - items, query]);
    return { method: 'GET', path: `/api/events?limit=50&sync_token=${token}` };
  },
});

const CALLS: MeasuredCall[] = [
  sync(20),
  sync(200, { from: '2026-01-01', time_zone: 'Europe/Paris' }),
  sync(200, { q: 'payroll', role: 'owner' }),
  ...MEASURED_CALLS,
  ...['-start_time', 'updated_at', '-updated_at'].map((sort) => ({
    name: `list by ${sort} from a date`,
    request: () => ({ method: 'GET' as const, path: `/api/events?sort=${sort}&from=2026-01-01&limit=20` }),
  })),
  {
    name: 'numbered page of a search',
    request: () => ({ method: 'GET', path: '/api/events?q=payroll&page=1&page_size=20' }),
  },
  {
    name: 'numbered page of a window',
    request: () => ({ method: 'GET', path: '/api/events?from=2026-01-01&to=2027-01-01&page=2&page_size=20' }),
  },
  {
    name: 'numbered page of a search in a window',
    request: () => ({ method: 'GET', path: '/api/events?q=payroll&from=2026-01-01&page=1&page_size=20' }),
  },
  { name: 'trash', request: () => ({ method: 'GET', path: '/api/events?deleted=true&limit=20' }) },
];

/** Entries of the audit trail: of the busiest person among many, of rare kinds, refused, about one event, of one request. */
const ENTRIES = 120_000;
const audit = (filter: string): MeasuredCall => ({
  name: `the audit trail by ${filter}`,
  request: ({ id, ownIds }) => ({
    method: 'GET',
    path: `/api/audit?limit=20&${filter.replace('{event}', ownIds[0]!).replace('{user}', id)}`,
  }),
});
const AUDIT_CALLS: MeasuredCall[] = [
  '',
  'kind=token_theft',
  'kind=event_updated',
  'outcome=refused',
  'outcome=refused&kind=refused',
  'request_id=rare',
  'request_id=often',
  'request_id=nowhere',
  'event_id={event}',
  'event_id=0193f000-0000-7000-8000-000000000000',
  'user_id={user}',
  'user_id={user}&kind=token_theft',
  'to=2026-01-03',
  'kind=token_theft&to=2026-01-20',
].map(audit);

/** What runs by itself, by its name in the schedule. */
const JOBS: Record<string, (app: INestApplication) => Promise<unknown>> = {
  'prune-idempotency-keys': (app) => app.get(IdempotencyService).prune(),
  'prune-account-tokens': (app) => app.get(AccountTokens).prune(),
  'audit-partitions': (app) => app.get(AuditPartitionsService).maintain(),
  'send-mails': (app) => app.get(MailsRepository).claim(20, 60),
  'prune-mails': (app) => app.get(MailSender).prune(),
  'prune-streams': (app) => app.get(StreamPruningService).prune(),
  'finish-erasures': (app) => app.get(ErasedOwnersService).finish(),
  'purge-trash': (app) => app.get(TrashService).hourly(),
  'index-texts': (app) => app.get(TextIndexService).often(),
  'extend-horizon': (app) => app.get(HorizonService).extend(),
  'renew-all-day': (app) => app.get(AllDayEvents).renew(),
  'prune-import-jobs': (app) => app.get(ImportJobs).prune(),
  'prune-invitations': (app) => app.get(InvitationsService).prune(),
};

/** Jobs that read a table whole: every occupancy once a night, the invitations that are open, the imports of a day. */
const READING_ALL = ['extend-horizon', 'prune-import-jobs', 'prune-invitations'];

/** Collects the statements that run, until it is undone. */
function recordStatements(): { statements: Map<string, Statement>; stop: () => void } {
  const statements = new Map<string, Statement>();
  const add = (sql: Sql, values: unknown[]): void => {
    const text = sql instanceof VaryingSql ? sql.text : sql;
    // Of a loop, the first: its last time finds nothing.
    const isFirst = !statements.has(text) && /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/.test(text);
    if (isFirst) statements.set(text, { text, values });
  };
  const { exchange, run } = PreparedClient.prototype;
  PreparedClient.prototype.exchange = function (this: PreparedClient, sent) {
    for (const { sql, parameters = [] } of sent) add(sql, parameters);
    return exchange.call(this, sent);
  };
  PreparedClient.prototype.run = function (this: PreparedClient, sql, parameters = []) {
    add(sql, parameters);
    return run.call(this, sql, parameters);
  };
  return { statements, stop: () => void Object.assign(PreparedClient.prototype, { exchange, run }) };
}

function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => (item === null ? 'NULL' : JSON.stringify(toText(item))));
    return pg.escapeLiteral(`{${items.join(',')}}`);
  }
  return pg.escapeLiteral(toText(value));
}

const toText = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);

/** Returns an array in the binary format as PostgreSQL writes it. */
async function readArray(client: pg.PoolClient, array: Buffer): Promise<string> {
  const type = `format_type(${array.readInt32BE(8)}, NULL)`;
  const [{ name }] = (await client.query<{ name: string }>(`SELECT ${type} AS name`)).rows as [{ name: string }];
  return (await client.query<{ text: string }>(`SELECT $1::${name}[]::text AS text`, [array])).rows[0]!.text;
}

/** What a statement that checks an assumption asks: its answer, which may be another by now, would fail it. */
const askedBy = (text: string): string => text.replace(/^SELECT require_assumption\(\(([\s\S]*)\)\)$/, '$1');

/**
 * Returns the plan that the server's connections use.
 * @param runs whether a statement that writes is run as well, and rolled back: what is inserted cannot be inserted twice
 */
async function explain(
  client: pg.PoolClient,
  statement: Statement,
  runs = false,
): Promise<{ plan: Plan; ran: boolean }> {
  const values = await Promise.all(
    statement.values.map((value) => (Buffer.isBuffer(value) ? readArray(client, value) : value)),
  );
  const text = askedBy(statement.text);
  const ran = runs || !/\b(INSERT|UPDATE|DELETE)\b/.test(text.replaceAll('FOR UPDATE', ''));
  const parameters = values.length === 0 ? '' : `(${values.map(toLiteral).join(', ')})`;
  await client.query('BEGIN');
  try {
    await client.query(`PREPARE explained AS ${text}`);
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `EXPLAIN (${ran ? 'ANALYZE, BUFFERS, ' : ''}FORMAT JSON) EXECUTE explained${parameters}`,
    );
    return { plan: rows[0]!['QUERY PLAN'][0]!.Plan, ran };
  } finally {
    await client.query('ROLLBACK');
    await client.query('DEALLOCATE ALL');
  }
}

/** Returns what is wrong with a plan. */
function findFaults(root: Plan, ran: boolean): string[] {
  const faults: string[] = [];
  const pages = (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0);
  if (ran && pages > MAX_PAGES) faults.push(`reads ${pages} pages`);
  const visit = (plan: Plan): void => {
    const table = plan['Relation Name'];
    const wasRun = !ran || plan['Actual Loops'] > 0;
    if (wasRun && plan['Node Type'] === 'Seq Scan' && !SMALL_TABLES.includes(table!))
      faults.push(`scans all of ${table}`);
    const rows = plan['Actual Rows'] * plan['Actual Loops'];
    if (ran && table === 'users' && rows > MAX_ACCOUNTS) faults.push(`reads ${rows} accounts`);
    if (ran && plan['Node Type'].endsWith('Sort')) {
      const sorted = plan.Plans![0]!['Actual Rows'] * plan.Plans![0]!['Actual Loops'];
      if (sorted > MAX_SORTED) faults.push(`sorts ${sorted} rows`);
    }
    plan.Plans?.forEach(visit);
  };
  visit(root);
  return faults;
}

describe('the plans of hot statements on a filled database', () => {
  const usual = { ...READS };
  let database: TestDatabase;
  let app: TestApp;
  let client: pg.PoolClient;
  let subjects: Subject[];

  beforeAll(async () => {
    database = await createDatabase();
    const now = new Date();
    const options = { events: EVENTS, people: PEOPLE, streamDays: 30, seed: 3, now, log: () => undefined };
    await database.query(
      `DO $$ DECLARE name text; BEGIN
         FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
           EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', name);
         END LOOP; END $$`,
    );
    await fillDatabase(database.url, options);
    // People without events and with sessions, so that these tables are not small either.
    await database.query(
      `INSERT INTO users (id, username, email, password_hash, time_zone, created_at)
       SELECT gen_random_uuid(), 'other-' || n, 'other-' || n || '@example.com', '', 'UTC', now()
         FROM generate_series(1, 20000) AS n`,
    );
    await database.query(
      `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
       SELECT gen_random_uuid(), id, now(), now(), now() FROM users`,
    );
    Object.assign(READS, { searched: 600, manyEvents: 600, latestChanges: 4_000 });
    app = await startApp({ jwtSecrets: [SECRET] }, database);
    // Their statements would be taken for those of the calls.
    await stopJobs(app);
    client = await database.pool.connect();
    // As the connections of the server do (data-source.ts).
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query('SET enable_seqscan = off');
    const target = new Target('Convene', app.url, process.pid, client, true);
    subjects = [await chooseSubject(target, 'ordinary'), await chooseSubject(target, 'busiest')];
    await Promise.all(subjects.map(addItems));
    await addEntries(subjects[0]!);
    // Visible to index-only scans; without statistics of values.
    await database.query('VACUUM');
  });
  afterAll(async () => {
    Object.assign(READS, usual);
    client?.release();
    await app?.close();
    await database.drop();
  });

  /** Adds items to the end of a stream, each about one of the person's events in turn, and read already. */
  const addItems = async (subject: Subject): Promise<void> => {
    await database.query(
      `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at,
                                  read_at)
       SELECT last.user_id, last.seq + n, gen_random_uuid(), 'event_updated', mine.ids[1 + n % cardinality(mine.ids)], 'Plan', 2,
              last.actor_id, last.changed, last.created_at, last.created_at
         FROM (SELECT * FROM notifications WHERE user_id = $1 ORDER BY seq DESC LIMIT 1) AS last,
              (SELECT array_agg(event_id) AS ids FROM event_permissions WHERE user_id = $1) AS mine,
              generate_series(1, $2::int) AS n`,
      [subject.id, ITEMS],
    );
    await database.query('UPDATE notification_streams SET last_seq = last_seq + $2 WHERE user_id = $1', [
      subject.id,
      ITEMS,
    ]);
    subject.lastSeq += ITEMS;
  };

  /** Adds entries to the partitions of four months. Only the person is among the actors very often. */
  const addEntries = async ({ id, ownIds }: Subject): Promise<void> => {
    await database.query(
      `INSERT INTO audit_entries (id, at, kind, outcome, actor_id, event_id, request_id)
       SELECT gen_random_uuid(), date_trunc('month', now()) + n * interval '85 seconds',
              CASE WHEN n % 40000 = 7 THEN 'token_theft' WHEN n % 6000 = 3 THEN 'refused' ELSE 'event_updated' END,
              CASE WHEN n % 6000 = 3 OR n % 40000 = 7 THEN 'refused' ELSE 'ok' END,
              CASE WHEN n % 3 = 0 THEN $1::uuid ELSE gen_random_uuid() END,
              CASE WHEN n % 9000 = 1 THEN $2::uuid ELSE gen_random_uuid() END,
              CASE WHEN n = 10 THEN 'rare' WHEN n % 2 = 0 THEN 'often' ELSE gen_random_uuid()::text END
         FROM generate_series(1, $3::int) AS n`,
      [id, ownIds[0], ENTRIES],
    );
    await database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [id]);
  };

  const call = async ({ creates, request }: MeasuredCall, subject: Subject, turn: number): Promise<void> => {
    const { method, path, json } = request(subject, turn);
    const headers = { authorization: `Bearer ${subject.token}`, 'content-type': 'application/json' };
    const body = json && JSON.stringify(json);
    const response = await fetch(app.url + path, { method, headers, ...(body ? { body } : {}) });
    expect(response.status, path).toBe(creates ? 201 : 200);
    if (!creates) return;
    const { id } = (await response.json()) as { id: string };
    await fetch(`${app.url}/api/events/${id}`, { method: 'DELETE', headers: { authorization: headers.authorization } });
  };

  const checkAll = async (): Promise<void> => {
    const faults: string[] = [];
    let checked = 0;
    for (const [index, subject] of subjects.entries()) {
      // The first one is an administrator.
      for (const [turn, measured] of (index === 0 ? [...CALLS, ...AUDIT_CALLS] : CALLS).entries()) {
        const { statements, stop } = recordStatements();
        await call(measured, subject, turn).finally(stop);
        for (const statement of statements.values()) {
          const { plan, ran } = await explain(client, statement);
          const found = findFaults(plan, ran);
          if (found.length > 0) faults.push(`${measured.name}: ${found.join(', ')}: ${statement.text.slice(0, 2_000)}`);
          checked += 1;
        }
      }
    }
    expect(faults).toEqual([]);
    expect(checked).toBeGreaterThan(2 * CALLS.length);
  };

  it('read no whole table and sort no whole calendar without statistics', checkAll);

  it('read no whole table and sort no whole calendar with statistics', async () => {
    await database.query('ANALYZE');
    await checkAll();
  });

  it('read little in what runs by itself', async () => {
    expect(Object.keys(JOBS).toSorted()).toEqual([...app.app.get(SchedulerRegistry).getCronJobs().keys()].toSorted());
    const reading: Record<string, string[]> = {};
    for (const [name, run] of Object.entries(JOBS)) {
      const { statements, stop } = recordStatements();
      await run(app.app).finally(stop);
      expect(statements.size, name).toBeGreaterThan(0);
      for (const statement of statements.values()) {
        const { plan, ran } = await explain(client, statement, !statement.text.startsWith('INSERT'));
        const found = findFaults(plan, ran);
        if (found.length > 0) (reading[name] ??= []).push(`${found.join(', ')}: ${statement.text.slice(0, 2_000)}`);
      }
    }
    expect(Object.keys(reading).toSorted(), JSON.stringify(reading)).toEqual(READING_ALL);
  });

  it('read as little where PostgreSQL expects a hundred times as many rows and knows nothing of them, as after a restore of millions', async () => {
    await database.query(
      `SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited) FROM pg_stats WHERE schemaname = 'public'`,
    );
    // Counted as rows of one page, for the pages that there are.
    await database.query(
      `SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'relpages', 1, 'reltuples', reltuples)
         FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples > 1000`,
    );
    await checkAll();
  });

  it('find a plan that reads everything', async () => {
    const all = { text: 'SELECT id FROM events WHERE title = $1 ORDER BY description', values: ['x'] };
    const { plan, ran } = await explain(client, all);
    expect(findFaults(plan, ran)).toContain('scans all of events');
    const sorted = {
      text: 'SELECT id FROM events WHERE id > $1 ORDER BY title',
      values: ['00000000-0000-0000-0000-000000000000'],
    };
    const whole = await explain(client, sorted);
    expect(findFaults(whole.plan, whole.ran).join()).toMatch(/sorts \d+ rows/);
  });
});

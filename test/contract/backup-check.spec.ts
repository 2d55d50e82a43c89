import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkBackup } from '../../scripts/backup/check-backup.js';
import { type Dump, fileOf } from '../../scripts/backup/dump.js';
import { AcknowledgedWriters } from '../support/acknowledged-writers.js';
import { buildServer, SERVER_PROGRAM } from '../support/build.js';
import { createDatabase } from '../support/database.js';
import { liveEventfully } from '../support/eventful-history.js';
import { createMeeting } from '../support/meetings.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

/** Of this run alone: another one on the same machine leaves folders meanwhile. */
let temporary: string;
let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  temporary = await mkdtemp(join(tmpdir(), 'convene-backups-'));
  vi.stubEnv('TMPDIR', temporary);
  await liveEventfully(app);
  // A month that no fresh database has a partition for.
  await app.database.query(
    `SELECT add_audit_partition('audit_entries_2001_01', $$FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')$$)`,
  );
  await app.database.query(
    `INSERT INTO audit_entries (id, at, kind, outcome) VALUES (gen_random_uuid(), '2001-01-15', 'signed_in', 'ok')`,
  );
});
afterAll(async () => {
  // The next test files run in the same process.
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true, force: true });
  await app.close();
});

/** What checks leave behind: folders with dumps, and databases on the server. */
async function remains(): Promise<string[]> {
  const folders = (await readdir(temporary)).filter((name) => name.startsWith('convene-backup-check-'));
  const databases = await app.database.query<{ datname: string }>(
    `SELECT datname FROM pg_database WHERE datname LIKE 'convene\\_backup\\_check\\_%'`,
  );
  return [...folders, ...databases.map(({ datname }) => datname)];
}
let before: string[];
beforeEach(async () => void (before = await remains()));

/** The values of a dumped table, row by row. */
async function readRows(dump: Dump, name: string): Promise<Record<string, string>[]> {
  const table = dump.tables.find((found) => found.name === name)!;
  const columns = table.columns.filter((column) => !table.generated.includes(column));
  const lines = (await readFile(fileOf(dump.folder, table), 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => Object.fromEntries(line.split('\t').map((value, index) => [columns[index], value])));
}

async function rewrite(dump: Dump, name: string, change: (text: string) => string): Promise<void> {
  const file = fileOf(
    dump.folder,
    dump.tables.find((table) => table.name === name)!,
  );
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
}

const check = (onDumped?: (dump: Dump) => Promise<void>, url = app.database.url): Promise<string[]> =>
  checkBackup(url, { onServer: true, say: () => undefined, ...(onDumped ? { onDumped } : {}) });

async function runCommand(url: string, ...args: string[]): Promise<{ code: number; printed: string }> {
  await buildServer();
  const program = join(SERVER_PROGRAM, '../../scripts/backup-check.js');
  const env = { PATH: process.env.PATH, TMPDIR: temporary, DATABASE_URL: url };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, printed: out + err }),
    );
  });
}

describe('a check of the backup', () => {
  it('finds everything restored while writes go on, with each write that was acknowledged before', async () => {
    const writers = new AcknowledgedWriters(app.url);
    await writers.start(4);
    try {
      await expect.poll(() => writers.acknowledged.length, { timeout: PATIENCE_MS }).toBeGreaterThan(50);
      const acknowledged = [...writers.acknowledged];
      const lines: string[] = [];
      let during = 0;
      const failures = await checkBackup(app.database.url, {
        say: (line) => lines.push(line),
        onDumped: async (dump) => {
          during = writers.acknowledged.length;
          const stored = await readRows(dump, 'event_versions');
          const titles = new Map(stored.map((row) => [`${row.event_id} ${row.version}`, row.snapshot]));
          const missing = acknowledged.filter(
            ({ eventId, version, title }) => !titles.get(`${eventId} ${version}`)?.includes(`"${title}"`),
          );
          expect(missing).toEqual([]);
        },
      });
      expect(failures).toEqual([]);
      expect(lines.join('\n')).toMatch(/^ {2}audit_entries +[\d,]+ rows$/m);
      expect(lines.join('\n')).toMatch(/history in [\d.]+ s: \d+ events, \d+ entries of history: no problems\.\n/);
      // The server served on.
      await expect.poll(() => writers.acknowledged.length, { timeout: PATIENCE_MS }).toBeGreaterThan(during);
    } finally {
      await writers.stop();
    }
    expect([...writers.answers.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(await remains()).toEqual(before);
  });

  it.each<[what: string, table: string, change: (text: string) => string, finding: RegExp[]]>([
    [
      'one letter of a version',
      'event_versions',
      (text) => text.replace('"The end"', '"The And"'),
      [/^History: event \S+, version \d+, position \d+: hash: /, /^Rows of the table event_versions differ/],
    ],
    [
      'one letter of a notification',
      'notifications',
      (text) => text.replace('The end', 'The And'),
      [/^Rows of the table notifications differ from those dumped\.$/],
    ],
    [
      'a missing notification',
      'notifications',
      (text) => text.slice(text.indexOf('\n') + 1),
      [/^The table notifications had \d+ rows and has \d+\.$/],
    ],
    [
      'a missing account',
      'users',
      (text) => text.replace(/^.*\tana.*\n/m, ''),
      [/^The restored rows of the table \w+ violate its foreign key \w+: .+\.$/],
    ],
    [
      'half a file',
      'events',
      (text) => text.slice(0, -40),
      [/^The rows of the table events cannot be restored: .+\.$/],
    ],
  ])('finds %s', async (_what, table, change, findings) => {
    expect(await check((dump) => rewrite(dump, table, change))).toEqual(
      findings.map((finding) => expect.stringMatching(finding) as string),
    );
    expect(await remains()).toEqual(before);
  });

  it('names tables that Convene did not make', async () => {
    const database = await createDatabase();
    try {
      await database.query('CREATE TABLE notes AS SELECT 1 AS note');
      const lines: string[] = [];
      expect(await checkBackup(database.url, { onServer: true, say: (line) => lines.push(line) })).toEqual([]);
      expect(lines).toContain('Not covered: Convene did not make the table notes.');
    } finally {
      await database.drop();
    }
  });

  it('refuses a database of a newer version', async () => {
    const database = await createDatabase();
    try {
      await database.query(`INSERT INTO schema_migrations (timestamp, name) VALUES (1, 'Tomorrow20990101000000')`);
      expect(await check(undefined, database.url)).toEqual([expect.stringMatching(/newer version of Convene/)]);
    } finally {
      await database.drop();
    }
  });

  it('runs once at a time on a server, and removes what a killed check left there', async () => {
    const abandoned = 'convene_backup_check_000000000000';
    await app.database.query(`CREATE DATABASE ${abandoned}`);
    expect(await check()).toEqual([]);
    expect(await remains()).not.toContain(abandoned);
    // A check that runs holds the lock.
    const other = await app.database.pool.connect();
    try {
      await other.query('SELECT pg_advisory_lock(7203112)');
      expect(await check()).toEqual(['Another check runs on this server. Try again when it has ended.']);
    } finally {
      await other.query('SELECT pg_advisory_unlock_all()');
      other.release();
    }
  });
});

describe('npm run backup:check', () => {
  it('prints what it did and found, ends with 0, and leaves nothing', async () => {
    const { code, printed } = await runCommand(app.database.url);
    expect(printed).toMatch(/\nDumped \d+ tables, [\d,]+ rows, [\d.,]+ [kM]B, in [\d.]+ s\.\n/);
    expect(printed).toMatch(/\nRestored it into a PostgreSQL of its own in [\d.]+ s\.\n/);
    expect(printed).toMatch(/\nThe backup is good\.\n$/);
    expect(code).toBe(0);
    expect(await remains()).toEqual(before);
  });

  it('finds a row that was altered in the database, and ends with 1', async () => {
    const database = await createDatabase();
    const other = await startApp({}, database);
    try {
      const { id } = await createMeeting(await other.signUp('ana'));
      await database.query(`GRANT UPDATE ON event_versions TO CURRENT_USER`);
      await database.query(`ALTER TABLE event_versions DISABLE TRIGGER USER`);
      await database.query(`UPDATE event_versions SET comment = 'Never written'`);
      const { code, printed } = await runCommand(database.url, '--on-server');
      expect(printed).toContain(`History: event ${id}, version 1, position`);
      expect(printed).not.toContain('The backup is good');
      expect(code).toBe(1);
    } finally {
      await other.close();
      await database.drop();
    }
    expect(await remains()).toEqual(before);
  });

  it('ends with 1, a sentence and a hint when the database is not there', async () => {
    const { code, printed } = await runCommand('postgres://nobody@127.0.0.1:9/nothing');
    expect([code, printed]).toEqual([
      1,
      expect.stringMatching(/^[^\n]*ECONNREFUSED[^\n]*\n[^\n]* DATABASE_URL [^\n]*\n$/),
    ]);
  });
});

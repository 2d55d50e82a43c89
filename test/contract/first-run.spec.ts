import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { call, ServerHome } from '../support/server-process.js';

const WEAK = `weak_${randomBytes(4).toString('hex')}`;
const PASSWORD = 'only-for-the-tests';

/** What only the cluster's superuser may do, in a database of the cluster. */
async function administer(database: string, ...statements: string[]): Promise<void> {
  const url = new URL(inject('superuserUrl'));
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

let database: TestDatabase;
let folder: string;
let home: ServerHome;
let taken: Server;
const empty = `empty_${randomBytes(4).toString('hex')}`;
const prepared = `prepared_${randomBytes(4).toString('hex')}`;
beforeAll(async () => {
  await buildServer();
  database = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'convene-first-run-'));
  await writeFile(join(folder, 'file'), '');
  taken = createServer().listen(0, '127.0.0.1');
  await administer('postgres', `CREATE ROLE ${WEAK} LOGIN PASSWORD '${PASSWORD}'`);
  await administer('postgres', `CREATE DATABASE ${empty}`, `CREATE DATABASE ${prepared}`);
  const extensions = ['citext', 'btree_gist', 'pg_trgm'].map((name) => `CREATE EXTENSION IF NOT EXISTS ${name}`);
  await administer(prepared, ...extensions);
});
afterAll(async () => {
  taken.close();
  await database.drop();
  await administer('postgres', `DROP DATABASE ${empty} WITH (FORCE)`, `DROP DATABASE ${prepared} WITH (FORCE)`);
  await administer('postgres', `DROP ROLE ${WEAK}`);
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => void (home = await ServerHome.create()));
afterEach(() => home.dispose());

/** The address of the test database with other parts. */
const address = (changes: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'port'>>): string =>
  Object.assign(new URL(database.url), changes).href;

describe('a mistake at the start', () => {
  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      'a wrong password',
      () => ({ DATABASE_URL: address({ username: WEAK, password: 'wrong' }) }),
      /^The database refuses this server: password authentication failed for user "weak_\w+"\nCheck the user name and the password in DATABASE_URL\.\n$/,
    ],
    [
      'a database that is missing',
      () => ({ DATABASE_URL: address({ pathname: '/missing' }) }),
      /^The database refuses this server: database "missing" does not exist\nCreate it with createdb, or correct its name in DATABASE_URL\.\n$/,
    ],
    [
      'an account that may not create tables',
      () => ({ DATABASE_URL: address({ username: WEAK, password: PASSWORD, pathname: `/${prepared}` }) }),
      /^The database cannot be used: permission denied for schema public\nLet the account of DATABASE_URL own the database, .*\n$/,
    ],
    [
      'an account that may not create extensions',
      () => ({ DATABASE_URL: address({ username: WEAK, password: PASSWORD, pathname: `/${empty}` }) }),
      /^The database cannot be used: permission denied .*\nLet the account of DATABASE_URL own the database, .*\n$/,
    ],
    [
      'a port where nobody listens',
      () => ({ DATABASE_URL: address({ port: '1' }) }),
      /^The database cannot be reached: .*ECONNREFUSED.*\nCheck that PostgreSQL runs where DATABASE_URL says\.\n$/,
    ],
    [
      'a host that does not exist',
      () => ({ DATABASE_URL: 'postgres://convene@nowhere.invalid/convene' }),
      /^The database cannot be reached: getaddrinfo \w+ nowhere\.invalid\nCheck that .*\n$/,
    ],
    [
      'a socket that does not exist',
      () => ({ DATABASE_URL: `postgres:///convene?host=${folder}/nothing` }),
      /^The database cannot be reached: connect ENOENT .*\.s\.PGSQL\.5432\nCheck that .*\n$/,
    ],
    [
      'an address that is a path',
      () => ({ DATABASE_URL: '/var/run/postgresql' }),
      /- DATABASE_URL: must be a postgres:\/\/ URL/,
    ],
    [
      'a DATA_DIR that is a file',
      () => ({ DATA_DIR: join(folder, 'file') }),
      /^The folder for data cannot be used: EEXIST: .*\nSet DATA_DIR to a folder that this account may write to\.\n$/,
    ],
    [
      'a DATA_DIR below a file',
      () => ({ DATA_DIR: join(folder, 'file', 'data') }),
      /^The folder for data cannot be used: ENOTDIR: .*\nSet DATA_DIR .*\n$/,
    ],
    [
      'a DATA_DIR that cannot be written',
      // Not even for root.
      () => ({ DATA_DIR: '/sys/convene' }),
      /^The folder for data cannot be used: (EPERM|EROFS|EACCES): .*\nSet DATA_DIR .*\n$/,
    ],
    [
      'a DATA_DIR that is a file, with a secret from elsewhere',
      () => ({ DATA_DIR: join(folder, 'file'), JWT_SECRET: 'a secret of these tests' }),
      /^(The folder for data cannot be used: .*\nSet DATA_DIR .*|[^\n]+)\n$/,
    ],
    [
      'CORS_ORIGINS without a scheme',
      () => ({ CORS_ORIGINS: 'calendar.example.com' }),
      /- CORS_ORIGINS: must be origins with http:\/\/ or https:\/\/, such as https:\/\/calendar\.example\.com: calendar\.example\.com\n$/,
    ],
    [
      'CORS_ORIGINS with a path',
      () => ({ CORS_ORIGINS: 'https://calendar.example.com/app' }),
      /- CORS_ORIGINS: must be origins without a path or a user, such as https:\/\/calendar\.example\.com: .*\n$/,
    ],
    ['CORS_ORIGINS for everybody', () => ({ CORS_ORIGINS: '*' }), /- CORS_ORIGINS: must be origins with .*: \*\n$/],
    [
      'a port in use',
      () => ({ DATABASE_URL: database.url, PORT: String((taken.address() as AddressInfo).port) }),
      /- PORT: \d+ on 127\.0\.0\.1 is used by another program\n$/,
    ],
    [
      'a host that is not of this machine',
      () => ({ DATABASE_URL: database.url, HOST: '203.0.113.7' }),
      /- HOST: 203\.0\.113\.7 is no address of this machine\n$/,
    ],
  ])('%s is one sentence and a hint', async (_name, env, expected) => {
    const server = home.start(env());
    expect((await server.exit).code).toBe(1);
    expect(server.output).toMatch(expected);
    expect(server.output).not.toMatch(/\n {4}at |only-for-the-tests/);
  });
});

describe('DATABASE_URL', () => {
  it.each([
    ['as host parameter', (path: string, name: string) => `postgres:///${name}?host=${path}&USER`],
    ['as its host', (path: string, name: string) => `postgres://${encodeURIComponent(path)}/${name}?USER`],
  ])('may lead to a socket in the file system, %s', async (_name, write) => {
    const { hostname, port, username, password, pathname } = new URL(database.url);
    // What PostgreSQL opens there; the embedded one listens on TCP only.
    const socket = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      client.on('error', () => upstream.destroy()).pipe(upstream);
      upstream.on('error', () => client.destroy()).pipe(client);
    });
    await new Promise<void>((resolve) => socket.listen(join(folder, '.s.PGSQL.5432'), resolve));
    try {
      const url = write(folder, pathname.slice(1)).replace('USER', `user=${username}&password=${password}`);
      const server = home.start({ DATABASE_URL: url });
      expect((await call(await server.url(), 'GET', '/health/ready')).body).toMatchObject({
        status: 'ok',
        signals: 'up',
      });
      expect((await server.signal('SIGTERM')).code).toBe(0);
    } finally {
      socket.close();
    }
  });
});

describe('npm run recurrence:expand', () => {
  it('explains itself', () => {
    const printed = execFileSync('npm', ['run', '--silent', 'recurrence:expand', '--', '--help'], { encoding: 'utf8' });
    expect(printed).toMatch(/^npm run recurrence:expand < .*\n\nExpands recurrences from standard input/);
  });
});

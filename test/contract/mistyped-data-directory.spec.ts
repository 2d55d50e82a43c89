import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer, SERVER_PROGRAM } from '../support/build.js';

const folder = mkdtempSync(join(tmpdir(), 'convene-mistyped-'));
const dataDir = join(folder, 'dta');
beforeAll(() => buildServer());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, ...args: string[]) {
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir };
  const program = join(SERVER_PROGRAM, `../../scripts/${script}.js`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env,
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('a command with a DATA_DIR in which there is no database', () => {
  it.for([
    ['admin', 'promote', 'ana'],
    ['admin', 'purge-trash'],
    ['verify-history'],
    ['backup-check'],
    ['timezones-recompute'],
  ])('says so and creates none: %j', ([script, ...args]) => {
    const { status, stdout, stderr } = run(script!, ...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([
      'The configuration is invalid:',
      `  - DATA_DIR: there is no database in ${dataDir}; set it as for the server`,
    ]);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('creates one for the first administrator, and says that too', () => {
    const created = run('admin', 'create', 'chief', '--email', 'chief@example.com');
    expect(created).toMatchObject({ status: 0, stdout: expect.stringContaining('Created chief (admin)') as string });
    expect(created.stderr).toBe(`There was no database in ${dataDir}: a new one was created.\n`);
    expect(run('admin', 'sessions', 'chief')).toMatchObject({ status: 0, stderr: '' });
  });
});

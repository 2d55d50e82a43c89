import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaceFiles } from '../../scripts/replace-files.mjs';
import { buildServer } from '../support/build.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { ServerHome } from '../support/server-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  code: number;
  output: string;
}

/** Runs a program to its end, without input. */
function run(program: string, args: string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output: stdout + stderr }),
    );
    child.stdin?.end();
  });
}

/** Commands that run beside a server, with what makes each of them end and what it then prints. */
const COMMANDS: { name: string; args: string[]; code: number; prints: RegExp }[] = [
  { name: 'verify:history', args: [], code: 0, prints: /^0 events, 0 entries of history: no problems\n$/ },
  { name: 'timezones:recompute', args: [], code: 0, prints: /0 events checked, 0 moved\n/ },
  { name: 'recurrence:expand', args: [], code: 0, prints: /^$/ },
];

describe('commands of the built program', () => {
  let database: TestDatabase;
  let home: ServerHome;
  beforeAll(async () => {
    await buildServer();
    database = await createDatabase();
    home = await ServerHome.create();
  });
  afterAll(async () => {
    await home.dispose();
    await database.drop();
  });

  /** Every file of the build, with what changes when it is written again. */
  const built = async (): Promise<string[]> => {
    const names = (await readdir(join(ROOT, 'dist'), { recursive: true })).filter((name) => !name.includes('compiled'));
    const files = names.map(async (name) => [name, await stat(join(ROOT, 'dist', name))] as const);
    return (await Promise.all(files)).map(([name, { ino, mtimeMs }]) => `${name} ${ino} ${mtimeMs}`).sort();
  };

  it('are built once, however many tests ask for them', async () => {
    const before = await built();
    await buildServer();
    expect(await built()).toEqual(before);
  });

  it.each(COMMANDS)(
    'npm run $name leaves the files of a running server alone',
    async ({ name, args, code, prints }) => {
      const before = await built();
      const env = { ...process.env, DATABASE_URL: database.url, JWT_SECRET: 'a secret of the commands' };
      const ended = await run('npm', ['run', '--silent', name, '--', ...args], { cwd: ROOT, env });
      expect(ended).toEqual({ code, output: expect.stringMatching(prints) as string });
      expect(await built()).toEqual(before);
    },
  );

  it('let the server respond with what it reads when it is first asked', async () => {
    const url = await home.start({ DATABASE_URL: database.url }).url();
    const env = { ...process.env, DATABASE_URL: database.url };
    let running = true;
    const command = run('npm', ['run', '--silent', 'verify:history'], { cwd: ROOT, env }).finally(
      () => (running = false),
    );
    const paths = [
      '/docs',
      '/redoc',
      '/docs/assets/redoc.js',
      '/docs/realtime',
      '/problems/not_found',
      '/openapi.json',
    ];
    const statuses = new Set<number>();
    while (running) {
      for (const path of paths) {
        const response = await fetch(`${url}${path}`);
        await response.arrayBuffer();
        statuses.add(response.status);
      }
    }
    expect((await command).code).toBe(0);
    expect([...statuses]).toEqual([200]);
  });

  it('say in one sentence that nothing is built', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'convene-unbuilt-'));
    try {
      await cp(join(ROOT, 'scripts/run-built.mjs'), join(folder, 'scripts/run-built.mjs'));
      await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
      for (const { name } of COMMANDS) {
        expect(await run('npm', ['run', '--silent', name], { cwd: folder })).toEqual({
          code: 2,
          output: 'This command is not built yet: run `npm run build` first.\n',
        });
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a build', () => {
  it('replaces the files of a running server without a moment in which one is missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'convene-replaced-'));
    const fill = async (name: string, files: string[], text: string): Promise<string> => {
      for (const file of files) {
        await mkdir(dirname(join(folder, name, file)), { recursive: true });
        await writeFile(join(folder, name, file), text);
      }
      return join(folder, name);
    };
    try {
      const shared = Array.from({ length: 50 }, (_, index) => `a${index % 5}/b/${index}.js`);
      const target = await fill('dist', [...shared, 'gone.js', 'server/compiled/x'], 'old');
      const source = await fill('fresh', [...shared, 'added.js', 'server/start.js'], 'new');
      const replacing = { done: false };
      const seen = new Set<string>();
      const reading = (async () => {
        while (!replacing.done) for (const file of shared) seen.add(await readFile(join(target, file), 'utf8'));
      })();
      await replaceFiles(source, target, { last: 'server/start.js', keep: ['server/compiled'] });
      replacing.done = true;
      await reading;
      expect([...seen].filter((text) => text !== 'old' && text !== 'new')).toEqual([]);
      const left = (await readdir(target, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
      expect(left.map(({ name }) => name).sort()).toEqual(
        [...shared, 'added.js', 'start.js', 'x'].map((file) => file.split('/').at(-1)).sort(),
      );
      for (const file of shared) expect(await readFile(join(target, file), 'utf8')).toBe('new');
      await expect(stat(source)).rejects.toThrow('ENOENT');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

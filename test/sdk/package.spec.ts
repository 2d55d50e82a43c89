import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { bundle } from '../support/sdk-bundle.js';
import { PASSWORD, startApp, type TestApp } from '../support/test-app.js';

const run = promisify(execFile);
const KIB = 1_024;
const { dependencies } = JSON.parse(readFileSync('sdk/package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};
const compiler = resolve('node_modules/typescript/bin/tsc');

/** What a user writes; every line of types is checked with the strictest rules. */
const PROGRAM = `
import { Convene, ConveneError, isProblem, responseOf, toInstant, toLocal, type CalendarEvent, type EventStore } from '@convene/sdk';
const [baseUrl, username, password] = process.argv.slice(2) as [string, string, string];
const convene = new Convene({ baseUrl, session: undefined });
const user = await convene.signIn({ username, password });
const start_time = toInstant('2031-06-01T10:00', 'Europe/Paris');
const event: CalendarEvent = await convene.events.create({ title: 'One', start_time, end_time: new Date('2031-06-01T09:00:00Z'), location: undefined });
const wall: string = toLocal(event.start_time, 'Europe/Paris');
const dry = await convene.events.update(event, { title: 'Two' }, { dryRun: true });
const would: string = dry.would.title;
const updated = await convene.events.update(event, { title: 'Two' });
const version: number = updated.version;
try {
  await convene.events.create({ title: 'Three', start_time, end_time: '2031-06-01T09:00:00Z' });
} catch (error) {
  if (!(error instanceof ConveneError)) throw error;
  // @ts-expect-error Only known once the code is.
  error.suggestions;
  if (error.code === 'event_conflict') console.log(error.conflicts[0]!.title, error.suggestions!.length);
  if (isProblem(error, 'stale_version')) console.log(error.clashes!.length);
}
// @ts-expect-error Not a code.
isProblem(null, 'no_such_code');
// @ts-expect-error Not a member of an event.
const never = () => convene.events.create({ title: 'One', start_time, end_time: start_time, colour: 'red' });
const kept = new Map<string, string>();
let token: string | null = null;
const store: EventStore = {
  getToken: () => token,
  setToken: (next) => void (token = next),
  put: (events) => events.forEach(({ id, title }) => kept.set(id, title)),
  remove: (removed) => removed.forEach(({ id }) => kept.delete(id)),
  clear: () => kept.clear(),
};
await convene.sync(store);
const changed = new Promise<string>((resolve) => {
  const stop = convene.live.on('event_deleted', ({ event_title }) => { stop(); resolve(event_title); });
});
await convene.live.connect();
await convene.events.delete(updated);
console.log(user.username === username, wall, would, version, [...kept.values()].join(), await changed, responseOf(event)!.status);
await convene.signOut();
`;

describe('the package @convene/sdk', () => {
  let folder: string;
  let project: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'convene-package-'));
    const [source, home] = [join(folder, 'sdk'), join(folder, 'project')];
    project = home;
    for (const one of [source, home]) mkdirSync(one);
    for (const file of ['package.json', 'README.md', 'LICENSE']) cpSync(join('sdk', file), join(source, file));
    for (const part of ['sdk', 'sdk/cli']) {
      await run(process.execPath, [compiler, '-p', part, '--outDir', join(source, 'dist')]);
    }
    await buildServer();
    cpSync('sdk/dist/mcp', join(source, 'dist', 'mcp'), { recursive: true });
    const env = { ...process.env, npm_config_cache: join(folder, 'cache') };
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: source, env });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    writeFileSync(join(project, 'package.json'), '{ "name": "elsewhere", "private": true, "type": "module" }');
    // Nothing but these files is needed.
    const packages = [join(folder, filename)];
    for (const name of Object.keys(dependencies)) {
      const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, resolve('node_modules', name)];
      const [packed] = JSON.parse((await run('npm', args, { cwd: source, env })).stdout) as [{ filename: string }];
      packages.push(join(folder, packed.filename));
    }
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...packages], { cwd: home, env });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('contains what it needs and nothing else', () => {
    const installed = join(project, 'node_modules', '@convene', 'sdk');
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: '@convene/sdk', license: 'MIT', sideEffects: false });
    // For the command line only; these are the versions that are tested here.
    const own = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: Record<string, string> };
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(['chrono-node', 'commander', 'picocolors']));
    for (const [name, version] of Object.entries(dependencies)) expect(own.devDependencies[name]).toBe(version);
    expect(manifest).toMatchObject({ dependencies, bin: { convene: 'dist/cli/convene.js' } });
    expect(readFileSync(join(installed, 'README.md'), 'utf8')).toContain("from '@convene/sdk'");
    expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toBe(readFileSync('LICENSE', 'utf8'));
    expect(readFileSync(join(installed, 'dist', 'index.js'), 'utf8')).not.toContain('generated');
  });

  it('brings a program for agents, with the protocol and the licenses of what is in it', async () => {
    const program = join(project, 'node_modules', '.bin', 'convene-mcp');
    expect((await run(program, ['--help'])).stdout).toContain('Model Context Protocol');
    const folderOf = join(project, 'node_modules', '@convene', 'sdk', 'dist', 'mcp');
    const scripts = readdirSync(folderOf).filter((name) => name.endsWith('.js'));
    const all = Buffer.concat(scripts.map((name) => readFileSync(join(folderOf, name))));
    console.log(`Tools for agents: ${(gzipSync(all, { level: 9 }).length / KIB).toFixed(1)} KiB gzipped`);
    expect(all.length).toBeLessThan(1_000 * KIB);
    expect(readFileSync(join(folderOf, 'LICENSES.txt'), 'utf8')).toMatch(
      /^@modelcontextprotocol\/sdk .*\n\nMIT License/m,
    );
  });

  describe('in an empty project', () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await startApp();
    });
    afterAll(() => app.close());

    it('compiles with the strictest rules, in Node without the types of browsers, and runs', async () => {
      writeFileSync(join(project, 'program.ts'), PROGRAM);
      const compilerOptions = {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noPropertyAccessFromIndexSignature: true,
        verbatimModuleSyntax: true,
        skipLibCheck: false,
        target: 'es2022',
        lib: ['es2022'],
        module: 'nodenext',
        types: ['node'],
        typeRoots: [resolve('node_modules/@types')],
      };
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
      await compile();
      const { username } = await app.signUp('ana');
      const { stdout } = await run(process.execPath, [join(project, 'program.js'), app.url, username, PASSWORD]);
      expect(stdout.trim().split('\n')).toEqual(['Two 3', 'true 2031-06-01T10:00:00 Two 2 Two Two 201']);
    });

    it('compiles with the types of browsers alone, as a bundler resolves it', async () => {
      writeFileSync(join(project, 'page.ts'), `import { Convene, browserSession } from '@convene/sdk';
export const convene = new Convene({ session: browserSession(), live: { WebSocket } });`); // prettier-ignore
      const compilerOptions = {
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        target: 'es2022',
        lib: ['es2022', 'dom', 'dom.iterable'],
        module: 'esnext',
        moduleResolution: 'bundler',
        types: [],
        noEmit: true,
      };
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['page.ts'] }));
      await compile();
    });

    it('has the command convene', async () => {
      const { username } = await app.signUp('ana');
      const env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'config'), CONVENE: app.url };
      // From the project alone: npx must not ask a registry.
      const convene = (...args: string[]) => run('npx', ['--no-install', 'convene', ...args], { cwd: project, env });
      expect((await convene('--help')).stdout).toMatch(/^Usage: convene /);
      expect((await convene('--version')).stdout.trim()).toBe('0.1.0');
      const login = convene('login', username);
      login.child.stdin!.end(`${PASSWORD}\n`);
      expect((await login).stdout).toContain(`as ${username}`);
      expect((await convene('events', 'add', 'Elsewhere', '2031-07-01', '10:00', '--zone', 'UTC')).stdout).toContain(
        'Created Elsewhere: Tue 1 Jul 2031, 10:00–11:00 (UTC)',
      );
    });

    const compile = (): Promise<unknown> =>
      run(process.execPath, [compiler, '-p', project]).catch((error: { stdout: string }) => {
        throw new Error(error.stdout);
      });
  });

  it.each([
    [
      'a page that signs in and lists events',
      12,
      `import { Convene } from '@convene/sdk';
       const convene = new Convene();
       await convene.signIn({ username: 'ana', password: prompt('Password')! });
       for await (const event of convene.events.list({ from: new Date() })) document.body.append(event.title);`,
    ],
    ['everything', 30, `import * as everything from '@convene/sdk'; console.log(everything);`],
  ])('%s is at most %i KiB in a browser, gzipped', async (what, most, program) => {
    const size = gzipSync(await bundle(program), { level: 9 }).length;
    console.log(`${what}: ${(size / KIB).toFixed(1)} KiB gzipped`);
    expect(size).toBeLessThanOrEqual(most * KIB);
  });
});

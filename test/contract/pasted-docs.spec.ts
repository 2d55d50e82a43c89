import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NAMES } from '../../scripts/demo/people.js';
import { buildServer } from '../support/build.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectShown, patternOf } from '../support/expected-json.js';
import { type Block, blocksOf } from '../support/markdown-blocks.js';
import { ServerHome } from '../support/server-process.js';
import { ShellSession } from '../support/shell-session.js';
import { PATIENCE_MS } from '../support/patient.js';

/*
 * How the documents are read:
 *   sh                   pasted into a shell, block after block; every command must succeed
 *   sh second terminal   pasted into another shell, where it goes on running
 *   js file.mjs, …       stored under that name first, as the reader is asked to
 *   text second terminal what the other shell has printed, sooner or later, since it was opened
 *   json, text           right behind one of those: what the last command prints. JSON may leave out members, and … stands
 *                        for what differs from run to run
 *   http                 sent by guide.spec.ts
 *   text                 anything else that nobody runs
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GUIDES = readdirSync(join(ROOT, 'docs/guide')).map((name) => `docs/guide/${name}`);
const LANGUAGES = ['sh', 'js', 'python', 'html', 'http', 'json', 'text', 'sql'];

const blocksIn = (file: string): Block[] => blocksOf(readFileSync(join(ROOT, file), 'utf8'));
const isShell = ({ language }: Block): boolean => language === 'sh';
const fileNameOf = ({ words }: Block): string | undefined => words.find((word) => word.includes('.'));

function installed(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const IGNORED = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n');
/** Whether git ignores a file of that name in the folder of the project. */
const isIgnored = (name: string): boolean =>
  IGNORED.includes(`/${name}`) ||
  IGNORED.includes(`${name}/`) ||
  IGNORED.includes(`/*${name.slice(name.lastIndexOf('.'))}`);

const PROGRAMS = ['curl', 'bash', 'python3'];
const missing = PROGRAMS.filter((program) => !installed(program));
const here = missing.length === 0 ? '' : ` (skipped: there is no ${missing.join(', no ')} here)`;

/** The user names that a text signs up: with curl, with the command line, with the SDK. */
const signedUp = (text: string): string[] =>
  [...text.matchAll(/(?:\/register -d '\{"username":"|\bsign(?:-up|_up) |signUp\(\{\s*username: ')(\w+)/g)].map(
    ([, name]) => name!,
  );

describe('the blocks of the documents', () => {
  it('sign up people who are neither those of the demo nor those of another document', () => {
    const seen = new Map<string, string>(NAMES.map((name) => [name, 'npm run demo']));
    const again: string[] = [];
    for (const file of ['README.md', 'sdk/README.md', ...GUIDES]) {
      for (const name of signedUp(readFileSync(join(ROOT, file), 'utf8'))) {
        const where = seen.get(name);
        if (where !== undefined) again.push(`${name}: ${where}, ${file}`);
        seen.set(name, file);
      }
    }
    expect(again).toEqual([]);
    expect(new Set(seen.values())).toEqual(
      new Set(['npm run demo', 'README.md', 'sdk/README.md', ...['agents', 'clients', 'command-line', 'first-hour'].map((name) => `docs/guide/${name}.md`)]), // prettier-ignore
    );
  });

  it('leave no file that git would show', () => {
    const saved = ['README.md', ...GUIDES].flatMap((file) =>
      blocksIn(file).flatMap((block) => fileNameOf(block) ?? []),
    );
    expect(saved).toContain('live.mjs');
    expect(['convene-sdk-0.1.0.tgz', ...saved].filter((name) => !isIgnored(name))).toEqual([]);
  });

  it.each(['README.md', ...GUIDES])('%s has none of which nobody knows whether it is right', (file) => {
    const blocks = blocksIn(file);
    for (const { language, words, text } of blocks) {
      expect(LANGUAGES, text).toContain(language);
      if (['js', 'python', 'html'].includes(language)) expect(words.join(), text).toMatch(/\.\w+/);
      // Interactive shells run comments (zsh), and replace exclamation marks (bash).
      if (language === 'sh') expect(text).not.toMatch(/^\s*#|!/m);
      if (language === 'json') expect(() => JSON.parse(text), text).not.toThrow();
    }
  });
});

describe.skipIf(missing.length > 0)(`what the documents ask to paste${here}`, () => {
  let database: TestDatabase;
  let home: ServerHome;
  let url: string;
  let folder: string;
  const sessions: ShellSession[] = [];
  beforeAll(buildServer);
  beforeEach(async () => {
    database = await createDatabase();
    home = await ServerHome.create();
    url = await home.start({ DATABASE_URL: database.url, RATE_LIMITS: 'off' }).url();
    folder = await mkdtemp(join(tmpdir(), 'convene-pasted-'));
    // The folder of the project as far as commands see it, in which they may leave files.
    for (const name of await readdir(ROOT)) {
      if (name !== '.env' && name !== '.data') await symlink(join(ROOT, name), join(folder, name));
    }
    await mkdir(join(folder, 'data'), { recursive: true });
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.close();
    await home.dispose();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (shell: string): ShellSession => {
    const { PATH = '', HOME = '' } = process.env;
    const args = shell === 'bash' ? ['-e', '-o', 'pipefail'] : ['-e'];
    const env = {
      PATH,
      HOME,
      CONVENE: url,
      DATABASE_URL: database.url,
      DATA_DIR: join(folder, 'data'),
      NO_PROXY: '*',
      XDG_CONFIG_HOME: join(folder, 'config'),
    };
    const session = new ShellSession(shell, args, folder, { ...env, JWT_SECRET: 'a secret of the pasted commands' });
    sessions.push(session);
    return session;
  };

  it.each([
    ['README.md', 'sh'],
    ['README.md', 'bash'],
    ...GUIDES.filter((file) => blocksIn(file).some(isShell)).map((file) => [file, 'sh']),
  ])('%s works in %s', async (file, shell) => {
    const first = open(shell);
    let running = first;
    for (const block of blocksIn(file)) {
      const name = fileNameOf(block);
      if (name) await writeFile(join(folder, name), `${block.text}\n`);
      // What the second terminal has printed by now.
      if (block.language === 'text' && block.words.includes('second')) await printed(running, block);
      if (!isShell(block)) continue;
      if (block.words.includes('second')) {
        running = open(shell);
        await running.start(block.text);
        if (block.next && isOutput(block.next)) await printed(running, block.next);
        continue;
      }
      const output = await first.run(block.text);
      if (block.next && isOutput(block.next)) expectOutput(output, block.next);
    }
    const known = new Set([...(await readdir(ROOT)), 'data', 'config']);
    const left = (await readdir(folder)).filter(
      // The shell reads each block from a file of its own.
      (entry) => !known.has(entry) && !isIgnored(entry) && !/^block-\w+\.sh$/.test(entry),
    );
    expect(left).toEqual([]);
  });
});

const isOutput = ({ language, words }: Block): boolean => ['json', 'text'].includes(language) && words.length === 0;

/** What runs on in a second terminal prints this sooner or later. */
const printed = (session: ShellSession, block: Block): Promise<void> =>
  vi.waitFor(() => expectOutput(session.output, block), { timeout: PATIENCE_MS, interval: 50 });

function expectOutput(output: string, { language, text }: Block): void {
  if (language === 'json') expectShown(JSON.parse(output), JSON.parse(text));
  else expect(output.trimEnd()).toMatch(patternOf(text.trimEnd()));
}

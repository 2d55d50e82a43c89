import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { CommandLine, CONVENE_PROGRAM } from '../support/command-line.js';

const run = promisify(execFile);

let home: CommandLine;
beforeAll(async () => {
  await buildServer();
  home = await CommandLine.create('http://127.0.0.1:1');
});
afterAll(() => home.dispose());

describe('the help of convene', () => {
  it('lists every command, and what each exit code means, without a server', async () => {
    const help = await home.ok('--help');
    const commands = ['login', 'sign-up', 'logout', 'whoami', 'events', 'share', 'log', 'diff', 'rollback', 'undo', 'free', 'find-time', 'watch', 'inbox', 'export', 'import', 'mcp', 'completion']; // prettier-ignore
    for (const command of commands) expect(help).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    expect(help).toMatch(/0 {2}done .* 3 {2}not signed in/);
    expect(help).not.toMatch(/^ {2}complete /m);
    expect(await home.ok('events', 'add', '--help')).toMatch(
      /^Usage: convene events add [^]*--on-conflict[^]*Global Options:[^]*Examples:/,
    );
    expect(await home.ok('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await home.run([])).toMatchObject({ code: 2, stdout: '', stderr: help });
  });
});

describe('completion', () => {
  const complete = async (...words: string[]): Promise<string[]> =>
    (await home.ok('complete', '--', ...words))
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t')[0]!);

  it('knows commands, options and their values', async () => {
    expect(await complete('ev')).toEqual(['events']);
    expect(await complete('events', '')).toEqual(['ls', 'show', 'add', 'edit', 'mv', 'rm', 'restore', 'help']);
    expect(await complete('events', 'mv', 'Plan', '--sc')).toEqual(['--scope']);
    expect(await complete('events', 'mv', 'Plan', '--scope', '')).toEqual(['this', 'following', 'all']);
    expect(await complete('events', 'mv', 'Plan', '--zo')).toEqual(['--zone']);
    expect(await complete('events', 'ls', '--search', '')).toEqual([]);
    expect(await complete('--json', 'share', 'l')).toEqual(['ls', 'leave']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await complete('nonsense', 'x')).toEqual([]);
    expect(await home.fails('completion', 'powershell')).toMatchObject({ code: 2 });
  });

  it('works in a shell', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'convene-completion-'));
    try {
      await writeFile(join(folder, 'convene.bash'), await home.ok('completion', 'bash'));
      await writeFile(
        join(folder, 'node-program'),
        `#!/bin/sh\nexec "${process.execPath}" "${CONVENE_PROGRAM}" "$@"\n`,
        { mode: 0o755 },
      );
      await symlink(join(folder, 'node-program'), join(folder, 'convene'));
      const script = `. ${folder}/convene.bash
        COMP_WORDS=(convene events mv Plan --sc); COMP_CWORD=4; _convene; echo "\${COMPREPLY[*]}"
        COMP_WORDS=(convene events ''); COMP_CWORD=2; _convene; echo "\${COMPREPLY[*]}"`;
      const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
      const { stdout, stderr } = await run('bash', ['--norc', '--noprofile', '-euc', script], { env });
      expect([stdout, stderr]).toEqual(['--scope\nls show add edit mv rm restore help\n', '']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('has a script for zsh and one for fish', async () => {
    expect(await home.ok('completion', 'zsh')).toMatch(/^#compdef convene\n[^]*convene complete -- /);
    expect(await home.ok('completion', 'fish')).toMatch(/convene complete -- [^]*complete -c convene/);
  });
});

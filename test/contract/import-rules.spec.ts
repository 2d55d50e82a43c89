import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = join(ROOT, '.dependency-cruiser.mjs');

/** Which imports of the folder break which rule, as `rule: importer → imported`. */
async function violations(cwd: string): Promise<string[]> {
  const folders = ['src', 'postgres-launcher', 'migrations', 'scripts', 'bench', 'test', 'sdk'];
  const json = await new Promise<string>((resolve, reject) => {
    const args = [COMMAND, '--config', CONFIG, '--output-type', 'json', ...folders];
    // Its exit code counts the violations; what it prints says which.
    execFile(process.execPath, args, { cwd, maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
      stdout ? resolve(stdout) : reject(error ?? new Error(stderr)),
    );
  });
  const { summary } = JSON.parse(json) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} → ${to.replace(/^.*node_modules\//, '')}`,
  );
}

/** Each importer breaks one rule with one import. */
const FORBIDDEN: [rule: string, importer: string, imported: string][] = [
  ['one-way-time', 'src/time/a.ts', 'src/problems/catalogue.ts'],
  ['one-way-platform', 'src/platform/http/a.ts', 'src/users/roster.ts'],
  ['one-way-platform', 'src/platform/http/b.ts', 'src/app.module.ts'],
  ['one-way-platform-database', 'src/platform/database/a.ts', 'src/platform/http/etag.ts'],
  ['one-way-platform-config', 'src/platform/config/a.ts', 'src/platform/database/tables.ts'],
  ['one-way-users', 'src/users/a.ts', 'src/auth/passwords.ts'],
  ['one-way-auth', 'src/auth/a.ts', 'src/permissions/access.ts'],
  ['one-way-permissions', 'src/permissions/a.ts', 'src/history/lock.ts'],
  ['one-way-history', 'src/history/a.ts', 'src/availability/conflict.ts'],
  ['one-way-notifications', 'src/notifications/a.ts', 'src/availability/conflict.ts'],
  ['one-way-availability', 'src/availability/a.ts', 'src/sharing/writer.ts'],
  ['one-way-sharing', 'src/sharing/a.ts', 'src/events/writer.ts'],
  ['one-way-events', 'src/events/a.ts', 'src/versions/history.ts'],
  ['one-way-find-time', 'src/find-time/a.ts', 'src/versions/history.ts'],
  ['one-way-versions', 'src/versions/a.ts', 'src/live/delivery.ts'],
  ['one-way-live', 'src/live/a.ts', 'src/app.module.ts'],
  ['one-way-app.module', 'src/app.module.ts', 'src/create-app.ts'],
  ['every-room-has-a-place', 'src/helpers/a.ts', 'src/platform/http/etag.ts'],
  ['every-platform-folder-has-a-place', 'src/platform/helpers/a.ts', 'src/platform/http/etag.ts'],
  ['private-to-the-folder', 'src/events/b.ts', 'src/permissions/members.repository.ts'],
  ['private-to-the-folder', 'src/events/c.ts', 'src/permissions/members.dto.ts'],
  ['private-to-the-folder', 'src/versions/c.ts', 'src/events/door.controller.ts'],
  ['private-to-the-folder', 'src/live/c.ts', 'src/versions/watch.subscriber.ts'],
  ['private-to-the-folder', 'src/platform/health/c.ts', 'src/platform/metrics/probe.controller.ts'],
  ['private-to-the-folder-wiring', 'src/create-app.ts', 'src/notifications/live.gateway.ts'],
  ['controllers-call-services', 'src/users/a.controller.ts', 'src/users/rows.repository.ts'],
  ['controllers-call-services', 'src/users/b.controller.ts', 'src/users/row.entity.ts'],
  ['controllers-call-services', 'src/notifications/b.gateway.ts', 'src/notifications/rows.repository.ts'],
  ['src-stands-alone', 'src/users/c.ts', 'test/support/app.ts'],
  ['src-stands-alone', 'src/users/d.ts', 'sdk/client.ts'],
  ['agents-are-clients', 'src/mcp/a.ts', 'src/events/writer.ts'],
  ['agents-are-clients', 'src/mcp/b.ts', 'scripts/tool.ts'],
  ['tools-use-the-sdk', 'sdk/mcp/tool.ts', 'src/users/roster.ts'],
  ['migrations-stand-alone', 'migrations/1-core.ts', 'src/platform/http/names.ts'],
  ['migrations-stand-alone', 'migrations/2-more.ts', 'postgres-launcher/index.ts'],
  ['launcher-stands-alone', 'postgres-launcher/a.ts', 'src/platform/http/names.ts'],
  ['launcher-stands-alone', 'postgres-launcher/b.ts', 'test/support/app.ts'],
  ['launcher-stands-alone', 'postgres-launcher/c.ts', 'sdk/client.ts'],
  ['launcher-stands-alone', 'postgres-launcher/d.ts', 'scripts/tool.ts'],
  ['launcher-stands-alone', 'postgres-launcher/e.ts', 'bench/load.ts'],
  ['launcher-stands-alone', 'postgres-launcher/f.ts', 'migrations/1-core.ts'],
  ['launcher-stands-alone', 'postgres-launcher/f.spec.ts', 'src/platform/http/names.ts'],
  ['launcher-needs-only-pg', 'postgres-launcher/g.ts', '@nestjs/common'],
  ['launcher-needs-only-pg', 'postgres-launcher/h.ts', 'typeorm'],
  ['launcher-only-from-main', 'src/platform/http/d.ts', 'postgres-launcher/index.ts'],
  ['launcher-only-from-main', 'src/users/g.ts', 'postgres-launcher/index.ts'],
  ['launcher-through-its-entry', 'src/main.ts', 'postgres-launcher/port.ts'],
  ['launcher-through-its-entry', 'scripts/a.ts', 'postgres-launcher/port.ts'],
  ['launcher-through-its-entry', 'bench/a.ts', 'postgres-launcher/port.ts'],
  ['launcher-through-its-entry', 'test/support/a.ts', 'postgres-launcher/port.ts'],
  ['sdk-library-stands-alone', 'sdk/a.ts', 'sdk/cli/text.ts'],
  ['sdk-library-stands-alone', 'sdk/b.ts', 'fs'],
  ['sdk-library-stands-alone', 'sdk/c.ts', 'vitest'],
  ['command-line-through-the-entry', 'sdk/cli/a.ts', 'sdk/client.ts'],
  ['command-line-through-the-entry', 'sdk/cli/b.ts', 'scripts/tool.ts'],
  ['declared-dependencies', 'src/users/e.ts', 'vitest'],
  ['resolvable', 'src/users/f.ts', './nowhere.js'],
  ['pure', 'src/permissions/role.ts', '@nestjs/common'],
  ['pure', 'src/content/diff.ts', 'typeorm'],
  ['pure', 'src/find-time/best-times.ts', '@nestjs/common'],
  ['pure', 'src/availability/occupancy.ts', 'pg'],
  ['pure', 'src/recurrence/rule.ts', 'socket.io'],
];

/** What the rules must let pass. */
const ALLOWED: [importer: string, imported: string][] = [
  ['src/main.ts', 'src/users/users.module.ts'],
  ['src/users/users.module.ts', 'src/users/rows.controller.ts'],
  ['src/users/users.module.ts', 'typeorm'],
  ['src/events/d.ts', 'src/users/row.entity.ts'],
  ['src/recurrence/words.ts', 'src/time/zone.ts'],
  ['src/main.ts', 'postgres-launcher/index.ts'],
  ['src/mcp/c.ts', 'sdk/mcp/tool.ts'],
  ['src/mcp/c.ts', 'src/platform/http/etag.ts'],
  ['scripts/tool.ts', 'postgres-launcher/index.ts'],
  ['bench/load.ts', 'postgres-launcher/index.ts'],
  ['test/support/app.ts', 'postgres-launcher/index.ts'],
  ['postgres-launcher/index.ts', 'postgres-launcher/port.ts'],
  ['postgres-launcher/port.ts', 'node:net'],
  ['postgres-launcher/port.ts', 'pg'],
  ['postgres-launcher/port.spec.ts', 'vitest'],
  ['sdk/index.ts', 'sdk/client.ts'],
  ['sdk/cli/text.ts', 'sdk/index.ts'],
  ['sdk/cli/text.ts', 'node:fs'],
];

describe('the import rules', () => {
  let root: string;
  let found: string[];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'convene-imports-'));
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    for (const name of ['package.json', 'tsconfig.json']) await copyFile(join(ROOT, name), join(root, name));

    const files = new Map<string, string[]>([['scripts/tool.ts', []]]);
    const add = (importer: string, imported: string): void => {
      const local = /^(src|postgres-launcher|migrations|scripts|bench|test|sdk)\//.test(imported);
      if (local && !files.has(imported)) files.set(imported, []);
      const path = local ? `./${relative(dirname(importer), imported).replace(/\.ts$/, '.js')}` : imported;
      files.set(importer, [...(files.get(importer) ?? []), `import '${path.replace(/^\.\/\.\./, '..')}';`]);
    };
    for (const [, importer, imported] of FORBIDDEN) add(importer, imported);
    for (const [importer, imported] of ALLOWED) add(importer, imported);
    // Purity holds through other files as well, and a cycle is one at any length.
    add('src/time/zone.ts', 'src/time/between.ts');
    add('src/time/between.ts', '@nestjs/common');
    add('src/auth/cycle-a.ts', 'src/auth/cycle-b.ts');
    add('src/auth/cycle-b.ts', 'src/auth/cycle-c.ts');
    add('src/auth/cycle-c.ts', 'src/auth/cycle-a.ts');
    files.set('src/auth/types-a.ts', [`import type { B } from './types-b.js';`, 'export type A = B | null;']);
    files.set('src/auth/types-b.ts', [`import type { A } from './types-a.js';`, 'export type B = A[];']);
    files.set('src/users/rows.controller.ts', []);

    for (const [name, lines] of files) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), [...lines, 'export {};'].join('\n'));
    }
    found = await violations(root);
  });

  afterAll(() => rm(root, { recursive: true, force: true }));

  const importer = (line: string): string => line.replace(/^[^:]+: (.+) → .*$/, '$1');
  const broken = (): string[] => found.filter((line) => !line.startsWith('no-orphans'));

  it.each(FORBIDDEN)('%s: refuses that %s imports %s', (rule, from, to) => {
    const lines = broken().filter((line) => importer(line) === from);
    expect(lines).toEqual([expect.stringContaining(`${rule}: ${from} → ${to.split('/').slice(0, 4).join('/')}`)]);
  });

  it('pure: refuses what reaches the machinery through another file', () => {
    expect(broken()).toContainEqual(expect.stringMatching(/^pure: src\/time\/zone\.ts → @nestjs\/common\//));
    expect(broken()).toContainEqual(expect.stringMatching(/^pure: src\/recurrence\/words\.ts → @nestjs\/common\//));
  });

  it('no-cycles: refuses files that run each other, and lets types name each other', () => {
    const cycles = broken().filter((line) => line.startsWith('no-cycles'));
    expect(cycles).toEqual([expect.stringMatching(/^no-cycles: src\/auth\/cycle-/)]);
  });

  it('no-orphans: finds a file that neither the server nor a script needs', () => {
    const orphans = found.filter((line) => line.startsWith('no-orphans')).join('\n');
    expect(orphans).toContain('src/users/roster.ts');
    expect(orphans).not.toContain('src/users/users.module.ts');
    expect(orphans).not.toContain('src/users/rows.controller.ts');
  });

  it('lets everything else pass', () => {
    const known = new Set(FORBIDDEN.map(([, from]) => from));
    const others = broken().filter((line) => !known.has(importer(line)) && !/^(no-cycles|pure)/.test(line));
    expect(others).toEqual([]);
  });

  it('hold for this repository', async () => {
    expect(await violations(ROOT)).toEqual([]);
  });
});

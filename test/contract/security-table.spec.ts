import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const TABLES = readFileSync(new URL('docs/security/asvs.md', ROOT), 'utf8');
const FILE = /[\w./-]+\.spec\.ts/g;

const rows = TABLES.split('\n')
  .filter((line) => /^\| *(?:\d|API\d)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, requirement = '', what = '', test = '']) => ({ requirement, what, test }));

describe('the table of security requirements', () => {
  it.each(rows)('names for $requirement a test that exists, or says that there is none: $what', ({ test }) => {
    const files = test.match(FILE) ?? [];
    expect(files.filter((file) => !existsSync(new URL(file, ROOT)))).toEqual([]);
    if (files.length === 0) expect(test).toMatch(/^\*\*Not covered\*\*( \(.+\))?$/);
  });

  it('names each requirement once, and all of the API Top 10', () => {
    const named = rows.flatMap(({ requirement }) => requirement.split(', '));
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
    const api = Array.from({ length: 10 }, (_, index) => `API${index + 1}`);
    expect(named.filter((name) => name.startsWith('API'))).toEqual(api);
    expect(rows.length).toBeGreaterThan(60);
  });
});

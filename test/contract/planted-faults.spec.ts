import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FAULTS, plant } from '../../scripts/mutation/faults.js';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Keeps the table of `npm run mutation` up to date with the sources. */
describe('the planted faults', () => {
  it('are at least 40, each with a name of its own', () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });

  it.each(FAULTS)('have their place in the sources, and their tests: $name', (fault) => {
    const source = readFileSync(at(fault.file), 'utf8');
    expect(plant(source, fault)).not.toBe(source);
    expect(fault.tests.filter((test) => !existsSync(at(test)))).toEqual([]);
  });

  it('are refused when their place is not there, or there twice', () => {
    const fault = { name: 'x', file: 'x', find: 'a', replace: 'b', tests: [] };
    expect(() => plant('no', fault)).toThrow('0 times');
    expect(() => plant('a a', fault)).toThrow('2 times');
  });
});

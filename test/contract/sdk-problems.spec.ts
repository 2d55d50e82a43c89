import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../src/problems/problem-catalogue.js';

const snakeCase = (name: string): string => name.replace(/\B[A-Z]/g, '_$&').toLowerCase();

describe('the errors of the SDK', () => {
  it('narrow by every code of the catalogue, with the members of those that the document describes', () => {
    const generated = readFileSync('sdk/generated/types.gen.ts', 'utf8');
    const described = [...generated.matchAll(/^export type (\w+)Problem = \{/gm)].map(([, name]) => name!);
    const source = readFileSync('sdk/problems.ts', 'utf8');
    const listed = [...source.matchAll(/wire\.(\w+)Problem\b/g)].map(([, name]) => name!);
    expect(listed.sort()).toEqual(described.sort());
    const others = [...source.matchAll(/\| '(\w+)'/g)].map(([, code]) => code!);
    const codes = [...described.map(snakeCase), ...others].filter((code) => code !== 'unexpected_response');
    expect(codes.sort()).toEqual(Object.keys(PROBLEMS).sort());
  });
});

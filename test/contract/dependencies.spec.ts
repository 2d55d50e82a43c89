import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  dev?: boolean;
  devOptional?: boolean;
  hasInstallScript?: boolean;
  os?: string[];
  cpu?: string[];
}

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

const manifest = JSON.parse(read('package.json')) as {
  overrides: Record<string, unknown>;
  allowScripts: Record<string, boolean>;
} & Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>;

const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The first cells of the table under that heading of docs/dependencies.md. */
function explained(heading: string): string[] {
  const section = read('docs/dependencies.md').split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!).sort();
}

describe('the dependencies', () => {
  it('are at most 280 in production, without those for one platform', () => {
    const production = installed.filter(([, { dev, devOptional, os, cpu }]) => !dev && !devOptional && !os && !cpu);
    expect(production.length).toBeGreaterThan(100);
    expect(production.length).toBeLessThanOrEqual(280);
  });

  it('do not include in production what only builds or tests', () => {
    const production = new Set(installed.filter(([, { dev }]) => !dev).map(([path]) => nameOf(path)));
    for (const name of [
      'redoc',
      'react',
      'mobx',
      'styled-components',
      '@asyncapi/parser',
      '@asyncapi/react-component',
    ]) {
      expect([name, production.has(name)]).toEqual([name, false]);
    }
  });

  it('have exact versions', () => {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'] as const) {
      for (const [name, version] of Object.entries(manifest[kind])) {
        expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+(-[\w.]+)?$/);
      }
    }
  });

  it('have their overrides explained, and no others', () => {
    expect(explained('Overrides')).toEqual(Object.keys(manifest.overrides).sort());
  });

  it('run no script when they are installed, and the reason is written down for each', () => {
    expect(explained('Install scripts')).toEqual(Object.keys(manifest.allowScripts).sort());
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    expect([...new Set(scripted)].sort()).toEqual(Object.keys(manifest.allowScripts).sort());
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../support/sdk-bundle.js';
import { startApp, type TestApp } from '../support/test-app.js';

const run = promisify(execFile);

/** The snippets are one program. What it prints stands behind arrows. */
function programOf(text: string): { program: string; printed: string[] } {
  const snippets = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, snippet]) => snippet!);
  const program = snippets.join('\n');
  return { program, printed: [...program.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line!) };
}

describe('sdk/README.md', () => {
  const { program, printed } = programOf(readFileSync('sdk/README.md', 'utf8'));
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await startApp();
    folder = mkdtempSync(join(tmpdir(), 'convene-readme-'));
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it('is a program that the compiler accepts', async () => {
    writeFileSync(join(folder, 'program.ts'), program);
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      module: 'esnext',
      moduleResolution: 'bundler',
      types: [],
      noEmit: true,
      paths: { '@convene/sdk': [resolve('sdk/index.ts')] },
    };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    await run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', folder]).catch(
      (error: { stdout: string }) => {
        throw new Error(error.stdout);
      },
    );
  });

  it('prints what it says', async () => {
    expect(printed.length).toBeGreaterThan(15);
    const file = join(folder, 'program.mjs');
    writeFileSync(file, await bundle(program.replaceAll('http://127.0.0.1:3000', app.url)));
    const { stdout, stderr } = await run(process.execPath, [file]);
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual(printed);
  });
});

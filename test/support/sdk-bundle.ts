import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** A program that imports the SDK, as one minified script for browsers. */
export async function bundle(program: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'convene-bundle-'));
  try {
    const entry = join(folder, 'page.ts');
    writeFileSync(entry, program);
    const alias = { '@convene/sdk': resolve('sdk/index.ts') };
    const built = await rolldown({ input: entry, platform: 'browser', resolve: { alias }, logLevel: 'silent' });
    const { output } = await built.generate({ format: 'esm', minify: true });
    await built.close();
    if (output.length !== 1) throw new Error(`Not one file, but ${output.map(({ fileName }) => fileName).join(', ')}`);
    return output[0].code;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

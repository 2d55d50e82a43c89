import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

// Part of `npm run build`: the tools for agents of the package @convene/sdk, for `convene-mcp` and `convene mcp`, together
// with the protocol, so that nobody else installs it (docs/adr/0039-agents-are-clients.md).

const sourceOf = (name: string): string => fileURLToPath(new URL(`../../sdk/mcp/${name}.ts`, import.meta.url));
const [folder = ''] = process.argv.slice(2);

const input = { stdio: sourceOf('stdio'), 'serve-session': sourceOf('serve-session') };
const bundle = await rolldown({ input, platform: 'node', tsconfig: false });
const { output } = await bundle.write({
  dir: join(folder, 'mcp'),
  chunkFileNames: '[name].js',
  format: 'esm',
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  comments: { legal: true, annotation: false, jsdoc: false },
});
await bundle.close();
await chmod(join(folder, 'mcp', 'stdio.js'), 0o755);

/** The packages in the file, by folder: their licenses ask to be passed on with it. */
const inside = new Set(
  output
    .flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
    .flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
);
const licenses = await Promise.all(
  [...inside].sort().map(async (home) => {
    const { name, version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as Record<string, string>;
    const license = (await readdir(home)).find((entry) => /^licen[cs]e/i.test(entry));
    if (!license) throw new Error(`${name} has no license file`);
    return `${name} ${version}\n\n${(await readFile(join(home, license), 'utf8')).trim()}\n`;
  }),
);
await writeFile(join(folder, 'mcp', 'LICENSES.txt'), licenses.join(`\n${'-'.repeat(80)}\n\n`));

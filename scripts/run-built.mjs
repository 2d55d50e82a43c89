/**
 * `node scripts/run-built.mjs <name> …`: runs a command of `dist/scripts` as the last build made it. It does not build,
 * because commands run beside a server, on machines that may have neither the sources nor the compiler.
 */
import { existsSync } from 'node:fs';

const [name] = process.argv.splice(2, 1);
const program = new URL(`../dist/scripts/${name}.js`, import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('This command is not built yet: run `npm run build` first.');
  process.exitCode = 2;
}

/**
 * `npm run stress -- kills|freeze|fuzz|hostile …`: the long form of the tests of which the suite runs a small share.
 * The figures that they print are those of docs/guide/reliability.md.
 */
import { spawn } from 'node:child_process';

const RUNS = {
  kills: 'test/fault/server-kills.spec.ts',
  freeze: 'test/fault/silent-database.spec.ts',
  fuzz: 'test/contract/fuzz.spec.ts',
  hostile: 'test/fault/hostile-requests.spec.ts',
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in RUNS));
if (names.length === 0 || unknown.length > 0) {
  console.error(`Usage: npm run stress -- ${Object.keys(RUNS).join('|')}`);
  process.exit(2);
}
const files = names.map((name) => RUNS[name]);
// One after the other: figures of two at once say little.
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--no-file-parallelism', '--testTimeout=7200000'];
const child = spawn(process.execPath, [...vitest, ...files], {
  cwd: new URL('..', import.meta.url),
  env: { ...process.env, STRESS: 'full' },
  stdio: 'inherit',
});
child.on('close', (code) => (process.exitCode = code ?? 1));

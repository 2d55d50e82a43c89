/**
 * Plants one fault after the other in a copy of the repository and runs the tests that should notice it:
 * `npm run mutation`, or those whose name or file contains a text: `npm run mutation -- merge`. Ends with 1 when a fault
 * survives that is not accepted. Not part of the checks: it takes half an hour.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault } from './fault.js';
import { FAULTS, plant } from './faults.js';
import { TestRunner } from './test-runner.js';

interface Verdict {
  word: 'killed' | 'survived' | 'accepted';
  /** The first test that failed, or the reason for which none need fail. */
  why?: string;
}

const root = process.cwd();
const [wanted = ''] = process.argv.slice(2);
const faults = FAULTS.filter(({ name, file }) => name.includes(wanted) || file.includes(wanted));

const copy = await mkdtemp(join(tmpdir(), 'convene-mutation-'));
try {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of listed.toString().split('\0').filter(Boolean)) await cp(join(root, file), join(copy, file));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  process.chdir(copy);
  process.exitCode = await runAll(new TestRunner(copy));
} finally {
  process.chdir(root);
  await rm(copy, { recursive: true, force: true });
}

async function runAll(runner: TestRunner): Promise<number> {
  const survivors: Fault[] = [];
  // What the tests say without a fault: otherwise all of them would seem to be killed.
  const tests = [...new Set(faults.flatMap((fault) => fault.tests))];
  const broken = await runner.run(tests);
  if (broken.length > 0) throw new Error(`These fail without a fault: ${broken.join(', ')}`);
  for (const fault of faults) {
    const began = Date.now();
    const { word, why } = await judge(runner, fault);
    if (word === 'survived') survivors.push(fault);
    const seconds = Math.round((Date.now() - began) / 1_000);
    console.log(`${word.padEnd(8)} ${fault.name} (${fault.file}, ${seconds} s)${why ? `: ${why}` : ''}`);
  }
  await runner.close();
  console.log(`${faults.length} faults, ${survivors.length} of them survived`);
  return survivors.length > 0 ? 1 : 0;
}

async function judge(runner: TestRunner, fault: Fault): Promise<Verdict> {
  const path = join(copy, fault.file);
  const source = await readFile(path, 'utf8');
  // Migrations run once, before the tests.
  const isMigration = fault.file.startsWith('migrations/');
  await writeFile(path, plant(source, fault));
  try {
    if (isMigration) await runner.close();
    const failed = await runner.run(fault.tests, fault.only, path).catch((error: unknown) => error as Error);
    if (failed instanceof Error) return { word: 'survived', why: failed.message };
    if (failed.length > 0) return { word: 'killed', why: failed[0] };
    return fault.accepted ? { word: 'accepted', why: fault.accepted } : { word: 'survived' };
  } finally {
    await writeFile(path, source);
    runner.forget(path);
    if (isMigration) await runner.close();
  }
}

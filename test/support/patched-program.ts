import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = [
  'src',
  'migrations',
  'postgres-launcher',
  'scripts',
  'sdk',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** A copy of the program with changes of its own. */
export class PatchedProgram {
  private constructor(private readonly root: string) {}

  static async create(): Promise<PatchedProgram> {
    const root = await mkdtemp(join(tmpdir(), 'convene-patched-'));
    const isSource = (path: string): boolean => !path.endsWith('.spec.ts') && !path.includes('/sdk/dist');
    for (const name of SOURCES) await cp(join(ROOT, name), join(root, name), { recursive: true, filter: isSource });
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    return new PatchedProgram(root);
  }

  /** Replaces a text that occurs exactly once in a file. */
  async replace(file: string, before: string, after: string): Promise<void> {
    const path = join(this.root, file);
    const text = await readFile(path, 'utf8');
    const count = text.split(before).length - 1;
    if (count !== 1) throw new Error(`${file} has the text ${count} times: ${before}`);
    await writeFile(
      path,
      text.replace(before, () => after),
    );
  }

  async add(file: string, text: string): Promise<void> {
    await writeFile(join(this.root, file), text);
  }

  /** Compiles it. @throws Error with what the compiler says */
  async build(): Promise<void> {
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const build = promisify(execFile)(process.execPath, [compiler, '--project', 'tsconfig.build.json'], {
      cwd: this.root,
    });
    await build.catch((error: { stdout?: string }) => {
      throw new Error(`It does not compile:\n${error.stdout ?? ''}`);
    });
    await cp(join(this.root, 'migrations/baseline'), join(this.root, 'dist/migrations/baseline'), { recursive: true });
  }

  /** Path of a compiled program, such as `src/main.js`. */
  program(name: string): string {
    return join(this.root, 'dist', name);
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}

import { createVitest, type Vitest } from 'vitest/node';

/** Runs test files of a copy of the repository, with one database server and one cache of modules for many runs. */
export class TestRunner {
  private vitest: Vitest | null = null;

  constructor(private readonly root: string) {}

  /**
   * Returns the names of failed tests or files, at least one of them when any fails: the first failure ends the run.
   * @param only runs the tests whose full name contains it
   * @param changed a file to read again
   * @throws Error when no test runs
   */
  async run(files: string[], only?: string, changed?: string): Promise<string[]> {
    const vitest = (this.vitest ??= await this.start());
    if (changed) vitest.invalidateFile(changed);
    if (only) vitest.setGlobalTestNamePattern(escapeRegExp(only));
    else vitest.resetGlobalTestNamePattern();
    const specifications = await vitest.globTestSpecifications(files);
    const result = await vitest.runTestSpecifications(specifications, true);
    // The result also has the modules of earlier runs.
    const ran = new Set(specifications.map(({ moduleId }) => moduleId));
    const testModules = result.testModules.filter(({ moduleId }) => ran.has(moduleId));
    const tests = testModules.flatMap((module) => [...module.children.allTests()]);
    const states = tests.map((test) => test.result().state);
    const failedModules = testModules.filter((module) => module.state() === 'failed').map(({ moduleId }) => moduleId);
    const failed = tests.filter((test) => test.result().state === 'failed').map(({ fullName }) => fullName);
    const errors = result.unhandledErrors.map(String);
    if (failedModules.length + errors.length > 0) return [...failed, ...errors, ...failedModules];
    if (!states.includes('passed')) throw new Error(`No test of ${files.join(', ')} has ${only ?? 'a name'}`);
    return [];
  }

  /** Reads a file again with the next run. */
  forget(path: string): void {
    this.vitest?.invalidateFile(path);
  }

  /** Stops the database server; the next run starts another one, with the migrations as they are then. */
  async close(): Promise<void> {
    await this.vitest?.close();
    this.vitest = null;
  }

  private async start(): Promise<Vitest> {
    const options = { root: this.root, watch: false, bail: 1, silent: true, reporters: [SILENT] };
    const vitest = await createVitest('test', options);
    await vitest.standalone();
    return vitest;
  }
}

/** A reporter that reports nothing. */
const SILENT = {};

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/support/patient.js';

/** Count what is in the memory of their process, so that nobody else may have left something there. */
const COUNTING_MEMORY = ['test/realtime/connection-leaks.spec.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['reflect-metadata'],
    pool: 'forks',
    // Many tests wait for processes, clocks and sockets: two workers would leave two cores idle half of the time.
    maxWorkers: availableParallelism() + 2,
    // Of a test that hangs. The longest take four minutes while nothing else runs, and many times that on a machine with too
    // much to do.
    testTimeout: 1_800_000,
    // The first test file that needs the built server builds it, while others have the machine.
    hookTimeout: 900_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    // A test that hangs on a lock should say so, not the next one.
    teardownTimeout: 10_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['src/**/*.spec.ts', 'postgres-launcher/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: ['**/node_modules/**', ...COUNTING_MEMORY],
          // Loading the application again for every file would take as long as its tests.
          isolate: false,
          // Some hundred closed applications stay in the memory of a worker.
          execArgv: ['--max-old-space-size=4096'],
        },
      },
      { extends: true, test: { name: 'alone', include: COUNTING_MEMORY } },
    ],
  },
});

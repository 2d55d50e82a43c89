import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'postgres-launcher/*.spec.ts', 'test/**/*.spec.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['reflect-metadata'],
    pool: 'forks',
    // Loading the application again for every file would take as long as its tests. Files start and stop what they use.
    isolate: false,
    // Many tests wait for processes, clocks and sockets: even two cores are better used by two.
    maxWorkers: '100%',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A test that hangs on a lock should say so, not the next one.
    teardownTimeout: 10_000,
  },
});

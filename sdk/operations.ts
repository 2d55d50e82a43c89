/** The generated operations, which the tests of the server call one by one: a function for each, its client, and the types. */
export * from './generated/index.js';
export { type Client, createClient } from './generated/client/index.js';
export { type DryRun, dryRun } from './dry-run.js';

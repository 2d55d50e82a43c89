/** The door of the client: one function an operation, the client that carries them, and every type of the wire. */
export * from './generated/index.js';
export { type Client, createClient } from './generated/client/index.js';
export { type DryRun, dryRun } from './dry-run.js';

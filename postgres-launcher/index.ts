/** What the launcher offers. Code outside this folder imports only this file. */
export { EmbeddedPostgresError } from './embedded-postgres.errors.js';
export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
export { hasDatabase } from './paths.js';
export { startTemporaryPostgres } from './temporary-postgres.js';

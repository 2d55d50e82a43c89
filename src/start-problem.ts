import { EmbeddedPostgresError } from '../postgres-launcher/index.js';
import { ConfigError } from './platform/config/config.js';
import { sqlStateOf, whyUnavailable } from './platform/database/database-errors.js';
import { DatabaseVersionError } from './platform/database/migrate.js';

/**
 * Returns why the server did not start, as a sentence and a hint for the person who started it. Only for a fault of the
 * program itself, it is a stack.
 */
export function whyNotStarted(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DatabaseVersionError) return error.message;
  if (error instanceof EmbeddedPostgresError) {
    return error.unsupported ? `${error.message}\nOr set DATABASE_URL to a PostgreSQL server of yours.` : error.message;
  }
  if (!(error instanceof Error)) return String(error);
  return ofDatabase(error) ?? ofFolder(error) ?? error.stack ?? error.message;
}

const CONTRIB = 'citext, btree_gist and pg_trgm';

/** What to do about a database that does not let the server in, or not do its work, by SQLSTATE. The first match counts. */
const HINTS: [states: RegExp, hint: string][] = [
  [/^28P01$/, 'Check the user name and the password in DATABASE_URL.'],
  [/^28/, 'Check the account in DATABASE_URL, and what pg_hba.conf of the database server allows.'],
  [/^3D000$/, 'Create it with createdb, or correct its name in DATABASE_URL.'],
  [
    /^42501$/,
    `Let the account of DATABASE_URL own the database, or create the extensions ${CONTRIB} and grant it CREATE on the schema.`,
  ],
  [/^(0A000|58P01)$/, `Install the contrib package of PostgreSQL: Convene needs the extensions ${CONTRIB}.`],
];

function ofDatabase(error: Error): string | undefined {
  const state = sqlStateOf(error);
  const hint = state && HINTS.find(([states]) => states.test(state))?.[1];
  const detail = whyUnavailable(error)?.slice(0, -1) ?? (hint && 'The database cannot be used');
  if (!detail) return undefined;
  return `${detail}: ${messageOf(error)}\n${hint ?? 'Check that PostgreSQL runs where DATABASE_URL says.'}`;
}

/** Node has no message for a host all of whose addresses refuse. */
const messageOf = (error: Error): string =>
  error.message || (error instanceof AggregateError ? error.errors.map(String).join(', ') : error.name);

const FILE_ERRORS = new Set(['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOSPC', 'EDQUOT']);

function ofFolder(error: NodeJS.ErrnoException): string | undefined {
  if (!error.path || !FILE_ERRORS.has(error.code ?? '')) return undefined;
  return `The folder for data cannot be used: ${error.message}\nSet DATA_DIR to a folder that this account may write to.`;
}

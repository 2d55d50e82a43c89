/** The embedded PostgreSQL can't be started, adopted or stopped. The message says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  /** Whether PostgreSQL can't run on this system or under this account, so that another server is needed. */
  readonly unsupported: boolean;

  constructor(message: string, { unsupported = false, ...options }: ErrorOptions & { unsupported?: boolean } = {}) {
    super(message, options);
    this.unsupported = unsupported;
  }
}

/** Why PostgreSQL refused to start, according to its log. The launcher can resolve the first two. */
export type LaunchRefusal = 'port-taken' | 'leftover-processes' | 'other';

/** PostgreSQL exited before it was ready. */
export class LaunchRefused extends EmbeddedPostgresError {
  constructor(
    readonly reason: LaunchRefusal,
    message: string,
  ) {
    super(message);
  }
}

/** Finds the reason in what PostgreSQL logged before it exited. Its messages are English because of LC_ALL=C. */
export function launchRefusal(output: string): LaunchRefusal {
  if (/could not (bind|create any TCP\/IP|create listen socket)/.test(output)) return 'port-taken';
  if (/pre-existing shared memory block|lock file "postmaster\.pid" already exists/.test(output))
    return 'leftover-processes';
  return 'other';
}

/** Returns the `code` of a system error, or an empty string. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

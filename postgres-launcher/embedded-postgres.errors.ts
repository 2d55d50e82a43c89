/** The embedded PostgreSQL cannot be started, adopted or stopped; the message says what to do about it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  /** Whether the embedded PostgreSQL does not run on this system or under this account, so that another is needed. */
  readonly unsupported: boolean;

  constructor(message: string, { unsupported = false, ...options }: ErrorOptions & { unsupported?: boolean } = {}) {
    super(message, options);
    this.unsupported = unsupported;
  }
}

/** Why PostgreSQL refused to start, as far as its log tells; the launcher has a remedy for the first two. */
export type LaunchRefusal = 'port-taken' | 'leftover-processes' | 'other';

/** PostgreSQL ended before it was ready. */
export class LaunchRefused extends EmbeddedPostgresError {
  constructor(
    readonly reason: LaunchRefusal,
    message: string,
  ) {
    super(message);
  }
}

/** Reads the reason out of what PostgreSQL wrote before it ended; its messages are English under LC_ALL=C. */
export function launchRefusal(output: string): LaunchRefusal {
  if (/could not (bind|create any TCP\/IP|create listen socket)/.test(output)) return 'port-taken';
  if (/pre-existing shared memory block|lock file "postmaster\.pid" already exists/.test(output))
    return 'leftover-processes';
  return 'other';
}

/** The `code` of a system error, or an empty string. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** How long a test waits for something that must come: the limit is for what hangs, not for a busy machine. */
export const PATIENCE_MS = 300_000;

/** Settings of a server that, however busy the machine is, refuses nothing because it or the test would take too long. */
export const PATIENT = {
  ACCESS_TOKEN_SECONDS: '86400',
  DATABASE_WAIT_SECONDS: '60',
  DATABASE_LOCK_SECONDS: '30',
  DATABASE_SILENCE_SECONDS: '120',
  DATABASE_STATEMENT_SECONDS: '150',
  DATABASE_TRANSACTION_SECONDS: '300',
  QUEUE_SECONDS: '300',
  SHUTDOWN_SECONDS: '300',
  OVERLOAD_LAG_MS: '0',
};

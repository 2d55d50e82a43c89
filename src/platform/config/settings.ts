import { availableParallelism } from 'node:os';
import {
  headerList,
  mailbox,
  oneOf,
  origins,
  postgresUrl,
  redisUrl,
  secrets,
  share,
  smtpUrl,
  webUrl,
  wholeNumber,
} from './setting-parsers.js';
import { RATE_LIMITS } from './rate-limits.js';
import { setting } from './setting.js';
import { readTrustProxy } from './trust-proxy.js';

/**
 * One for each core, and at least 2. They run on the 4 threads of Node that also read files and look up host names: one
 * of these stays free.
 */
const hashesAtOnce = (): number => Math.min(Math.max(availableParallelism(), 2), 3);

/**
 * All settings. A test compares docs/guide/configuration.md and `.env.example` with them. The name of a duration
 * contains its unit.
 */
export const SETTINGS = {
  environment: setting(
    'NODE_ENV',
    'development',
    oneOf('development', 'test', 'production'),
    'Environment; production requires a database and a strong secret',
  ),
  port: setting('PORT', '3000', wholeNumber(0, 65_535), 'Port to listen on'),
  host: setting('HOST', '127.0.0.1', String, 'Address to listen on'),
  databaseUrl: setting('DATABASE_URL', '', postgresUrl, 'PostgreSQL 15 or later; if empty, an embedded one starts'),
  databasePoolSize: setting('DATABASE_POOL_SIZE', '20', wholeNumber(2, 500), 'Size of the connection pool'),
  databaseTransactionsAtOnce: setting(
    'DATABASE_TRANSACTIONS_AT_ONCE',
    '4',
    wholeNumber(1, 500),
    'Transactions that begin at once; others wait until one ends or has lasted for 20 ms. At most the size of the pool',
  ),
  databaseWaitSeconds: setting(
    'DATABASE_WAIT_SECONDS',
    '1',
    wholeNumber(1, 60),
    'Longest wait for a free connection before a 503',
  ),
  databaseLockSeconds: setting(
    'DATABASE_LOCK_SECONDS',
    '10',
    wholeNumber(1, 30),
    'Longest wait for a lock in the database before a 503',
  ),
  databaseSilenceSeconds: setting(
    'DATABASE_SILENCE_SECONDS',
    '5',
    wholeNumber(1, 300),
    'How long a database that is asked may send nothing on any connection before every request gets a 503',
  ),
  databaseStatementSeconds: setting(
    'DATABASE_STATEMENT_SECONDS',
    '30',
    wholeNumber(1, 300),
    'Longest time that a statement may take before a 503',
  ),
  databaseTransactionSeconds: setting(
    'DATABASE_TRANSACTION_SECONDS',
    '30',
    wholeNumber(1, 3_600),
    'Longest time that all statements of a request may take together before a 503',
  ),
  requestsAtOnce: setting(
    'REQUESTS_AT_ONCE',
    '8',
    wholeNumber(1, 1_000),
    'Requests of one person that a server handles at once; others of that person wait',
  ),
  writesAtOnce: setting(
    'WRITES_AT_ONCE',
    '4',
    wholeNumber(1, 1_000),
    "Writes into one person's calendar that a server handles at once; others wait",
  ),
  maxQueued: setting('MAX_QUEUED', '100', wholeNumber(0, 10_000), 'How many of those wait; more are a 503'),
  queueSeconds: setting('QUEUE_SECONDS', '10', wholeNumber(1, 300), 'How long they wait before a 503'),
  overloadLagMs: setting(
    'OVERLOAD_LAG_MS',
    '500',
    wholeNumber(0, 60_000),
    'Delay of the event loop from which requests are refused with 503; 0 for never',
  ),
  responseStallSeconds: setting(
    'RESPONSE_STALL_SECONDS',
    '30',
    wholeNumber(1, 600),
    'How long a client may take nothing of a response before its connection is closed',
  ),
  databasePrepares: setting(
    'DATABASE_PREPARED_STATEMENTS',
    'on',
    (text) => oneOf('on', 'off')(text) === 'on',
    'Set off for PgBouncer before 1.21 in transaction mode',
  ),
  redisUrl: setting(
    'REDIS_URL',
    '',
    redisUrl,
    'Redis 5 or later for signals and rate limits; if empty, PostgreSQL and memory',
  ),
  dataDir: setting('DATA_DIR', '.data', String, 'Folder of the embedded database and the generated secret'),
  jwtSecrets: setting('JWT_SECRET', '', secrets, 'Signing secrets, comma-separated: the first signs, all verify'),
  publicUrl: setting(
    'PUBLIC_URL',
    '',
    webUrl,
    'Where people reach the server, for links in mails; if empty, HOST and PORT',
  ),
  smtpUrl: setting(
    'SMTP_URL',
    '',
    smtpUrl,
    'Mail server; if empty, mails are written to files in the folder outbox of DATA_DIR',
  ),
  mailFrom: setting('MAIL_FROM', 'Convene <convene@localhost>', mailbox, 'Sender of all mails'),
  mail: setting('MAIL', 'on', (text) => oneOf('on', 'off')(text) === 'on', 'Set off to send no mails'),
  mailRetryDays: setting('MAIL_RETRY_DAYS', '3', wholeNumber(1, 30), 'How long a mail that fails is tried again'),
  mailKeepDays: setting(
    'MAIL_KEEP_DAYS',
    '30',
    wholeNumber(1, 3_650),
    'How long it is kept when a mail was sent, and to whom',
  ),
  registration: setting(
    'REGISTRATION',
    'open',
    oneOf('open', 'invited', 'closed'),
    'Whether people may sign up: everybody, invited people, or nobody',
  ),
  invitationDays: setting(
    'INVITATION_DAYS',
    '30',
    wholeNumber(1, 365),
    'How long an invitation by e-mail to an event can be accepted',
  ),
  passwordResetMinutes: setting(
    'PASSWORD_RESET_MINUTES',
    '30',
    wholeNumber(1, 1_440),
    'Lifetime of a link that sets a new password',
  ),
  emailLinkHours: setting(
    'EMAIL_LINK_HOURS',
    '48',
    wholeNumber(1, 720),
    'Lifetime of a link that confirms an e-mail address',
  ),
  accessTokenSeconds: setting('ACCESS_TOKEN_SECONDS', '900', wholeNumber(5, 86_400), 'Lifetime of an access token'),
  refreshTokenDays: setting('REFRESH_TOKEN_DAYS', '30', wholeNumber(1, 365), 'Lifetime of a refresh token'),
  refreshGraceSeconds: setting(
    'REFRESH_GRACE_SECONDS',
    '10',
    wholeNumber(0, 60),
    'How long a refresh token still returns a successor already used',
  ),
  sessionCacheSeconds: setting(
    'SESSION_CACHE_SECONDS',
    '1',
    wholeNumber(0, 60),
    'How long another server may still accept an ended session',
  ),
  passwordHashesAtOnce: setting(
    'PASSWORD_HASHES_AT_ONCE',
    '',
    (text) => (text === '' ? hashesAtOnce() : wholeNumber(1, 64)(text)),
    'Password hashes that run at once; if empty, one per core, 2 to 3',
  ),
  userLookup: setting(
    'USER_LOOKUP',
    'username',
    oneOf('username', 'email'),
    'What finds a person: user names, or e-mail addresses as well',
  ),
  trustProxy: setting(
    'TRUST_PROXY',
    '',
    readTrustProxy,
    'Proxies whose X-Forwarded-For is trusted: how many, or their addresses',
  ),
  adminUsername: setting(
    'ADMIN_USERNAME',
    '',
    String,
    'Who registers with this name is an administrator, if there is none',
  ),
  corsOrigins: setting('CORS_ORIGINS', '', origins, 'Web origins that may call the API, comma-separated'),
  logLevel: setting(
    'LOG_LEVEL',
    'info',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
    'Lowest level of messages that are logged',
  ),
  idempotencyKeyHours: setting(
    'IDEMPOTENCY_KEY_HOURS',
    '24',
    wholeNumber(1, 720),
    'How long a response is stored for its idempotency key',
  ),
  bodyLimitBytes: setting('BODY_LIMIT_BYTES', '1048576', wholeNumber(1_024, 2 ** 26), 'Largest request body'),
  batchBodyLimitBytes: setting('BATCH_BODY_LIMIT_BYTES', '4194304', wholeNumber(1_024, 2 ** 26), 'Largest batch body'),
  calendarLimitBytes: setting(
    'CALENDAR_LIMIT_BYTES',
    '10485760',
    wholeNumber(1_024, 2 ** 26),
    'Largest iCalendar file that can be imported',
  ),
  importSeconds: setting(
    'CALENDAR_IMPORT_SECONDS',
    '600',
    wholeNumber(1, 3_600),
    'Longest time that an import that goes on after the response may take',
  ),
  maxCalendarComponents: setting(
    'MAX_CALENDAR_COMPONENTS',
    '20000',
    wholeNumber(1, 1_000_000),
    'Largest number of components in an iCalendar file',
  ),
  maxNesting: setting('MAX_NESTING', '32', wholeNumber(4, 100), 'Deepest nesting of a request body'),
  maxBodyValues: setting(
    'MAX_BODY_VALUES',
    '100000',
    wholeNumber(1_000, 10_000_000),
    'Largest number of values in a request body, in lists and objects of any depth',
  ),
  maxComparedOccurrences: setting(
    'MAX_COMPARED_OCCURRENCES',
    '20000000',
    wholeNumber(100_000, 1_000_000_000),
    'Largest number of occurrences of very long series that a request compares with each other',
  ),
  maxBatch: setting('MAX_BATCH', '500', wholeNumber(1, 500), 'Largest number of events per batch'),
  maxShare: setting('MAX_SHARE', '100', wholeNumber(1, 100), 'Largest number of people per share call'),
  streamDays: setting('STREAM_DAYS', '30', wholeNumber(1, 3_650), 'How long stream items and notifications are stored'),
  trashDays: setting('TRASH_DAYS', '30', wholeNumber(1, 3_650), 'How long deleted events can be restored'),
  auditDays: setting('AUDIT_DAYS', '365', wholeNumber(30, 3_650), 'How long entries of the audit trail are stored'),
  maxSockets: setting(
    'MAX_SOCKETS',
    '10',
    wholeNumber(1, 1_000),
    'Largest number of live connections per person and server',
  ),
  liveQueueFrames: setting(
    'LIVE_QUEUE_FRAMES',
    '1000',
    wholeNumber(1, 100_000),
    'Unread items at which a slow live connection is closed',
  ),
  pulseSeconds: setting(
    'PULSE_SECONDS',
    '25',
    wholeNumber(1, 60),
    'How often a live connection receives its position in the stream',
  ),
  sseSeconds: setting(
    'SSE_SECONDS',
    '50',
    wholeNumber(1, 86_400),
    'Time after which a Server-Sent Events response is renewed',
  ),
  shutdownDelaySeconds: setting(
    'SHUTDOWN_DELAY_SECONDS',
    '3',
    wholeNumber(0, 600),
    'How long a server, no longer ready, serves on after SIGTERM',
  ),
  shutdownSeconds: setting(
    'SHUTDOWN_SECONDS',
    '10',
    wholeNumber(1, 3_600),
    'How long requests in flight may then take before they are cut',
  ),
  traceEndpoint: setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    webUrl,
    'OpenTelemetry collector (OTLP over HTTP, JSON), such as http://localhost:4318; if empty, nothing is traced',
  ),
  traceHeaders: setting(
    'OTEL_EXPORTER_OTLP_HEADERS',
    '',
    headerList,
    'Headers for the collector, such as an API key: name=value, comma-separated',
  ),
  traceServiceName: setting('OTEL_SERVICE_NAME', 'convene', String, 'Name of the service in traces'),
  traceShare: setting(
    'OTEL_TRACES_SAMPLER_ARG',
    '1',
    share,
    'Share of requests that are traced, 0 to 1; a traceparent decides for itself',
  ),
  maxPeople: setting('MAX_PEOPLE', '1000', wholeNumber(2, 100_000), 'Largest number of members per event'),
  ...RATE_LIMITS,
} as const;

export type Settings = {
  -readonly [K in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[K]['parse']>;
};

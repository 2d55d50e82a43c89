import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import { currentSpan } from '../tracing/span.js';
import { flushLines, writeLine } from './log-output.js';

const LEVELS: Record<Settings['logLevel'], LogLevel[]> = {
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
  info: ['fatal', 'error', 'warn', 'log'],
  warn: ['fatal', 'error', 'warn'],
  error: ['fatal', 'error'],
  silent: [],
};

/** The names of members that are never logged, wherever they occur in a logged object. */
const SECRETS = [
  'password',
  'current_password',
  'passwordHash',
  'password_hash',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'cookie',
  'secret',
  'jwtSecrets',
  'databaseUrl',
  'redisUrl',
  'smtpUrl',
];

/** The contexts of the messages that Nest logs during a successful startup, about a hundred lines. */
const STARTUP_CONTEXTS = new Set([
  'InstanceLoader',
  'NestFactory',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

class Logger extends ConsoleLogger {
  /** With the trace of the request for which the caller works. */
  protected override getJsonLogObject(
    ...parameters: Parameters<ConsoleLogger['getJsonLogObject']>
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const record = super.getJsonLogObject(...parameters);
    const span = currentSpan();
    return span ? { ...record, trace_id: span.traceId } : record;
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!STARTUP_CONTEXTS.has(String(rest.at(-1)))) super.log(message, ...rest);
  }

  /** Errors go to standard error at once, after what was logged before them. */
  protected override printAsJson(...[message, options]: Parameters<ConsoleLogger['printAsJson']>): void {
    if (options.writeStreamType === 'stderr') {
      flushLines();
      super.printAsJson(message, options);
      return;
    }
    const record = this.getJsonLogObject(message, options);
    // Nest's own function also writes cycles, errors and very large values, and takes five times as long.
    writeLine(Object.values(record).every(isPlain) ? JSON.stringify(record) : this.stringifyJsonLogObject(record));
  }
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === undefined;

/** Returns a logger that writes one JSON object per line and masks secrets. */
export function createLogger(level: Settings['logLevel']): ConsoleLogger {
  return new Logger({
    json: true,
    colors: false,
    compact: true,
    flattenParams: true,
    logLevels: LEVELS[level],
    redact: SECRETS,
  });
}

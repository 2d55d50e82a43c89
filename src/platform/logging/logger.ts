import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Settings } from '../config/settings.js';

const LEVELS: Record<Settings['logLevel'], LogLevel[]> = {
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
  info: ['fatal', 'error', 'warn', 'log'],
  warn: ['fatal', 'error', 'warn'],
  error: ['fatal', 'error'],
  silent: [],
};

/** Never logged, wherever they stand in a logged object. */
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
];

/** Nest's account of its own start: a hundred lines that say that nothing went wrong. */
const CHATTER = new Set(['InstanceLoader', 'NestFactory', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

class Logger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!CHATTER.has(String(rest.at(-1)))) super.log(message, ...rest);
  }
}

/** One JSON object a line, secrets masked. */
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

import type { IncomingMessage } from 'node:http';

/**
 * Returns whether a page may connect. Browsers let any page open a WebSocket and only send its origin (RFC 6455 §10.2):
 * pages of this server and of the listed origins are allowed. Clients outside of browsers send no origin.
 */
export function isOriginAllowed({ headers }: IncomingMessage, corsOrigins: string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

import type { IncomingMessage } from 'node:http';

/**
 * Browsers let any page open a socket and only say whose it is (RFC 6455 §10.2): pages of this server and of the listed
 * origins may. Other programs send no origin.
 */
export function originAllowed({ headers }: IncomingMessage, corsOrigins: string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

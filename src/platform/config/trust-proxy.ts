import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';

/**
 * Returns whether an address of a request's path may have written the entry of `X-Forwarded-For` before it. `hop` is 0
 * for the connection itself, 1 for the last entry of the header.
 */
export type TrustProxy = (address: string, hop: number) => boolean;

const MAX_HOPS = 20;

/**
 * Reads the proxies whose `X-Forwarded-For` is trusted: their number, or their addresses and CIDR ranges. Null for none:
 * the header is then ignored.
 * @throws Error with a sentence for whoever configures the server
 */
export function readTrustProxy(text: string): TrustProxy | null {
  if (text === '') return null;
  if (/^\d+$/.test(text)) {
    const hops = Number(text);
    if (hops < 1 || hops > MAX_HOPS) throw new Error(`must be a number of proxies from 1 to ${MAX_HOPS}`);
    return (_address, hop) => hop < hops;
  }
  const ranges = text.split(',').map((part) => part.trim());
  for (const range of ranges) {
    if (!isRange(range)) {
      throw new Error(
        `must be the number of proxies, or their addresses and ranges such as 10.0.0.0/8, comma-separated; ${JSON.stringify(range)} is neither`,
      );
    }
  }
  return proxyAddr.compile(ranges);
}

const NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * Returns whether the text is an address, a range or one of the names that Fastify has for ranges. A range of all addresses
 * is not: every client could then choose the address that it is counted by.
 */
function isRange(text: string): boolean {
  // The library also reads shortened addresses such as 10.1, which mean something else than one expects.
  if (!NAMES.includes(text) && isIP(text.split('/')[0]!) === 0) return false;
  try {
    proxyAddr.compile(text);
    return true;
  } catch {
    return false;
  }
}

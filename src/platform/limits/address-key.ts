import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** For all addresses that a proxy did not write as such. */
const UNKNOWN = 'unknown';

/** The first four groups of an IPv6 address: what a provider gives to one customer at least (RFC 6177). */
const PREFIX_GROUPS = 4;

/**
 * Returns what a client's address is counted as: an IPv4 address itself, and an IPv6 address as its /64, in which a client
 * can choose any of 2^64 addresses. Accepts a port, which some proxies write.
 */
export function addressKey(text: string | undefined): string {
  if (text === undefined) return UNKNOWN;
  if (isIPv4(text)) return text;
  const address = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
  if (isIPv4(address)) return address;
  if (!ipaddr.IPv6.isValid(address)) return UNKNOWN;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  return `${parsed.parts
    .slice(0, PREFIX_GROUPS)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

/** The origin of a sign-in, as shown in the list of sessions. */
export interface Device {
  address: string | null;
  userAgent: string | null;
}

/**
 * Returns the same text for sign-ins that a person would call the same device: the program without its version, which
 * updates itself, and the network without the host, which providers change (IPv4 /24, IPv6 /48).
 */
export function deviceName({ address, userAgent }: Device): string {
  const program = (userAgent ?? '').replaceAll(/\d+(?:[._]\d+)*/g, '');
  return createHash('sha256')
    .update(`${networkOf(address ?? '')}\n${program}`)
    .digest('base64url')
    .slice(0, 22);
}

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(mapped)) return mapped.split('.').slice(0, 3).join('.');
  const [ip = ''] = address.split('%');
  if (!isIPv6(ip)) return address;
  // The parser writes the shortest form: `::` stands for the zeros.
  const [head = '', tail] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 3).join(':');
}

import { describe, expect, it } from 'vitest';
import { deviceName } from './device.js';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const name = (address: string | null, userAgent: string | null = CHROME): string => deviceName({ address, userAgent });

describe('deviceName', () => {
  it.each([
    ['an update of the program', name('192.0.2.1'), name('192.0.2.1', CHROME.replace('131.0.0.0', '132.0.1.0'))],
    ['another host of the network', name('192.0.2.1'), name('192.0.2.77')],
    ['IPv4 as IPv6', name('192.0.2.1'), name('::ffff:192.0.2.9')],
    ['another host of the network, IPv6', name('2001:db8:1:2::1'), name('2001:db8:1:ffff:1:2:3:4')],
    ['another spelling', name('2001:0db8:0000::1'), name('2001:db8::2')],
    ['a zone', name('fe80::1%eth0'), name('fe80::2')],
  ])('is the same for %s', (_what, one, other) => {
    expect(other).toBe(one);
  });

  it.each([
    ['another program', name('192.0.2.1', 'curl/8.5.0')],
    ['no program', name('192.0.2.1', null)],
    ['another network', name('192.0.3.1')],
    ['no address', name(null)],
    ['IPv6', name('2001:db8::1')],
    ['what is not an address', name('unix:')],
  ])('differs for %s', (_what, other) => {
    expect(other).not.toBe(name('192.0.2.1'));
    expect(other).toMatch(/^[\w-]{22}$/);
  });

  it('tells networks of IPv6 apart', () => {
    expect(name('2001:db8:1::1')).not.toBe(name('2001:db8:2::1'));
    expect(name('::1')).not.toBe(name('2001::1'));
  });
});

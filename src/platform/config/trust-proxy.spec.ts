import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { describe, expect, it } from 'vitest';
import { readTrustProxy } from './trust-proxy.js';

/** The client of a request that came from `socket` with these entries of X-Forwarded-For. */
function clientOf(setting: string, socket: string, forwarded: string): string {
  const trust = readTrustProxy(setting);
  const request = { socket: { remoteAddress: socket }, headers: { 'x-forwarded-for': forwarded } };
  return trust ? proxyAddr(request as unknown as IncomingMessage, trust) : socket;
}

describe('readTrustProxy', () => {
  it.each([
    ['', '10.0.0.1', '6.6.6.6', '10.0.0.1'],
    ['1', '10.0.0.1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['2', '10.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['2', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['10.0.0.0/8', '10.0.0.1', '6.6.6.6, 203.0.113.9, 10.7.7.7', '203.0.113.9'],
    ['10.0.0.0/8', '198.51.100.7', '6.6.6.6', '198.51.100.7'],
    ['10.0.0.1, fd00::/8', 'fd00::5', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['loopback', '::ffff:127.0.0.1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
  ])('with %j, a request from %s forwarded for %s is of %s', (setting, socket, forwarded, client) => {
    expect(clientOf(setting, socket, forwarded)).toBe(client);
  });

  it.each([
    '0',
    '21',
    '1.5',
    '-1',
    'true',
    '*',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.1,',
    '0.0.0.0/0',
    '::/0',
    'proxy.test',
  ])('refuses %j with a sentence', (setting) => {
    expect(() => readTrustProxy(setting)).toThrow(/^must be /);
  });
});

import { describe, expect, it } from 'vitest';
import { launchRefusal } from './embedded-postgres.errors.js';

describe('launchRefusal', () => {
  it.each([
    ['FATAL:  could not create any TCP/IP sockets', 'port-taken'],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'port-taken'],
    ['FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use', 'leftover-processes'],
    ['FATAL:  lock file "postmaster.pid" already exists', 'leftover-processes'],
    ['PANIC:  could not locate a valid checkpoint record', 'other'],
    ['', 'other'],
  ])('reads %j as %s', (output, reason) => {
    expect(launchRefusal(output)).toBe(reason);
  });
});

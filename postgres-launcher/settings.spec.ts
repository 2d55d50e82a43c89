import { describe, expect, it } from 'vitest';
import { serverConfiguration } from './settings.js';

describe('the configuration of the embedded server', () => {
  it('listens on the loopback address only', () => {
    const text = serverConfiguration({ port: 21_000, durable: true, maxConnections: 50 });
    expect(text).toContain("listen_addresses = '127.0.0.1'\nport = '21000'\nunix_socket_directories = ''\n");
    expect(text).toContain("max_connections = '50'");
  });

  it.each([
    [true, 'on'],
    [false, 'off'],
  ])('with durable %s has fsync, synchronous_commit and full_page_writes %s', (durable, value) => {
    const text = serverConfiguration({ port: 1, durable, maxConnections: 1 });
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
      expect(text).toContain(`${name} = '${value}'`);
  });
});

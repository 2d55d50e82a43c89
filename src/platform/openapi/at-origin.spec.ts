import { describe, expect, it } from 'vitest';
import { atOrigin } from './at-origin.js';

const PAGE = '<code>http://127.0.0.1:3000/a</code> <code>ws://127.0.0.1:3000/b</code> 127.0.0.1:3000';
const at = (protocol: string, host: string): string => atOrigin(PAGE, '127.0.0.1:3000', { protocol, host });

describe('atOrigin', () => {
  it.each([
    [
      'http',
      'localhost:4000',
      '<code>http://localhost:4000/a</code> <code>ws://localhost:4000/b</code> localhost:4000',
    ],
    [
      'https',
      'api.example.com',
      '<code>https://api.example.com/a</code> <code>wss://api.example.com/b</code> api.example.com',
    ],
    ['http', '[::1]:3000', '<code>http://[::1]:3000/a</code> <code>ws://[::1]:3000/b</code> [::1]:3000'],
  ])('puts in the addresses of %s://%s', (protocol, host, expected) => {
    expect(at(protocol, host)).toBe(expected);
  });

  it.each(['', '<script>', 'a"b', 'a/b', "a'b", 'a:b', '$&', 'a b'])('ignores a host such as %s', (host) => {
    expect(at('http', host)).toBe(PAGE);
  });
});

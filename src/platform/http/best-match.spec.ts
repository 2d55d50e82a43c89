import { describe, expect, it } from 'vitest';
import { bestMatch } from './best-match.js';

const OFFERED = ['application/json', 'application/problem+json', 'application/msgpack', 'application/x-msgpack'];

describe('bestMatch', () => {
  it.each([
    ['application/json', 'application/json'],
    ['application/msgpack', 'application/msgpack'],
    ['APPLICATION/MSGPACK', 'application/msgpack'],
    ['application/x-msgpack', 'application/x-msgpack'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/problem+json', 'application/problem+json'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
    ['application/msgpack, application/json', 'application/json'],
    ['application/msgpack, application/json;q=0.9', 'application/msgpack'],
    ['application/json;q=0.1, */*;q=0.5, application/problem+json;q=0', 'application/msgpack'],
    ['application/json; charset=utf-8; q=0.5', 'application/json'],
  ])('matches %j with %s', (accept, type) => {
    expect(bestMatch(accept, OFFERED)).toBe(type);
  });

  it.each(['text/html', 'image/*', 'application/json;q=0', '*/*;q=0', 'nonsense', ';', ',', '*'])(
    'finds nothing for %j',
    (accept) => {
      expect(bestMatch(accept, OFFERED)).toBeNull();
    },
  );

  it('applies the most specific range', () => {
    expect(bestMatch('*/*, application/json;q=0', ['application/json', 'application/msgpack'])).toBe(
      'application/msgpack',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { normalizeEmail } from './email-address.js';

describe('normalizeEmail', () => {
  it.each([
    ['ana@example.com', 'ana@example.com'],
    ['Ana@Example.COM', 'Ana@Example.COM'],
    ['jose\u0301@example.com', 'josé@example.com'],
    ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
    ['ana@BU\u0308CHER.example', 'ana@xn--bcher-kva.example'],
    ['ana@ｅｘａｍｐｌｅ。com', 'ana@example.com'],
    ['a@b@bücher.example', 'a@b@xn--bcher-kva.example'],
  ])('turns %j into %j', (given, expected) => {
    expect(normalizeEmail(given)).toBe(expected);
    expect(normalizeEmail(expected)).toBe(expected);
  });

  it.each(['', 'ana', '@', 'ana@', 'ana@é%41.com', 'ana@1.2', 'ana@[127.0.0.1]', 'ana@\u0301 .com'])(
    'leaves %j for the validation',
    (given) => {
      expect(normalizeEmail(given)).toBe(given);
    },
  );
});

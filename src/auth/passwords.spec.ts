import { describe, expect, it } from 'vitest';
import { isCommonPassword, Passwords } from './passwords.js';

const passwords = new Passwords();

describe('Passwords', () => {
  it('keeps Argon2id with 19 MiB, two passes and a salt of its own', async () => {
    const [one, other] = await Promise.all([passwords.hash('correct horse 7'), passwords.hash('correct horse 7')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await passwords.matches('correct horse 7', one)).toBe(true);
    expect(await passwords.matches('Correct horse 7', one)).toBe(false);
  });

  it('reads all of a long password', async () => {
    const long = 'x'.repeat(127);
    expect(await passwords.matches(`${long}b`, await passwords.hash(`${long}a`))).toBe(false);
  });

  it('matches a password typed in another Unicode form', async () => {
    expect(await passwords.matches('cafe\u0301-au-lait', await passwords.hash('caf\u00e9-au-lait'))).toBe(true);
  });

  it('never matches where there is no account, not even its decoy', async () => {
    expect(await passwords.matches('a password that nobody has', null)).toBe(false);
    // The account of the server itself, and those of people who were erased.
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
    'knows %s',
    (password) => {
      expect(isCommonPassword(password)).toBe(true);
    },
  );

  it('knows the names of the account itself', () => {
    expect(isCommonPassword('Ana.Example', 'ana.example', 'ana@example.com')).toBe(true);
    expect(isCommonPassword('ANA@example.com', 'ana', 'ana@example.com')).toBe(true);
  });

  it.each(['correct horse 7', 'Ünüsual-pässword', 'xkcd-936!', 'abababab9'])('lets %s pass', (password) => {
    expect(isCommonPassword(password, 'ana', 'ana@example.com')).toBe(false);
  });
});

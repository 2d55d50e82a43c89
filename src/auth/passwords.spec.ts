import { describe, expect, it } from 'vitest';
import { readConfig } from '../platform/config/config.js';
import { Problem } from '../problems/problem.js';
import { Passwords } from './passwords.js';

const atOnce = (passwordHashesAtOnce: number): Passwords =>
  new Passwords(readConfig({ NODE_ENV: 'test' }).with({ passwordHashesAtOnce }));
const passwords = atOnce(2);

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
    // CPU time of all threads: a machine with much to do changes it little.
    const cost = async (hash: string | null): Promise<number> => {
      const before = process.cpuUsage();
      await passwords.matches('wrong horse 7', hash);
      return process.cpuUsage(before).user;
    };
    await cost(null);
    const least = async (hash: string | null): Promise<number> => {
      const costs: number[] = [];
      while (costs.length < 5) costs.push(await cost(hash));
      return Math.min(...costs);
    };
    const [known, unknown] = [await least(stored), await least(null)];
    expect(unknown).toBeGreaterThan(known / 3);
  });

  it('lets 32 wait for each that runs, and refuses more with a time to try again', async () => {
    const stored = await passwords.hash('correct horse 7');
    const one = atOnce(1);
    const answers = await Promise.allSettled(Array.from({ length: 40 }, () => one.matches('wrong horse 7', stored)));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Problem] : []));
    expect(answers.length - refused.length).toBe(33);
    for (const problem of refused) {
      expect(problem).toBeInstanceOf(Problem);
      expect(problem).toMatchObject({ code: 'unavailable', extras: { headers: { 'retry-after': '1' } } });
    }
    expect(await one.matches('correct horse 7', stored)).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgePassword } from './judge-password.js';

const judge = (password: string, ...ownWords: string[]): Promise<string | null> => judgePassword(password, ownWords);

describe('judgePassword', () => {
  it.each([
    ['a leaked one', ['password', '12345678', 'iloveyou', 'qwertyuiop', 'football1', 'trustno1', 'kangaroo']],
    ['one in upper case', ['PassWord1', 'KANGAROO', 'aaaaAAAA']],
    ['one with digits for letters', ['p@ssw0rd', 'P@55w0rd2026', 'dr0wssap']],
    [
      'one with something behind it',
      ['convene1', 'Welcome1!', 'Summer2026!', 'Welcome2026!!', 'Monday2026', 'login123'],
    ],
    ['one of another language', ['motdepasse', 'passwort1', 'contraseña1', 'пароль12', 'wachtwoord']],
    ['a repetition', ['11111112', '00000000', 'abcabcabc', 'hunter2hunter2', '!!!!!!!!', 'e\u0301'.repeat(4)]],
    ['a sequence', ['abcdefgh', '23456789', '98765432', 'zyxwvuts']],
    ['a pattern of keys', ['qwertzuiop', 'zxcvbnm,./', '1qaz2wsx', '!QAZ2wsx']],
    ['a date', ['19850412', '12.04.1985', '1985-04-12']],
    ['one in compatibility characters', ['ｐａｓｓｗｏｒｄ１', '①②③④⑤⑥⑦⑧']],
    ['one in letters that look alike', ['pАssword1', 'раsswоrd', 'ρassword1', 'passѡord', 'PΑSSWΟRD1', 'qwеrtyuiop']],
    ['one with accents', ['pässwörd1', 'pa\u0301ssword', 'ĸangaroo1', 'łetmein1']],
    [
      'a phrase that everybody quotes',
      ['correcthorse', 'CorrectHorse1', 'correct horse battery staple', 'c0rrecth0rse', 'tobeornottobe'],
    ],
    ['a long one without content', ['x'.repeat(128), '20'.repeat(64), 'password'.repeat(16), `${' '.repeat(127)}x`]],
  ])('refuses %s', async (_kind, passwords) => {
    for (const password of passwords) {
      expect({ password, reason: await judge(password) }).toEqual({ password, reason: expect.any(String) });
    }
  });

  it.each(['ana.example', 'Ana.Example1', 'anaexample', 'acme-corp', 'Acme1234', 'ANA@ACME-CORP.EXAMPLE'])(
    'refuses %s, made of the names of the account',
    async (password) => {
      expect(await judge(password, 'ana.example', 'ana@acme-corp.example')).toEqual(expect.any(String));
    },
  );

  it.each([
    ['password1', /lists of leaked passwords/],
    ['Summer2026!', /leaked password with small changes/],
    ['qwertzuiop', /pattern of keys/],
    ['11111112', /repeats the same characters/],
    ['23456789', /sequence/],
    ['12.04.1985', /date/],
    ['wonderland1', /easy to guess/],
  ])('says why %s is weak, and what to do', async (password, reason) => {
    expect(await judge(password)).toMatch(reason);
    expect(await judge(password)).toMatch(/\. Use several unrelated words, or a password manager\.$/);
  });

  it('says that a name of the account is one', async () => {
    expect(await judge('ana.example', 'ana.example')).toMatch(/your user name or your e-mail address/);
  });

  it.each([
    'correct horse 7',
    'correct pony 7',
    'Привет-мокрый-асфальт',
    'crimson lantern gravel otter',
    'zq9vkf3x',
    'x7Kp9!#$',
    'Ünüsual-pässword',
    'xkcd-936!',
    'كلمة السر هنا',
    '密码学家喜欢长句',
    '🐎🔋📎🌧🚲🍋🎻🧦',
    `${'a'.repeat(96)}zq9vkf3x-and-the-rest-is-another`,
  ])('accepts %s', async (password) => {
    expect(await judge(password, 'ana', 'ana@example.com')).toBeNull();
  });

  it('accepts 12 random letters and digits, whatever they are', async () => {
    const letters = [...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'];
    const random = fc.array(fc.constantFrom(...letters), { minLength: 12, maxLength: 12 });
    await fc.assert(fc.asyncProperty(random, async (chosen) => (await judge(chosen.join(''))) === null));
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', '__proto__.toString'])(
    'judges %s like any text',
    async (name) => {
      await expect(judge(name, name)).resolves.toEqual(expect.any(String));
    },
  );
});

describe('the time that a judgement takes', () => {
  const SUBSTITUTES = ['4@8({[</369&#!1/|0$5+%2', '@4({[<369&#!1/|0$5+7%2z', '1!|/7$5+', 'p4$$w0rd', '1a2B3c4D'];
  const HOSTILE = [...SUBSTITUTES, '0', '20', '12/12/', 'qwertyuiop', 'abcabd', 'aA', 'ﷺ', '\u0344', 'é', '😀'];

  it('is a few milliseconds of processor, for 128 characters of any kind', async () => {
    await judge('the first one loads the lists');
    const took: Record<string, number> = {};
    for (const unit of HOSTILE) {
      const password = unit.repeat(128).slice(0, 128);
      // The cheapest of several, in time of the processor: the machine may be busy.
      let cheapest = Infinity;
      for (let times = 0; times < 5; times += 1) {
        const before = process.cpuUsage();
        await judge(password, 'a'.repeat(80), `${'abc.'.repeat(60)}@example.com`);
        const { user, system } = process.cpuUsage(before);
        cheapest = Math.min(cheapest, (user + system) / 1_000);
      }
      took[unit] = cheapest;
    }
    // Without bounds they take up to 2,000.
    expect(Object.entries(took).filter(([, milliseconds]) => milliseconds > 40)).toEqual([]);
  });
});

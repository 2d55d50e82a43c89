import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/platform/config/config.js';
import { SETTINGS } from '../../src/platform/config/settings.js';

const TEXT = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
const settings = Object.values(SETTINGS);

/** The variables that the configuration is refused for. */
function refusedVariables(env: NodeJS.ProcessEnv): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.split(':')[0]!);
    throw error;
  }
  return [];
}

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://convene:9sKc2Lq7@db.internal:5432/convene',
  JWT_SECRET: 'kO3v9nYx1Zr5tQw8eLb2uHs6jGd4fAc7',
};

describe('.env.example', () => {
  it('lists every setting with its default, and nothing else', () => {
    expect(parseEnv(TEXT)).toEqual(Object.fromEntries(settings.map(({ variable, fallback }) => [variable, fallback])));
  });

  it.each(settings.map(({ variable, help }) => [variable, help]))('describes %s: %s', (variable, help) => {
    const lines = TEXT.split('\n');
    const comment = lines[lines.findIndex((line) => line.startsWith(`${variable}=`)) - 1]!;
    expect(comment.startsWith(`# ${help}`), comment).toBe(true);
  });

  it('is a configuration that the server takes, the same as none', () => {
    expect(readConfig(parseEnv(TEXT) as NodeJS.ProcessEnv).values).toEqual(readConfig({}).values);
  });

  it('is refused in production, which needs a database and a secret', () => {
    expect(refusedVariables({ ...parseEnv(TEXT), NODE_ENV: 'production' })).toEqual(['DATABASE_URL', 'JWT_SECRET']);
  });
});

describe('the table of docs/guide/configuration.md', () => {
  it('lists every setting with its default and meaning, in the same words', () => {
    const guide = readFileSync(new URL('../../docs/guide/configuration.md', import.meta.url), 'utf8');
    const [, table = ''] = /\| Variable +\| Default +\| Meaning +\|\n.*\n((?:\|.*\n)+)/.exec(guide) ?? [];
    const cells = table
      .trimEnd()
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
    expect(cells.map(([, variable, fallback, help]) => ({ variable, fallback, help }))).toEqual(
      settings.map(({ variable, fallback, help }) => ({ variable, fallback, help })),
    );
  });
});

describe('the configuration', () => {
  it('is accepted in production with a real database and a real secret', () => {
    expect(refusedVariables(PRODUCTION)).toEqual([]);
  });

  it.each([
    ['a secret of less than 32 bytes', { JWT_SECRET: 'kO3v9nYx1Zr5tQw8eLb2uHs6' }, ['JWT_SECRET']],
    [
      'a secret that says what to do with it',
      { JWT_SECRET: 'please-change-me-to-something-long-enough' },
      ['JWT_SECRET'],
    ],
    ['a secret from an example', { JWT_SECRET: 'this-is-only-an-example-secret-0123456789' }, ['JWT_SECRET']],
    ['a secret of one letter', { JWT_SECRET: 'x'.repeat(48) }, ['JWT_SECRET']],
    ['a second secret that is weak', { JWT_SECRET: `${PRODUCTION.JWT_SECRET},${'x'.repeat(48)}` }, ['JWT_SECRET']],
    ['no secret', { JWT_SECRET: '' }, ['JWT_SECRET']],
    ['no database', { DATABASE_URL: '' }, ['DATABASE_URL']],
    ['a sample database', { DATABASE_URL: 'postgres://convene:changeme@db:5432/convene' }, ['DATABASE_URL']],
    [
      'the database of an example',
      { DATABASE_URL: 'postgres://convene:9sKc2Lq7@db.example.com/convene' },
      ['DATABASE_URL'],
    ],
  ])('refuses in production %s', (_what, changes, variables) => {
    expect(refusedVariables({ ...PRODUCTION, ...changes })).toEqual(variables);
  });

  it('names all wrong variables at once, and never their values', () => {
    const wrong = {
      NODE_ENV: 'produktion',
      PORT: '65536',
      DATABASE_URL: 'mysql://root:hunter2@db/convene',
      DATABASE_POOL_SIZE: 'many',
      REDIS_URL: 'http://:hunter2@redis',
      JWT_SECRET: 'hunter2',
      ACCESS_TOKEN_SECONDS: '-1',
      REFRESH_TOKEN_DAYS: '1.5',
      LOG_LEVEL: 'loud',
      MAX_BATCH: '0',
    };
    expect(refusedVariables(wrong).sort()).toEqual(Object.keys(wrong).sort());
    expect(() => readConfig(wrong)).toThrow(ConfigError);
    expect(() => readConfig(wrong)).not.toThrow(/hunter2/);
  });

  it('takes an empty variable for a missing one', () => {
    expect(readConfig({ PORT: '', MAX_BATCH: '  ' }).values).toEqual(readConfig({}).values);
  });
});

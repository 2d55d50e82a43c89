import { describe, expect, it } from 'vitest';
import { readConfig } from '../platform/config/config.js';
import { RefreshTokens } from './refresh-tokens.js';

const withSecrets = (...secrets: string[]): RefreshTokens =>
  new RefreshTokens(readConfig({ JWT_SECRET: secrets.join(',') }));

const NEW = 'the new secret of this spec only';
const OLD = 'the old secret of this spec only';
const name = { sessionId: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01', count: 7 };

describe('RefreshTokens', () => {
  const tokens = withSecrets(NEW);
  const token = tokens.issue(name);

  it('reads back the session and the count', () => {
    expect(tokens.read(token)).toEqual(name);
    expect(tokens.read(tokens.issue({ ...name, count: 0 }))).toEqual({ ...name, count: 0 });
  });

  it('issues the same token again, so that a second tab receives the same successor', () => {
    expect(tokens.issue(name)).toBe(token);
  });

  it('rejects a token with any part changed', () => {
    const [session = '', , mac = ''] = token.split('.');
    const flipped = `${mac[0] === 'A' ? 'B' : 'A'}${mac.slice(1)}`;
    const forged = [
      `${session}.8.${mac}`,
      `${session}.07.${mac}`,
      `${session.replace('0193', '0194')}.7.${mac}`,
      `${session}.7.${flipped}`,
      `${session}.7.${mac.slice(0, -1)}`,
      `${session}.7.`,
      `${session}.7.${mac}.x`,
      ` ${token}`,
      token.toUpperCase(),
    ];
    for (const candidate of forged) expect(tokens.read(candidate)).toBeNull();
  });

  it.each(['', 'x', '..', 'eyJhbGciOiJub25lIn0.e30.', '🙂', '\0'])('rejects %j', (text) => {
    expect(tokens.read(text)).toBeNull();
  });

  it('reads tokens of an older secret as long as the list contains it', () => {
    const old = withSecrets(OLD).issue(name);
    expect(withSecrets(NEW, OLD).read(old)).toEqual(name);
    expect(withSecrets(NEW).read(old)).toBeNull();
  });

  it('signs with the newest secret', () => {
    expect(withSecrets(NEW, OLD).issue(name)).toBe(token);
  });
});

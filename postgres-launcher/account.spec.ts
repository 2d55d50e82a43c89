import { describe, expect, it } from 'vitest';
import { canEnter } from './account.js';

describe('canEnter', () => {
  const nobody = { uid: 65_534, gid: 65_534 };

  it('uses the first class of permissions that applies', () => {
    expect(canEnter({ mode: 0o700, uid: 0, gid: 0 }, nobody)).toBe(false);
    expect(canEnter({ mode: 0o701, uid: 0, gid: 0 }, nobody)).toBe(true);
    expect(canEnter({ mode: 0o701, uid: 0, gid: 65_534 }, nobody)).toBe(false);
    expect(canEnter({ mode: 0o011, uid: 65_534, gid: 65_534 }, nobody)).toBe(false);
    expect(canEnter({ mode: 0o100, uid: 65_534, gid: 65_534 }, nobody)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { parsePostmasterPid, withoutPid } from './postmaster-pid.js';

const READY = '4711\n/data/postgres\n1795000000\n21000\n\n127.0.0.1\n  1234567         5\nready   \n';

describe('postmaster.pid', () => {
  it('names the server, its port and whether it is ready', () => {
    expect(parsePostmasterPid(READY)).toEqual({ pid: 4711, standalone: false, port: 21_000, ready: true });
    expect(parsePostmasterPid(READY.replace('ready   ', 'stopping'))).toMatchObject({ ready: false });
  });

  it('is understood while it is being written', () => {
    expect(parsePostmasterPid('')).toBeUndefined();
    expect(parsePostmasterPid('4711\n/data/postgres\n')).toMatchObject({ pid: 4711, port: undefined, ready: false });
  });

  it('marks a single-user server by a negative pid', () => {
    expect(parsePostmasterPid(READY.replace('4711', '-4711'))).toMatchObject({ pid: 4711, standalone: true });
  });

  it('loses its pid and keeps the line about shared memory', () => {
    const disowned = withoutPid(READY);
    expect(parsePostmasterPid(disowned)?.pid).toBeGreaterThan(4_194_304);
    expect(disowned.split('\n').slice(1)).toEqual(READY.split('\n').slice(1));
  });
});

import { describe, expect, it } from 'vitest';
import { parsePostmasterPid, withInvalidPid } from './postmaster-pid.js';

const READY = '4711\n/data/postgres\n1795000000\n21000\n\n127.0.0.1\n  1234567         5\nready   \n';

describe('postmaster.pid', () => {
  it('contains the pid, the port and whether the server is ready', () => {
    expect(parsePostmasterPid(READY)).toEqual({ pid: 4711, standalone: false, port: 21_000, ready: true });
    expect(parsePostmasterPid(READY.replace('ready   ', 'stopping'))).toMatchObject({ ready: false });
  });

  it('can be parsed while it is being written', () => {
    expect(parsePostmasterPid('')).toBeUndefined();
    expect(parsePostmasterPid('4711\n/data/postgres\n')).toMatchObject({ pid: 4711, port: undefined, ready: false });
  });

  it('marks a single-user server by a negative pid', () => {
    expect(parsePostmasterPid(READY.replace('4711', '-4711'))).toMatchObject({ pid: 4711, standalone: true });
  });

  it('loses its pid and keeps the line about shared memory', () => {
    const text = withInvalidPid(READY);
    expect(parsePostmasterPid(text)?.pid).toBeGreaterThan(4_194_304);
    expect(text.split('\n').slice(1)).toEqual(READY.split('\n').slice(1));
  });
});

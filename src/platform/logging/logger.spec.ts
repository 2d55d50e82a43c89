import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flushLines } from './log-output.js';
import { createLogger } from './logger.js';

let written: [stream: string, text: string][];
beforeEach(() => {
  written = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => written.push([stream, String(text)]) > 0);
  }
});
afterEach(() => void vi.restoreAllMocks());

const records = (): Record<string, unknown>[] =>
  written.flatMap(([, text]) => text.trimEnd().split('\n')).map((line) => JSON.parse(line) as Record<string, unknown>);

describe('createLogger', () => {
  it('writes one JSON object per line, in order, with level, context and fields', () => {
    const logger = createLogger('info');
    logger.log('request', { status: 200, user_id: undefined }, 'Http');
    logger.warn('late “reader”\n', 'Live');
    logger.debug('unseen');
    flushLines();
    const common = { pid: process.pid, timestamp: expect.any(Number) as number };
    expect(records()).toEqual([
      { ...common, level: 'log', message: 'request', context: 'Http', status: 200 },
      { ...common, level: 'warn', message: 'late “reader”\n', context: 'Live' },
    ]);
  });

  it('masks secrets, however deep they are', () => {
    createLogger('info').log('settings', { password: 'p1', list: [{ Authorization: 'p2', name: 'ana' }] }, 'Test');
    flushLines();
    expect(records()).toMatchObject([{ password: '[REDACTED]', list: [{ Authorization: '[REDACTED]', name: 'ana' }] }]);
  });

  it('writes what JSON does not know', () => {
    const cycle: Record<string, unknown> = { size: 10n };
    cycle.self = cycle;
    createLogger('info').log('odd', { cycle, error: new Error('broken') }, 'Test');
    flushLines();
    expect(records()).toMatchObject([{ cycle: { size: '10' }, error: expect.stringContaining('Error: broken') }]);
  });

  it('writes many lines at once, without being asked', async () => {
    const logger = createLogger('info');
    for (let number = 0; number < 100; number += 1) logger.log('request', { number }, 'Http');
    expect(written.length).toBeLessThan(5);
    await vi.waitFor(() => expect(records().map(({ number }) => number)).toEqual([...Array(100).keys()]), 60_000);
  });

  it('writes errors at once to standard error, after the lines before them', () => {
    const logger = createLogger('info');
    logger.log('before', 'Test');
    logger.error('broken', 'Error: broken\n    at file.js:1:1', 'Test');
    expect(written.map(([stream]) => stream)).toEqual(['stdout', 'stderr']);
    expect(records()).toMatchObject([{ message: 'before' }, { message: 'broken', level: 'error' }]);
  });
});

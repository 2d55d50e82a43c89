import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pauseBeforeRestart, Supervisor } from './supervisor.js';

describe('pauseBeforeRestart', () => {
  it('grows from nothing to half a minute', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 100].map(pauseBeforeRestart)).toEqual([
      0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
  });
});

describe('Supervisor', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function supervise(restart: () => Promise<void>) {
    const state = { running: true };
    const log = vi.fn();
    const cleanUp = vi.fn(async () => undefined);
    return {
      state,
      log,
      cleanUp,
      supervisor: new Supervisor({ isRunning: () => state.running, restart, cleanUp, log }),
    };
  }

  it('restarts a server within a second after its end', async () => {
    const restart = vi.fn(async () => void (state.running = true));
    const { state, supervisor } = supervise(restart);
    await vi.advanceTimersByTimeAsync(5000);
    expect(restart).not.toHaveBeenCalled();
    state.running = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(restart).toHaveBeenCalledTimes(1);
    await supervisor.stop();
  });

  it('tries less and less often while restarts fail, and logs why', async () => {
    const restart = vi.fn(() => Promise.reject(new Error('disk full')));
    const { state, supervisor, log } = supervise(restart);
    state.running = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(restart.mock.calls.length).toBeGreaterThan(3);
    expect(restart.mock.calls.length).toBeLessThan(8);
    expect(log).toHaveBeenCalledWith('Restarting PostgreSQL failed: disk full');
    await supervisor.stop();
  });

  it('forgets earlier restarts after ten seconds without one', async () => {
    const restart = vi.fn(async () => void (state.running = true));
    const { state, supervisor } = supervise(restart);
    for (let crash = 1; crash <= 5; crash++) {
      state.running = false;
      await vi.advanceTimersByTimeAsync(1000);
      expect(restart).toHaveBeenCalledTimes(crash);
      await vi.advanceTimersByTimeAsync(12_000);
    }
    await supervisor.stop();
  });

  it('shares one restart among all callers, and does not restart after stop', async () => {
    const restart = vi.fn(async () => void (state.running = true));
    const { state, supervisor } = supervise(restart);
    state.running = false;
    await Promise.all([supervisor.ensureRunning(), supervisor.ensureRunning()]);
    expect(restart).toHaveBeenCalledTimes(1);
    await supervisor.stop();
    state.running = false;
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(supervisor.ensureRunning()).rejects.toThrow('stopped');
    expect(restart).toHaveBeenCalledTimes(1);
  });
});

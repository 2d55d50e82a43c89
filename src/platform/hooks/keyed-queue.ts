import type { EventEmitter } from 'node:events';

/** Too many wait for a place already, or this one has waited for too long. */
export class QueueFull extends Error {}

interface Line {
  running: number;
  waiting: Set<() => void>;
}

interface Limits {
  /** How many run at once with the same key. */
  atOnce: number;
  /** How many may wait with the same key. */
  waiting: number;
  /** Milliseconds. */
  longestWait: number;
}

/** Lets a few run at once for each key, and the others with that key wait in their order. Keys do not affect each other. */
export class KeyedQueue {
  private readonly lines = new Map<string, Line>();
  private readonly limits: Limits;
  /** How many wait, for all keys. */
  waiting = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /**
   * Waits for a place. Returns the function that gives it back; only its first call counts.
   * @param gone emits `close` when nobody is interested any more; the wait then ends as if it had been too long
   * @throws QueueFull
   */
  async enter(key: string, gone?: EventEmitter): Promise<() => void> {
    const line = this.lineOf(key);
    if (line.running < this.limits.atOnce) line.running += 1;
    else await this.wait(line, gone);
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.leave(key, line);
    };
  }

  private lineOf(key: string): Line {
    const known = this.lines.get(key);
    if (known) return known;
    const line = { running: 0, waiting: new Set<() => void>() };
    this.lines.set(key, line);
    return line;
  }

  private wait(line: Line, gone: EventEmitter | undefined): Promise<void> {
    if (line.waiting.size >= this.limits.waiting) throw new QueueFull();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        gone?.off('close', giveUp);
        line.waiting.delete(start);
        this.waiting -= 1;
      };
      const start = (): void => {
        stop();
        resolve();
      };
      const giveUp = (): void => {
        stop();
        reject(new QueueFull());
      };
      const timer = setTimeout(giveUp, this.limits.longestWait);
      gone?.once('close', giveUp);
      line.waiting.add(start);
      this.waiting += 1;
    });
  }

  /** The place goes to the one that has waited longest. */
  private leave(key: string, line: Line): void {
    const [next] = line.waiting;
    if (next) return next();
    line.running -= 1;
    if (line.running === 0) this.lines.delete(key);
  }
}

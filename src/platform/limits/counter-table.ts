interface Counter {
  count: number;
  /** When the window ends, in milliseconds of the clock of the store. */
  endsAt: number;
}

/**
 * Counters by subject, in two generations. A new generation begins when the present one is full or as old as a window; the
 * one before it is then forgotten as a whole, so that no time is spent on finding what has ended. A subject that is
 * counted again moves to the present generation.
 */
class Generations {
  private present = new Map<string, Counter>();
  private past = new Map<string, Counter>();
  private beganAt = -Infinity;

  constructor(private readonly maxSubjects: number) {}

  get size(): number {
    return this.present.size + this.past.size;
  }

  get(subject: string): Counter | undefined {
    return this.present.get(subject) ?? this.past.get(subject);
  }

  set(subject: string, counter: Counter): void {
    this.present.set(subject, counter);
    if (this.past.size > 0) this.past.delete(subject);
  }

  delete(subject: string): void {
    if (!this.present.delete(subject)) this.past.delete(subject);
  }

  /** Begins a new generation if it is time. */
  renew(now: number, windowMs: number): void {
    const age = now - this.beganAt;
    if (age < windowMs && this.present.size < this.maxSubjects) return;
    this.past = age < 2 * windowMs ? this.present : new Map();
    this.present = new Map();
    this.beganAt = now;
  }
}

/**
 * The counters of one budget, with a bound. Subjects that have used up the budget are apart: only others of their kind
 * make the table forget them.
 */
export class CounterTable {
  private readonly counting: Generations;
  private readonly usedUp: Generations;
  private longestMs = 0;

  /** @param maxSubjects per generation, of which there are four */
  constructor(maxSubjects: number) {
    this.counting = new Generations(maxSubjects);
    this.usedUp = new Generations(maxSubjects);
  }

  get size(): number {
    return this.counting.size + this.usedUp.size;
  }

  /** Returns the counter of the subject; undefined when its window has ended. */
  find(subject: string, now: number): Counter | undefined {
    const counter = this.counting.get(subject) ?? this.usedUp.get(subject);
    return counter && counter.endsAt > now ? counter : undefined;
  }

  set(subject: string, counter: Counter, limit: number): void {
    const isUsedUp = counter.count >= limit;
    (isUsedUp ? this.usedUp : this.counting).set(subject, counter);
    (isUsedUp ? this.counting : this.usedUp).delete(subject);
  }

  /**
   * Forgets what has ended, and what is too much.
   * @param windowMs the window of what comes next, if it may be longer than those before
   */
  renew(now: number, windowMs = 0): void {
    this.longestMs = Math.max(this.longestMs, windowMs);
    this.counting.renew(now, this.longestMs);
    this.usedUp.renew(now, this.longestMs);
  }
}

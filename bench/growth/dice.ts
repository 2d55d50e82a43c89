import { Chance } from '../../test/support/random.js';

/** A repeatable source of chance with the distributions that calendars have. */
export class Dice extends Chance {
  /** Returns true with a probability from 0 to 1. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** Returns a number from 0 up, with the given mean: most are small, a few are large. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Returns a positive number around 1: half are below it, and a few are several times as large. */
  logNormal(sigma: number): number {
    return Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next()));
  }

  /** Returns up to `count` different items. */
  sample<T>(items: readonly T[], count: number): T[] {
    const chosen = new Set<T>();
    // A bounded number of attempts: there may be fewer items.
    for (let attempt = 0; chosen.size < count && attempt < count * 4; attempt += 1) chosen.add(this.pick(items));
    return [...chosen];
  }
}

import { Injectable } from '@nestjs/common';

/** Whole milliseconds that only move forward: setting the clock of the machine neither ends nor extends a window. */
@Injectable()
export class MonotonicClock {
  now(): number {
    return Math.floor(performance.now());
  }
}

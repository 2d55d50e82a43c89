import { setImmediate } from 'node:timers/promises';

/** Shorter than anybody notices. */
const SLICE_MS = 15;

/** Long work in slices of some milliseconds: between them, the server handles other requests. */
export class TimeSlices {
  private began = performance.now();

  /** Call it between steps that are shorter than a slice, and await what it returns. */
  pause(): Promise<void> | undefined {
    return performance.now() - this.began < SLICE_MS ? undefined : this.rest();
  }

  private async rest(): Promise<void> {
    await setImmediate();
    this.began = performance.now();
  }
}

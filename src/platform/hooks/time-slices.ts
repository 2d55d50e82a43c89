import { setImmediate as nextTurn } from 'node:timers/promises';

/** Shorter than anybody notices. */
const SLICE_MS = 15;
/** What each piece of work may take of a turn that others have used up: otherwise it would do one step per turn. */
const SHARE_MS = 2;

/**
 * When the first slice of the current turn of the event loop began; null before it. Pieces of work that follow each other
 * in one turn, within a request or of several, share the time of one slice: others wait for all of them together.
 */
let turnBegan: number | null = null;

/** Long work in slices of some milliseconds: between them, the server handles other requests. */
export class TimeSlices {
  private began: number | null = null;

  /** Call it between steps that are shorter than a slice, and await what it returns. */
  pause(): Promise<void> | undefined {
    const now = performance.now();
    turnBegan ??= beginTurn(now);
    this.began ??= now;
    return now - turnBegan < SLICE_MS || now - this.began < SHARE_MS ? undefined : this.rest();
  }

  private async rest(): Promise<void> {
    await nextTurn();
    this.began = null;
  }
}

/** Returns when the turn began, and forgets it at the end of the turn. */
function beginTurn(now: number): number {
  setImmediate(() => (turnBegan = null));
  return now;
}

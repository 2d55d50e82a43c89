/** How much may be counted for one subject in one window of time. */
export interface Budget {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** What was counted for a subject in its current window. */
export interface Count {
  count: number;
  /** Milliseconds until the window ends and the count is 0 again. */
  resetMs: number;
}

/**
 * Counts in fixed windows: the window of a subject begins when it is first counted and ends `windowMs` later. Each call
 * takes the same time, however much was counted. A store that is near answers at once, without a promise.
 */
export interface CounterStore {
  /** Counts `cost` more for the subject, atomically, and returns the new count. Never rejects. */
  add(budget: Budget, subject: string, cost: number): Count | Promise<Count>;
  /** Takes back what `add` counted, unless the window has ended since. Never fails. */
  refund(budget: Budget, subject: string, cost: number): void;
  /** Returns how many subjects are held in the memory of this server. */
  size(): number;
  close(): void;
}

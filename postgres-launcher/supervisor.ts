/** How the supervisor looks at the server and brings it back. */
export interface Supervised {
  /** Cheap and synchronous; asked about every second. */
  isRunning(): boolean;
  restart(): Promise<void>;
  /** Now and then, for housekeeping while the server runs. */
  tidy(): Promise<void>;
  readonly log: (message: string) => void;
}

const INTERVAL_MS = 1_000;
const TICKS_BETWEEN_TIDYING = 60;
const LONGEST_PAUSE_MS = 30_000;
/** A server that ran this long has earned an immediate restart. */
const HEALTHY_MS = 10_000;

/** Milliseconds to wait before the next restart after so many in a row: none, then 1, 2, 4 … 30 seconds. */
export function pauseBeforeRestart(restartsInARow: number): number {
  return restartsInARow === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (restartsInARow - 1));
}

/** Restarts the server when its process has gone. Its timer does not keep this process alive. */
export class Supervisor {
  private readonly timer: NodeJS.Timeout;
  private restarting: Promise<void> | undefined;
  private restartsInARow = 0;
  private lastRestart = 0;
  private ticks = 0;
  private stopped = false;

  constructor(private readonly supervised: Supervised) {
    this.timer = setInterval(() => this.tick(), INTERVAL_MS);
    this.timer.unref();
  }

  /** Restarts the server now if it is gone, without regard to back-off. Rejects when that fails or after `stop`. */
  ensureRunning(): Promise<void> {
    if (this.stopped) return Promise.reject(new Error('This handle on PostgreSQL has been stopped.'));
    if (this.restarting) return this.restarting;
    if (this.supervised.isRunning()) return Promise.resolve();
    this.lastRestart = Date.now();
    this.restartsInARow++;
    this.supervised.log('PostgreSQL has ended unexpectedly; restarting it.');
    this.restarting = this.supervised.restart().finally(() => (this.restarting = undefined));
    return this.restarting;
  }

  /** Ends the supervision; a restart that is under way is waited for. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.restarting?.catch(() => undefined);
  }

  private tick(): void {
    if (this.restarting) return;
    if (this.supervised.isRunning()) {
      if (Date.now() - this.lastRestart > HEALTHY_MS) this.restartsInARow = 0;
      if (++this.ticks % TICKS_BETWEEN_TIDYING === 0) this.supervised.tidy().catch(() => undefined);
      return;
    }
    if (Date.now() - this.lastRestart < pauseBeforeRestart(this.restartsInARow)) return;
    this.ensureRunning().catch((error: unknown) => {
      this.supervised.log(
        `PostgreSQL could not be restarted: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  }
}

/** The server, as the supervisor sees it. */
export interface Supervised {
  /** Called about once per second, so it must be cheap. */
  isRunning(): boolean;
  restart(): Promise<void>;
  /** Called about once per minute while the server is running. */
  cleanUp(): Promise<void>;
  readonly log: (message: string) => void;
}

const INTERVAL_MS = 1_000;
const TICKS_PER_CLEAN_UP = 60;
const MAX_PAUSE_MS = 30_000;
/** A server that has run this long since its last restart is restarted immediately. */
const HEALTHY_MS = 10_000;

/** Returns the milliseconds to wait before the next restart: none before the first, then 1, 2, 4 … 30 seconds. */
export function pauseBeforeRestart(restartsInARow: number): number {
  return restartsInARow === 0 ? 0 : Math.min(MAX_PAUSE_MS, 1000 * 2 ** (restartsInARow - 1));
}

/** Restarts the server when its process has ended. Its timer does not keep this process alive. */
export class Supervisor {
  private readonly timer: NodeJS.Timeout;
  private restarting: Promise<void> | undefined;
  private restartsInARow = 0;
  private lastRestart = -Infinity;
  private ticks = 0;
  private stopped = false;

  constructor(private readonly supervised: Supervised) {
    this.timer = setInterval(() => this.tick(), INTERVAL_MS);
    this.timer.unref();
  }

  /** Restarts the server if it has ended, regardless of the pause. Rejects if that fails, and after `stop`. */
  ensureRunning(): Promise<void> {
    if (this.stopped) return Promise.reject(new Error('This PostgreSQL has been stopped.'));
    if (this.restarting) return this.restarting;
    if (this.supervised.isRunning()) return Promise.resolve();
    this.lastRestart = performance.now();
    this.restartsInARow++;
    this.supervised.log('PostgreSQL has ended unexpectedly; restarting it.');
    this.restarting = this.supervised.restart().finally(() => (this.restarting = undefined));
    return this.restarting;
  }

  /** Ends the supervision, after a restart in progress. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.restarting?.catch(() => undefined);
  }

  private tick(): void {
    if (this.restarting) return;
    if (this.supervised.isRunning()) {
      if (performance.now() - this.lastRestart > HEALTHY_MS) this.restartsInARow = 0;
      if (++this.ticks % TICKS_PER_CLEAN_UP === 0) this.supervised.cleanUp().catch(() => undefined);
      return;
    }
    if (performance.now() - this.lastRestart < pauseBeforeRestart(this.restartsInARow)) return;
    this.ensureRunning().catch((error: unknown) => {
      this.supervised.log(`Restarting PostgreSQL failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

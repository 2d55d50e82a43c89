import { Logger } from '@nestjs/common';

/**
 * Lets a higher room take part in what a lower one does, without the lower one knowing it. Every hook is listed in
 * ARCHITECTURE.md with who listens (tested). Listeners run in the order in which they were added.
 */
export class Hook<Arguments extends unknown[]> {
  private readonly listeners: ((...args: Arguments) => unknown)[] = [];

  /** @param name `Class.property`, as ARCHITECTURE.md lists it */
  constructor(readonly name: string) {}

  on(listener: (...args: Arguments) => unknown): void {
    this.listeners.push(listener);
  }

  /** Waits for each listener before it calls the next. @throws whatever a listener throws */
  async run(...args: Arguments): Promise<void> {
    for (const listener of this.listeners) await listener(...args);
  }

  /** Waits for each listener before it calls the next. A listener that throws is logged, and the others still run. */
  async runEach(...args: Arguments): Promise<void> {
    for (const listener of this.listeners) {
      try {
        await listener(...args);
      } catch (error) {
        this.log(error);
      }
    }
  }

  /** Calls every listener and waits for none. A listener that throws is logged: what happened stays as it is. */
  notify(...args: Arguments): void {
    for (const listener of this.listeners) {
      try {
        listener(...args);
      } catch (error) {
        this.log(error);
      }
    }
  }

  private log(error: unknown): void {
    new Logger(this.name).error(error instanceof Error ? error.stack : error);
  }
}

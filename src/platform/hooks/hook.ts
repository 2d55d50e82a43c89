import { Logger } from '@nestjs/common';

/**
 * Lets a higher room extend a lower one that doesn't depend on it. ARCHITECTURE.md lists every hook with its
 * listeners, which a test checks. Listeners run in the order in which they were added.
 */
export class Hook<Arguments extends unknown[]> {
  private readonly listeners: ((...args: Arguments) => unknown)[] = [];

  /** @param name `Class.property`, as ARCHITECTURE.md lists it */
  constructor(readonly name: string) {}

  on(listener: (...args: Arguments) => unknown): void {
    this.listeners.push(listener);
  }

  /** Calls the listeners one after another and waits for each. @throws the first error of a listener */
  async run(...args: Arguments): Promise<void> {
    for (const listener of this.listeners) await listener(...args);
  }

  /** Calls the listeners one after another and waits for each. Logs the error of a listener and calls the others. */
  async runEach(...args: Arguments): Promise<void> {
    for (const listener of this.listeners) {
      try {
        await listener(...args);
      } catch (error) {
        this.log(error);
      }
    }
  }

  /** Calls every listener without waiting. Logs the error of a listener and calls the others. */
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

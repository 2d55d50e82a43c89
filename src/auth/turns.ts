/** Lets work on one key run one after the other, in the order of the calls. Other keys do not wait. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Returns what the work returns, after all earlier work on the key has ended in any way. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    const mine = before ? before.then(work, work) : work();
    this.last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(key) === mine) this.last.delete(key);
    }
  }
}

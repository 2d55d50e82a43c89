/** What every list answers with. */
export interface Page<Item> {
  items: Item[];
  /** Where the next page begins; null on the last one. */
  next_cursor: string | null;
}

type ItemOf<P> = P extends { items: readonly (infer Item)[] } ? Item : never;

/**
 * A list that is read page by page as far as it is needed: `for await (const item of list)`. Nothing is requested before.
 * Each loop begins at the first page.
 */
export class Pages<P extends Page<unknown>> implements AsyncIterable<ItemOf<P>> {
  /** @param read reads the page at the cursor; undefined for the first */
  constructor(private readonly read: (cursor: string | undefined) => Promise<P>) {}

  /** One page: the first, or the one at a `next_cursor`. It has all members of the response. */
  page(cursor?: string | null): Promise<P> {
    return this.read(cursor ?? undefined);
  }

  /** Page by page. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    for (let cursor: string | undefined; ;) {
      const page = await this.read(cursor);
      yield page;
      if (page.next_cursor === null) return;
      cursor = page.next_cursor;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ItemOf<P>, void, undefined> {
    for await (const page of this.pages()) yield* page.items as ItemOf<P>[];
  }

  /** All items, or the first `most` of them. */
  async toArray(most = Infinity): Promise<ItemOf<P>[]> {
    const all: ItemOf<P>[] = [];
    if (most <= 0) return all;
    for await (const item of this) if (all.push(item) >= most) break;
    return all;
  }
}

import type { NewStreamItem } from './stream-item.js';

/** An item with its place among the items of a transaction. */
export interface PlacedItem {
  item: NewStreamItem;
  /** Which change it is about. What the items of one change have in common is sent to the database once. */
  change: number;
  /** How many items of the transaction follow in the same stream. */
  following: number;
  /** Whether it is the first one of the transaction in its stream. */
  isFirst: boolean;
}

/**
 * Returns the items of a transaction, stream by stream in the order of their users, and in the order of the changes within
 * a stream.
 * @param itemsOfChanges the items of each change, at most one per stream
 */
export function placeItems(itemsOfChanges: readonly NewStreamItem[][]): PlacedItem[] {
  const placed = itemsOfChanges.flatMap((items, change) =>
    items.map((item): PlacedItem => ({ item, change, following: 0, isFirst: true })),
  );
  placed.sort(byUser);
  for (let index = placed.length - 2; index >= 0; index -= 1) {
    const [one, next] = [placed[index]!, placed[index + 1]!];
    if (one.item.userId !== next.item.userId) continue;
    one.following = next.following + 1;
    next.isFirst = false;
  }
  return placed;
}

/** The order in which streams are locked. The order of the changes is kept, since sorting is stable. */
const byUser = ({ item: { userId: one } }: PlacedItem, { item: { userId: other } }: PlacedItem): number =>
  one < other ? -1 : one > other ? 1 : 0;

import { describe, expect, it } from 'vitest';
import { placeItems } from './placed-item.js';
import type { NewStreamItem } from './stream-item.js';

const itemsFor = (...userIds: string[]): NewStreamItem[] => userIds.map((userId) => ({ userId }) as NewStreamItem);
const summaryOf = (itemsOfChanges: NewStreamItem[][]): unknown[] =>
  placeItems(itemsOfChanges).map(({ item, change, following, isFirst }) => [item.userId, change, following, isFirst]);

describe('placeItems', () => {
  it('orders the items by user, and those of a user by change', () => {
    expect(summaryOf([itemsFor('c', 'a'), itemsFor('b', 'a', 'c'), itemsFor('a')])).toEqual([
      ['a', 0, 2, true],
      ['a', 1, 1, false],
      ['a', 2, 0, false],
      ['b', 1, 0, true],
      ['c', 0, 1, true],
      ['c', 1, 0, false],
    ]);
  });

  it('returns nothing for changes that nobody hears of', () => {
    expect(placeItems([[], []])).toEqual([]);
  });
});

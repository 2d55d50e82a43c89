import type { Change as LiveItem } from '../../sdk/index.js';

/** The items of several reads, newest first. What is read later wins. */
export function joinItems(known: readonly LiveItem[], read: readonly LiveItem[]): LiveItem[] {
  const items = new Map([...known, ...read].map((item) => [item.id, item]));
  return [...items.values()].sort((a, b) => b.seq - a.seq);
}

/** How many unread ones are not among the items. Those must not be marked as read: nobody has seen them. */
export const countUnseen = (items: readonly LiveItem[], unread: number): number =>
  Math.max(0, unread - items.filter(({ read_at }) => read_at === null).length);

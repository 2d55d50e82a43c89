import { describe, expect, it } from 'vitest';
import type { Change } from '../../sdk/index.js';
import { countUnseen, joinItems } from '../../web/state/inbox-pages.js';

const item = (seq: number, read_at: string | null = null): Change => ({ id: `item-${seq}`, seq, read_at }) as Change;

describe('the pages of the inbox', () => {
  it('are one list without doubles, newest first, and what is read later wins', () => {
    const read = item(2, '2026-06-10T09:00:00Z');
    expect(joinItems([item(3), item(2)], [read, item(1)])).toEqual([item(3), read, item(1)]);
  });

  it('leave unread ones unseen until all of them are loaded', () => {
    const items = [item(3), item(2, '2026-06-10T09:00:00Z'), item(1)];
    expect(countUnseen(items, 36)).toBe(34);
    expect(countUnseen(items, 2)).toBe(0);
    expect(countUnseen(items, 0)).toBe(0);
  });
});

import { batch, computed, signal } from '@preact/signals';
import type { Change as LiveItem } from '../../sdk/index.js';
import { inbox } from '../api.js';
import { countUnseen, joinItems } from './inbox-pages.js';
import { isMe } from './session.js';
import { tellTabs } from './tab-channel.js';

export const unread = signal(0);
/** What is loaded of it, newest first, with your own changes, which are read from the start. */
export const notifications = signal<LiveItem[]>([]);
/** Those by others: what the inbox lists. */
export const byOthers = computed(() => notifications.value.filter(({ actor }) => !isMe(actor.id)));
/** How many unread ones are not loaded yet. */
export const unseen = computed(() => countUnseen(byOthers.value, unread.value));
/** Where the next older page begins; null when there is none. */
export const olderInbox = signal<string | null>(null);

/** So many by others are listed at first, and come with each page. */
const LISTED = 30;
/** A page that is full of your own changes shows nothing; so many in a row are read. */
const MAX_PAGES = 5;
const MAX_KEPT = 300;

/** Reads the newest pages again. */
export async function refreshInbox(): Promise<void> {
  await readPages([], undefined);
}

/** Reads older ones, until some of others are among them. */
export async function loadOlder(): Promise<void> {
  if (olderInbox.value) await readPages(notifications.peek(), olderInbox.value);
}

async function readPages(before: LiveItem[], from: string | undefined): Promise<void> {
  const listed = (items: LiveItem[]): number => items.filter(({ actor }) => !isMe(actor.id)).length;
  const wanted = listed(before) + LISTED;
  let [items, cursor] = [before, from];
  let count = 0;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await inbox.list(cursor).catch(() => null);
    if (!page) return;
    items = joinItems(items, page.items);
    cursor = page.next_cursor ?? undefined;
    count = page.unread_count;
    if (!cursor || listed(items) >= wanted) break;
  }
  batch(() => {
    notifications.value = items;
    olderInbox.value = cursor ?? null;
    unread.value = count;
  });
}

/** Reads all unread ones that are not loaded. */
export async function loadUnread(): Promise<void> {
  const found = await inbox.unread().catch(() => null);
  if (found) notifications.value = joinItems(notifications.value, found);
}

/** Adds what has just happened. */
export function receive(item: LiveItem): void {
  const items = joinItems(notifications.value, [item]);
  if (!item.read_at) unread.value += 1;
  notifications.value = items;
  // The older ones are read again when somebody wants them.
  if (items.length > MAX_KEPT) void refreshInbox();
}

export async function markRead(item: LiveItem): Promise<void> {
  if (item.read_at) return;
  const read_at = new Date().toISOString();
  notifications.value = notifications.value.map((known) => (known.id === item.id ? { ...known, read_at } : known));
  unread.value = Math.max(0, unread.value - 1);
  await inbox.read(item.id).catch(() => undefined);
  tellTabs({ kind: 'inbox' });
}

/** Marks what is listed as read; does nothing while unread ones are not. */
export async function markAllRead(): Promise<void> {
  const newest = notifications.value[0];
  if (!newest || unseen.value > 0) return;
  await inbox.readAll(newest.seq).catch(() => undefined);
  tellTabs({ kind: 'inbox' });
  await refreshInbox();
}

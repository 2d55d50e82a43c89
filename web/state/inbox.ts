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

let reading: Promise<void> = Promise.resolve();
/** What has arrived since the newest pages were asked for. */
let received: LiveItem[] = [];
let refreshing: Promise<void> | null = null;

/** One read after another: what comes late would replace what was read since. */
const inTurn = (read: () => Promise<void>): Promise<void> => (reading = reading.then(read, read));

/** Reads the newest pages again. */
export const refreshInbox = (): Promise<void> => (refreshing ??= inTurn(refresh));

async function refresh(): Promise<void> {
  [refreshing, received] = [null, []];
  const found = await readPages(undefined);
  if (!found) return;
  const since = received.filter(({ seq }) => seq > found.newest);
  batch(() => {
    notifications.value = joinItems(received, found.items);
    olderInbox.value = found.older;
    unread.value = found.unread + since.filter(({ read_at }) => !read_at).length;
  });
}

/** Reads older ones, until some of others are among them. */
export const loadOlder = (): Promise<void> =>
  inTurn(async () => {
    const found = olderInbox.value && (await readPages(olderInbox.value));
    if (!found) return;
    batch(() => {
      notifications.value = joinItems(notifications.value, found.items);
      olderInbox.value = found.older;
    });
  });

type Page = Awaited<ReturnType<typeof inbox.list>>;

interface Read {
  items: LiveItem[];
  older: string | null;
  /** When the first page was read: how many were unread, and the number of the newest on it. */
  unread: number;
  newest: number;
}

async function readPages(from: string | undefined): Promise<Read | null> {
  let result = null as Read | null;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page: Page | null = await inbox.list(result?.older ?? from).catch(() => null);
    if (!page) return null;
    const items = joinItems(result?.items ?? [], page.items);
    const { unread: count, newest } = result ?? { unread: page.unread_count, newest: page.items[0]?.seq ?? 0 };
    result = { items, older: page.next_cursor, unread: count, newest };
    const listed = items.filter(({ actor }) => !isMe(actor.id)).length;
    if (!page.next_cursor || listed >= LISTED) break;
  }
  return result;
}

/** Reads all unread ones that are not loaded. */
export const loadUnread = (): Promise<void> =>
  inTurn(async () => {
    const found = await inbox.unread().catch(() => null);
    if (found) notifications.value = joinItems(notifications.value, found);
  });

/** Adds what has just happened. */
export function receive(item: LiveItem): void {
  received.push(item);
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

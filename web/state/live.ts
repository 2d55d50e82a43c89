import { batch, computed, signal } from '@preact/signals';
import type { Change as LiveItem } from '../../sdk/index.js';
import { inbox, live } from '../api.js';
import { words } from '../words/en.js';
import { reloadSoon, removeShown } from './calendar.js';
import { arrived, compared, opened, openEvent, refreshOpened } from './opened.js';
import { isMe } from './session.js';
import { showToast } from './toasts.js';

export type Pill = { kind: 'live' | 'reconnecting' | 'offline' } | { kind: 'caught-up'; count: number };

const RECONNECTING_AFTER_MS = 2_000;
const CAUGHT_UP_MS = 6_000;
const BURST_MS = 5_000;
const FLASH_MS = 4_000;

const connection = signal<'live' | 'reconnecting'>('reconnecting');
const slow = signal(false);
const online = signal(navigator.onLine);
const caughtUp = signal(0);

/** What the connection is, in a word that is true. */
export const pill = computed<Pill>(() => {
  if (!online.value) return { kind: 'offline' };
  if (connection.value === 'reconnecting' && slow.value) return { kind: 'reconnecting' };
  return caughtUp.value > 0 ? { kind: 'caught-up', count: caughtUp.value } : { kind: 'live' };
});

export const unread = signal(0);
export type { LiveItem };
export const notifications = signal<LiveItem[]>([]);
/** Ids of events that somebody else changed a moment ago. */
export const flashing = signal<ReadonlySet<string>>(new Set());

let stops: (() => void)[] = [];
let missed = 0;
let burst: LiveItem[] = [];
let slowTimer: ReturnType<typeof setTimeout> | undefined;

export async function startLive(): Promise<void> {
  stopLive();
  addEventListener('online', () => (online.value = true));
  addEventListener('offline', () => (online.value = false));
  stops = [
    live.on('change', change),
    live.on('resync', resync),
    live.on('state', ({ state: next }) => state(next === 'open' ? 'live' : 'reconnecting')),
  ];
  await refreshInbox();
}

export function stopLive(): void {
  for (const stop of stops) stop();
  stops = [];
}

export async function refreshInbox(): Promise<void> {
  const page = await inbox.list().catch(() => null);
  if (!page) return;
  batch(() => {
    notifications.value = page.items;
    unread.value = page.unread_count;
  });
}

function state(next: 'live' | 'reconnecting'): void {
  clearTimeout(slowTimer);
  if (next === 'reconnecting') {
    if (connection.value === 'live') missed = 0;
    slowTimer = setTimeout(() => (slow.value = true), RECONNECTING_AFTER_MS);
  } else if (slow.value || !online.value) {
    // What was missed arrives right after.
    setTimeout(() => {
      caughtUp.value = missed;
      setTimeout(() => (caughtUp.value = 0), CAUGHT_UP_MS);
    }, 500);
    resync();
  }
  if (next === 'live') slow.value = false;
  connection.value = next;
}

function resync(): void {
  reloadSoon();
  void refreshOpened();
  void refreshInbox();
}

function change(item: LiveItem): void {
  missed += 1;
  reloadSoon();
  const mine = isMe(item.actor.id);
  if (item.type === 'access_revoked' && !mine) removeShown(({ id }) => id === item.event_id);
  if (!mine) {
    notifications.value = [item, ...notifications.value.filter(({ id }) => id !== item.id)].slice(0, 60);
    if (!item.read_at) unread.value += 1;
    flash(item.event_id);
    announce(item);
  }
  if (opened.value?.id !== item.event_id) return;
  if (!mine) arrived.value = { username: item.actor.username, id: item.actor.id, message: item.message };
  void refreshOpened();
}

function flash(id: string): void {
  flashing.value = new Set([...flashing.value, id]);
  setTimeout(() => {
    const rest = new Set(flashing.value);
    rest.delete(id);
    flashing.value = rest;
  }, FLASH_MS);
}

/** One toast for a change, and one for many in a row. */
function announce(item: LiveItem): void {
  const now = Date.now();
  burst = [...burst.filter(({ timestamp }) => now - new Date(timestamp).getTime() < BURST_MS), item];
  if (burst.length > 3) {
    const people = new Set(burst.map(({ actor }) => actor.id)).size;
    showToast({ text: words.toast.burst(burst.length, people), person: item.actor });
    return;
  }
  const gone = item.type === 'access_revoked' || item.type === 'event_deleted';
  showToast({
    text: words.toast.others(item),
    person: item.actor,
    ...(gone ? {} : { action: { label: words.seeChange, run: () => showChange(item) } }),
  });
}

/** Opens an event at a change: its content beside the version before. */
export function showChange(item: { event_id: string; version: number; type: string }): void {
  const content = item.version > 1 && ['event_updated', 'event_rolled_back', 'event_restored'].includes(item.type);
  openEvent(item.event_id, null, content ? 'history' : 'details');
  if (content) compared.value = { from: item.version - 1, to: item.version };
}

export async function markRead(item: LiveItem): Promise<void> {
  if (item.read_at) return;
  const read_at = new Date().toISOString();
  notifications.value = notifications.value.map((known) => (known.id === item.id ? { ...known, read_at } : known));
  unread.value = Math.max(0, unread.value - 1);
  await inbox.read(item.id).catch(() => undefined);
}

export async function markAllRead(): Promise<void> {
  const newest = notifications.value[0];
  if (!newest) return;
  await inbox.readAll(newest.seq).catch(() => undefined);
  await refreshInbox();
}

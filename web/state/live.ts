import { computed, signal } from '@preact/signals';
import type { Change as LiveItem } from '../../sdk/index.js';
import { words } from '../words/en.js';
import { reloadSoon, removeShown } from './calendar.js';
import { arrived, compared, opened, openEvent, refreshOpened } from './opened.js';
import { flush, startFlushing } from './flush.js';
import { receive, refreshInbox } from './inbox.js';
import { edits, heldCount } from './outbox.js';
import { seePeople } from './people.js';
import { isMe, user } from './session.js';
import { shareConnection } from './shared-live.js';
import { onTabs } from './tab-channel.js';
import { showToast } from './toasts.js';

export type Pill =
  | { kind: 'connecting' | 'live' | 'reconnecting' | 'offline' | 'sending' | 'asks'; waiting: number }
  | { kind: 'caught-up'; count: number };

const RECONNECTING_AFTER_MS = 2_000;
const CAUGHT_UP_MS = 6_000;
const BURST_MS = 5_000;
const FLASH_MS = 4_000;

const connection = signal<'connecting' | 'live' | 'reconnecting'>('connecting');
const slow = signal(false);
export const online = signal(navigator.onLine);
const caughtUp = signal(0);

/** What the connection is, in a word that is true. */
export const pill = computed<Pill>(() => {
  const waiting = edits.value.length;
  if (!online.value) return { kind: 'offline', waiting };
  if (connection.value === 'connecting') return { kind: 'connecting', waiting };
  if (connection.value === 'reconnecting' && slow.value) return { kind: 'reconnecting', waiting };
  if (heldCount.value > 0) return { kind: 'asks', waiting: heldCount.value };
  if (waiting > 0) return { kind: 'sending', waiting };
  return caughtUp.value > 0 ? { kind: 'caught-up', count: caughtUp.value } : { kind: 'live', waiting };
});

/** Ids of events that somebody else changed a moment ago. */
export const flashing = signal<ReadonlySet<string>>(new Set());

let stop: (() => void) | null = null;
let missed = 0;
let burst: LiveItem[] = [];
let slowTimer: ReturnType<typeof setTimeout> | undefined;

const goOnline = (): void => void (online.value = navigator.onLine);

export async function startLive(): Promise<void> {
  stopLive();
  const { id } = user.peek()!;
  addEventListener('online', goOnline);
  addEventListener('offline', goOnline);
  const stopSharing = shareConnection(id, { change, resync, state: (open) => state(open ? 'live' : 'reconnecting') });
  onTabs(({ kind }) => {
    if (kind === 'inbox') void refreshInbox();
  });
  stop = () => {
    removeEventListener('online', goOnline);
    removeEventListener('offline', goOnline);
    stopSharing();
  };
  await Promise.all([refreshInbox(), startFlushing(id)]);
}

export function stopLive(): void {
  stop?.();
  stop = null;
}

function state(next: 'live' | 'reconnecting'): void {
  const before = connection.value;
  if (next === before || (next === 'reconnecting' && before === 'connecting')) return;
  clearTimeout(slowTimer);
  if (next === 'reconnecting') {
    missed = 0;
    slowTimer = setTimeout(() => (slow.value = true), RECONNECTING_AFTER_MS);
  } else {
    if (before === 'reconnecting' && slow.value) sayCaughtUp();
    // What happened while it was loaded, or without a connection.
    resync();
    void flush();
  }
  if (next === 'live') slow.value = false;
  connection.value = next;
}

function sayCaughtUp(): void {
  // What was missed arrives right after.
  setTimeout(() => {
    caughtUp.value = missed;
    setTimeout(() => (caughtUp.value = 0), CAUGHT_UP_MS);
  }, 500);
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
    receive(item);
    seePeople([{ ...item.actor, owns: false }]);
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

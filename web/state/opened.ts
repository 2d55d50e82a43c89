import { batch, signal } from '@preact/signals';
import { type Change as LogEntry, type Event, events, history, type Item, people, Refusal } from '../api.js';
import type { PermissionView } from '../../sdk/index.js';
import { occurrenceOf } from './calendar.js';

export type Tab = 'details' | 'people' | 'history';

interface Opened {
  id: string;
  /** The occurrence from which it was opened. */
  item: Item | null;
  tab: Tab;
  editing: boolean;
}

export const opened = signal<Opened | null>(null);
export const event = signal<Event | null>(null);
export const members = signal<PermissionView[]>([]);
export const changelog = signal<LogEntry[]>([]);
export const changelogCursor = signal<string | null>(null);
/** `gone`: deleted, or no longer shared with you. */
export const openedState = signal<'loading' | 'ready' | 'gone' | 'failed'>('loading');
/** The two versions that the history compares; null: the newest change. */
export const compared = signal<{ from: number; to: number } | null>(null);
/** The change by somebody else that arrived while the event was open. */
export const arrived = signal<{ username: string; id: string; message: string } | null>(null);

let returnFocus: HTMLElement | null = null;

export function openEvent(id: string, item: Item | null = null, tab: Tab = 'details', editing = false): void {
  const same = opened.value?.id === id;
  if (!opened.value) returnFocus = document.activeElement as HTMLElement | null;
  batch(() => {
    opened.value = { id, item: item ?? (same ? opened.value!.item : null), tab, editing };
    if (same) return;
    event.value = null;
    members.value = [];
    changelog.value = [];
    compared.value = null;
    arrived.value = null;
    openedState.value = 'loading';
  });
  if (!same) void refreshOpened();
}

export function closeEvent(): void {
  batch(() => {
    opened.value = null;
    event.value = null;
    compared.value = null;
  });
  // Back to where it was opened from, if that is still there.
  const target = returnFocus?.isConnected ? returnFocus : document.querySelector<HTMLElement>('#calendar');
  target?.focus({ preventScroll: true });
  returnFocus = null;
}

export const showTab = (tab: Tab): void => {
  if (opened.value) opened.value = { ...opened.value, tab, editing: false };
};
export const setEditing = (editing: boolean): void => {
  if (opened.value) opened.value = { ...opened.value, tab: 'details', editing };
};

/** Reads the open event again. */
export async function refreshOpened(): Promise<void> {
  const id = opened.value?.id;
  if (!id) return;
  try {
    const [read, list, log] = await Promise.all([events.get(id), people.list(id), history.changelog(id)]);
    if (opened.value?.id !== id) return;
    batch(() => {
      event.value = read;
      members.value = list;
      changelog.value = log.items;
      changelogCursor.value = log.next_cursor;
      openedState.value = 'ready';
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (opened.value?.id !== id) return;
    openedState.value = ['not_found', 'event_deleted'].includes(error.code) ? 'gone' : event.value ? 'ready' : 'failed';
  }
}

export async function moreChangelog(): Promise<void> {
  const id = opened.value?.id;
  if (!id || !changelogCursor.value) return;
  const page = await history.changelog(id, changelogCursor.value);
  if (opened.value?.id !== id) return;
  batch(() => {
    changelog.value = [...changelog.value, ...page.items];
    changelogCursor.value = page.next_cursor;
  });
}

/** The item to act on: the occurrence that was opened, as the event is now. */
export function openedItem(): Item | null {
  const [now, { item } = { item: null }] = [event.value, opened.value ?? undefined];
  if (!now) return null;
  const occurrence = item?.occurrence;
  return { ...now, ...(occurrence && now.is_recurring ? { occurrence } : {}) };
}

export const openedOccurrence = (): string | undefined => {
  const item = openedItem();
  return item ? occurrenceOf(item) : undefined;
};

import { batch, computed, signal } from '@preact/signals';
import { type Change as LogEntry, type Event, events, history, type Item, people, Refusal } from '../api.js';
import type { PermissionView } from '../../sdk/index.js';
import { allItems, keyOf } from './calendar.js';
import { keepRead, keptRead } from './device.js';
import { edits, editsOf, isLocal } from './outbox.js';
import { withEdits } from './overlay.js';
import { seePeople } from './people.js';
import { user } from './session.js';

export type Tab = 'details' | 'people' | 'history';

interface Opened {
  id: string;
  /** The occurrence from which it was opened. */
  item: Item | null;
  tab: Tab;
  editing: boolean;
}

export const opened = signal<Opened | null>(null);
/** As the server has it. */
const read = signal<Event | null>(null);
/** The event, with the edits that are not sent. */
export const event = computed<Event | null>(() => {
  const [now, me] = [read.value, user.value];
  if (!now || !me || edits.value.length === 0) return now;
  const own = editsOf(now.id).filter(({ kind }) => kind === 'update');
  return withEdits([now], own, me)[0] as unknown as Event;
});
/** True when what is shown of it was read earlier, without the people and the history. */
export const isOld = signal(false);
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
    read.value = null;
    isOld.value = false;
    members.value = [];
    changelog.value = [];
    compared.value = null;
    arrived.value = null;
    openedState.value = 'loading';
  });
  if (!same) void refreshOpened();
}

/** Opens the form of an event. */
export const editEvent = (id: string): void => openEvent(id, null, 'details', true);

export function closeEvent(): void {
  batch(() => {
    opened.value = null;
    read.value = null;
    compared.value = null;
  });
  // Back to where it was opened from, if that is still there.
  const target = returnFocus?.isConnected ? returnFocus : document.querySelector<HTMLElement>('#calendar');
  target?.focus({ preventScroll: true });
  returnFocus = null;
}

/** The label of the field that has the focus once the form is there; empty for the first. */
export const nextField = { label: '' };

/**
 * Opens the form of an event in place of one that goes on until the event is read, so that no key is lost in between.
 *
 * @param close closes that form; false when it is not open any more
 */
export async function goOnIn(id: string, close: () => boolean): Promise<void> {
  // Without a connection it would be tried for a while.
  const whole = isLocal(id) || !navigator.onLine ? null : await readWhole(id).catch(() => null);
  batch(() => {
    const label = document.activeElement?.getAttribute('aria-label') ?? '';
    if (!close()) return;
    nextField.label = label;
    opened.value = null;
    editEvent(id);
    if (whole) show(whole);
  });
}

/** Closes the event that is gone, unless another is open by then. */
export function closeIfOpen(id: string): void {
  if (opened.value?.id === id) closeEvent();
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
  if (isLocal(id)) return showLocal(id);
  // The address can name anything.
  if (!/^[\da-f-]{36}$/i.test(id)) {
    openedState.value = 'gone';
    return;
  }
  // The calls would be tried again for a while before they fail.
  if (!navigator.onLine) await showKept(id);
  try {
    const whole = await readWhole(id);
    if (opened.value?.id === id) show(whole);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (opened.value?.id !== id) return;
    if (['not_found', 'event_deleted'].includes(error.code)) openedState.value = 'gone';
    else await showKept(id);
  }
}

type Whole = Awaited<ReturnType<typeof readWhole>>;

/** @throws Refusal */
const readWhole = (id: string) => Promise.all([events.get(id), people.list(id), history.changelog(id)]);

/** Shows the event that is open as it was just read. */
function show([fresh, list, log]: Whole): void {
  batch(() => {
    read.value = fresh;
    isOld.value = false;
    members.value = list;
    changelog.value = log.items;
    changelogCursor.value = log.next_cursor;
    openedState.value = 'ready';
  });
  seePeople(list.map(({ user_id, username, role }) => ({ id: user_id, username, owns: role === 'owner' })));
  keepRead(`${user.peek()?.id}/event/${fresh.id}`, { event: fresh, members: list, log: log.items });
}

interface KeptEvent {
  event: Event;
  members: PermissionView[];
  log: LogEntry[];
}

/** What was read of it earlier; else what the calendar has of it. */
async function showKept(id: string): Promise<void> {
  const kept = read.peek() ? null : await keptRead(`${user.peek()?.id}/event/${id}`);
  if (opened.value?.id !== id) return;
  const { item } = opened.value;
  batch(() => {
    isOld.value = true;
    if (kept) {
      const known = kept.value as KeptEvent;
      read.value = known.event;
      members.value = known.members;
      changelog.value = known.log;
    } else read.value ??= item as unknown as Event | null;
    openedState.value = read.value ? 'ready' : 'failed';
  });
}

/** An event that is not sent yet. */
function showLocal(id: string): void {
  batch(() => {
    isOld.value = true;
    read.value = (allItems.value.find((item) => item.id === id) as unknown as Event | undefined) ?? null;
    openedState.value = read.value ? 'ready' : 'gone';
  });
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

/**
 * The item to act on: the occurrence that was opened, as the event is now. The event and the times of its occurrence are
 * read by different calls; the version is the older one of the two.
 */
export function openedItem(): Item | null {
  const [now, { item } = { item: null }] = [event.value, opened.value ?? undefined];
  if (!now) return null;
  // Where it is now, if it was moved since.
  const shown = (item && allItems.value.find((other) => keyOf(other) === keyOf(item))) ?? item;
  if (!shown?.occurrence || !now.is_recurring) return { ...now };
  return { ...now, occurrence: shown.occurrence, version: Math.min(now.version, shown.version) };
}

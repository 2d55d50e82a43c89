import { computed, effect, signal } from '@preact/signals';
import { events, type Item, Refusal } from '../api.js';
import { addDays, asDate, dayOf } from '../time/zoned.js';
import { keepRead, keptRead } from './device.js';
import { edits } from './outbox.js';
import { withEdits } from './overlay.js';
import { hiddenOwners } from './preferences.js';
import { people, readPeople, seePeople } from './people.js';
import { isMe, user, zone } from './session.js';
import { asOf } from './time-travel.js';
import { readDays, shownDays, view } from './view.js';

/** Names one occurrence of an event among the shown ones. */
export const keyOf = (item: Item): string => `${item.id}@${item.occurrence?.original_start ?? ''}`;
export const startOf = (item: Item): string => item.occurrence?.start_time ?? item.start_time;
export const endOf = (item: Item): string => item.occurrence?.end_time ?? item.end_time;
/** The first and the last day of it. */
export const daysOf = (item: Item, inZone: string): { first: string; last: string } =>
  item.all_day
    ? { first: startOf(item), last: addDays(endOf(item), -1) }
    : { first: dayOf(startOf(item), inZone), last: dayOf(new Date(endOf(item)).getTime() - 1, inZone) };
/** What `?occurrence=` takes; undefined for an event that happens once. */
export const occurrenceOf = (item: Item): string | undefined =>
  item.is_recurring ? (item.occurrence?.original_start ?? item.start_time) : undefined;

const loaded = signal<Item[]>([]);
/** `failed` keeps showing what was loaded before. */
export const loadState = signal<'loading' | 'ready' | 'failed'>('loading');
/** When what is shown was read; null when it never was: then an empty calendar says nothing. */
export const loadedAt = signal<number | null>(Date.now());
/** Where dragged occurrences are until the server answers. */
export const pending = signal(new Map<string, { start: string; end: string; allDay: boolean }>());

interface Read {
  value: Item[];
  at: number;
}
const cache = new Map<string, Read>();
const MAX_CACHED = 12;
let latest = 0;

interface Range {
  from: string;
  to: string;
}

// A day more on each side: the days of the reader’s zone begin and end at other instants than those of UTC.
const instants = ({ from, to }: Range): [string, string] => [
  asDate(addDays(from, -1)).toISOString(),
  asDate(addDays(to, 1)).toISOString(),
];
const cacheKey = ({ from, to }: Range): string => `${from}/${to}/${asOf.value ?? ''}`;

async function fetchRange(range: Range): Promise<Read> {
  const key = cacheKey(range);
  const [from, to] = instants(range);
  const value = await events.range(from, to, asOf.peek() ?? undefined);
  const read = { value, at: Date.now() };
  cache.delete(key);
  cache.set(key, read);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
  seePeople(value.map(({ owner: { id, username } }) => ({ id, username, owns: true })));
  if (!asOf.peek()) keepRead(keptAs(key), value);
  return read;
}

const keptAs = (key: string): string => `${user.peek()?.id}/range/${key}`;

/** Whether two reads of a range say the same: then nothing is drawn again. */
function areSame(before: Item[], after: Item[]): boolean {
  if (before === after) return true;
  if (before.length !== after.length) return false;
  return before.every((item, index) => {
    const { id, version, role, owner, updated_at } = after[index]!;
    return (
      item.id === id &&
      item.version === version &&
      item.role === role &&
      item.owner.id === owner.id &&
      item.updated_at === updated_at &&
      startOf(item) === startOf(after[index]!) &&
      endOf(item) === endOf(after[index]!)
    );
  });
}

function show(read: Read | null): void {
  const items = read?.value ?? [];
  if (!read || !areSame(loaded.peek(), items)) loaded.value = items;
  loadedAt.value = read?.at ?? null;
}

async function load(range: Range): Promise<void> {
  const mine = ++latest;
  const known = cache.get(cacheKey(range));
  if (known) show(known);
  loadState.value = known ? 'ready' : 'loading';
  // What was read on another day is better than nothing.
  if (!known && !navigator.onLine) await showKept(range, mine);
  try {
    const read = await fetchRange(range);
    if (mine !== latest) return;
    show(read);
    loadState.value = 'ready';
  } catch (error) {
    if (mine !== latest) return;
    if (!(error instanceof Refusal)) throw error;
    if (!known) await showKept(range, mine);
    if (mine === latest) loadState.value = 'failed';
  }
}

async function showKept(range: Range, mine: number): Promise<void> {
  const kept = await keptRead(keptAs(cacheKey(range)));
  if (mine !== latest) return;
  show((kept ?? null) as Read | null);
  loadState.value = 'failed';
}

/** Reads what is shown again; everything else when it is shown next. */
export async function reload(): Promise<void> {
  const range = readDays.peek();
  const shown = cacheKey(range);
  for (const key of cache.keys()) if (key !== shown) cache.delete(key);
  await load(range);
}

let soon: number | undefined;
/** The same after a moment, once for a burst. */
export function reloadSoon(): void {
  soon ??= window.setTimeout(() => {
    soon = undefined;
    void reload();
  }, 40);
}

/** Loads what the view shows, and then its neighbours. */
export function followView(): void {
  void readPeople();
  effect(() => {
    if (!user.value) return;
    const range = readDays.value;
    void asOf.value;
    void load(range).then(prefetch);
  });
}

function prefetch(): void {
  const { from, to } = readDays.peek();
  if (view.peek() !== 'week' && view.peek() !== 'day') return;
  const days = view.peek() === 'week' ? 7 : 1;
  for (const step of [days, -days]) {
    const range = { from: addDays(from, step), to: addDays(to, step) };
    if (!cache.has(cacheKey(range))) requestIdleCallback(() => void fetchRange(range).catch(() => undefined));
  }
}

/** Puts what the server answered in place at once, before the range is read again. */
export function removeShown(matches: (item: Item) => boolean): void {
  loaded.value = loaded.value.filter((item) => !matches(item));
}

/** What was loaded, with the edits that are not sent. */
export const allItems = computed<Item[]>(() =>
  asOf.value || !user.value || edits.value.length === 0
    ? loaded.value
    : withEdits(loaded.value, edits.value, user.value),
);

/** What the calendar draws. */
export const shownItems = computed<Item[]>(() => {
  const hidden = new Set(hiddenOwners.value);
  return allItems.value.filter(({ owner }) => !hidden.has(owner.id));
});

export interface Owner {
  id: string;
  username: string;
  count: number;
}

/** Whose events you can see, with how many are on the days that are shown: you first, then by name. */
export const owners = computed<Owner[]>(() => {
  const counts = new Map<string, number>();
  // More is read than shown: whole days in every zone, and the week over an agenda.
  const { from, to } = shownDays.value;
  for (const item of allItems.value) {
    const { first, last } = daysOf(item, zone.value);
    if (first < to && last >= from) counts.set(item.owner.id, (counts.get(item.owner.id) ?? 0) + 1);
  }
  const me = user.value;
  return [...(me ? [me] : []), ...[...people.value.values()].filter(({ id, owns }) => owns && !isMe(id))]
    .map(({ id, username }) => ({ id, username, count: counts.get(id) ?? 0 }))
    .sort((a, b) => Number(isMe(b.id)) - Number(isMe(a.id)) || a.username.localeCompare(b.username));
});

import { asked } from '../state/dialogs.js';
import { allItems, endOf, keyOf, startOf } from '../state/calendar.js';
import { draft, draftInDrawer, leaveDraft, startDraftSoon, typeDraft } from '../state/draft.js';
import { lastUndo, moveItem, removeItem } from '../state/edit.js';
import { closeEvent, opened, openedItem, setEditing, showTab } from '../state/opened.js';
import { closePanel, openPanel, panel } from '../state/panel.js';
import { lettersAct, sidebarOpen } from '../state/preferences.js';
import { asOf } from '../state/time-travel.js';
import { goToday, step, view } from '../state/view.js';
import { addDays } from '../time/zoned.js';

const MINUTES = 60_000;

const letters: Record<string, () => void> = {
  t: goToday,
  d: () => (view.value = 'day'),
  w: () => (view.value = 'week'),
  m: () => (view.value = 'month'),
  a: () => (view.value = 'agenda'),
  c: () => startDraftSoon(),
  f: () => openPanel('find-time'),
  n: () => openPanel('inbox'),
  h: () => (opened.value ? showTab('history') : (asOf.value ??= new Date().toISOString())),
  e: () => openedItem()?.can.includes('edit') && setEditing(true),
  p: () => showTab('people'),
  '/': () => openPanel('palette'),
  '?': () => openPanel('shortcuts'),
  '[': () => (sidebarOpen.value = !sidebarOpen.value),
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Escape closes the topmost thing. Returns whether there was one. */
function closeTopmost(): boolean {
  if (asked.value) asked.value.answer(null);
  else if (panel.value) closePanel();
  else if (draft.value) leaveDraft();
  else if (opened.value?.editing) setEditing(false);
  else if (opened.value) closeEvent();
  else if (asOf.value) asOf.value = null;
  else return false;
  return true;
}

/** The event that has the focus. */
function focused(): { element: HTMLElement; key: string } | null {
  const element = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-key]');
  return element?.dataset.key ? { element, key: element.dataset.key } : null;
}

/** Moves the focus to the event before or after in time. */
function focusNeighbour(key: string, direction: number): void {
  const shown = [...document.querySelectorAll<HTMLElement>('#calendar [data-key]')];
  const starts = new Map(allItems.value.map((item) => [keyOf(item), startOf(item)]));
  const order = shown
    .filter(({ dataset }) => starts.has(dataset.key!))
    .sort((a, b) => starts.get(a.dataset.key!)!.localeCompare(starts.get(b.dataset.key!)!));
  const next = order[order.findIndex(({ dataset }) => dataset.key === key) + direction];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** Alt and an arrow move an event by a quarter of an hour or a day; with Shift its end. */
function moveByKey(key: string, { key: arrow, shiftKey }: KeyboardEvent): void {
  const item = allItems.value.find((candidate) => keyOf(candidate) === key);
  if (!item?.can.includes('edit') || asOf.value) return;
  const vertical = arrow === 'ArrowUp' || arrow === 'ArrowDown';
  const sign = arrow === 'ArrowUp' || arrow === 'ArrowLeft' ? -1 : 1;
  const shift = (time: string): string => {
    if (item.all_day) return vertical ? time : addDays(time, sign);
    return new Date(new Date(time).getTime() + sign * (vertical ? 15 : 24 * 60) * MINUTES).toISOString();
  };
  const start = shiftKey ? startOf(item) : shift(startOf(item));
  const end = shift(endOf(item));
  if (end > start) void moveItem(item, { start, end, allDay: item.all_day });
}

function onKey(event: KeyboardEvent): void {
  const { key, target } = event;
  if (event.defaultPrevented) return;
  if (key === 'Escape') {
    if (closeTopmost()) event.preventDefault();
    return;
  }
  const command = event.ctrlKey || event.metaKey;
  if (command && key.toLowerCase() === 'k') {
    event.preventDefault();
    openPanel('palette');
    return;
  }
  if (isTyping(target) || asked.value) return;
  if (command && key.toLowerCase() === 'z' && lastUndo.value) {
    event.preventDefault();
    void lastUndo.value();
    return;
  }
  const on = focused();
  if (on && event.altKey && key.startsWith('Arrow')) {
    event.preventDefault();
    moveByKey(on.key, event);
    return;
  }
  if (command || event.altKey || panel.value) return;
  if (key.startsWith('Arrow')) {
    if (on) {
      event.preventDefault();
      focusNeighbour(on.key, key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1);
    } else if (
      (key === 'ArrowLeft' || key === 'ArrowRight') &&
      !(target as Element).closest('[role=tablist],[role=radiogroup],[role=slider]')
    )
      step(key === 'ArrowLeft' ? -1 : 1);
    return;
  }
  if (key === 'Delete') {
    const item = on ? allItems.value.find((candidate) => keyOf(candidate) === on.key) : openedItem();
    if (item?.can.includes('delete') || item?.can.includes('edit')) void removeItem(item);
    return;
  }
  const opening = draft.value;
  if (opening && !opening.form && !draftInDrawer.value && key.length === 1 && !document.querySelector('.qc')) {
    // The card is on its way: what is typed meanwhile is its title, not a command.
    event.preventDefault();
    typeDraft({ ...opening, title: opening.title + key });
    return;
  }
  const act = lettersAct.value ? letters[key] : undefined;
  if (!act) return;
  event.preventDefault();
  act();
}

/** Listens to the keys of the page. Returns how to stop. */
export function listenToKeys(): () => void {
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

import { signal } from '@preact/signals';
import { type Form, formOfDraft, newEventOf, timesOf } from './form.js';
import { addMinutes, instantOf, today, wallTime } from '../time/zoned.js';
import { words } from '../words/en.js';
import { createNew } from './edit.js';
import { forgetDraft, keepDraft, keepForm, keptDrafts } from './kept.js';
import { newKey } from './offline-edit.js';
import { closeEvent, editEvent, goOnIn, opened, openEvent } from './opened.js';
import { zone } from './session.js';
import { asOf } from './time-travel.js';
import { showToast } from './toasts.js';
import { date } from './view.js';

/** An event that is being made on the grid. Instants, or days when it is all-day. */
export interface Draft {
  title: string;
  start: string;
  end: string;
  allDay: boolean;
  /** Who can view it once it is created. */
  viewers?: { id: string; username: string }[];
  /** True when they shall not. */
  isPrivate?: boolean;
  /** What was typed, once something was. */
  form?: Form;
  /** Names it among those that are kept. */
  key: string;
  /** The event that was created of it and is about to be shown, and what was sent. */
  stored?: { id: string; form: Form };
  /** Where the pointer was. */
  at?: { x: number; y: number };
}

export const draft = signal<Draft | null>(null);
/** True when the whole form is open, in the drawer. */
export const draftInDrawer = signal(false);

/** Begins an event. What is typed of one that is open already goes with it to the new time. */
export function startDraft(given: Omit<Draft, 'title' | 'key'> & { title?: string }): void {
  // The past cannot be changed.
  asOf.value = null;
  const before = draft.value;
  if (before?.form && hasText(before) && !isSent(before) && !given.title) {
    const { allDay } = given;
    const form = { ...before.form, ...timesOf(given, before.form.zone), allDay, unfinished: {} };
    draft.value = { ...before, ...given, title: before.title, form };
    return;
  }
  leaveDraft();
  draft.value = { title: '', key: newKey(), ...given };
}

/** Whether more than a time was given. */
export const hasText = ({ title, form }: Draft): boolean =>
  Boolean(title.trim() || form?.location || form?.url || form?.description || form?.comment || form?.pattern);

/** Changes what is typed, and keeps it. */
export function typeDraft(next: Draft): void {
  draft.value = next;
  if (next.stored) keepLater(next);
  else if (hasText(next)) keepDraft(next);
  else forgetDraft(next);
}

/** Closes it. What was typed stays on the device, and is offered again. */
export function leaveDraft(): void {
  const left = draft.value;
  if (left && keepLater(left)) sayKept(left.title, () => editEvent(left.stored!.id));
  else if (left && hasText(left) && !left.stored) {
    keepDraft(left);
    sayKept(left.title, () => resumeDraft(left));
  }
  draft.value = null;
  draftInDrawer.value = false;
}

/** Says that what was typed is kept, and offers to go on. */
export const sayKept = (title: string, run: () => void): void =>
  showToast({ text: words.draftKept(title), action: { label: words.goOn, run } });

/** Opens one that was kept, in the whole form; in that of its event, if it was created meanwhile. */
export function resumeDraft(kept: Draft): void {
  const id = storedAs.get(kept.key);
  if (id) return editEvent(id);
  if (draft.value?.key !== kept.key) leaveDraft();
  asOf.value = null;
  closeEvent();
  draft.value = kept;
  draftInDrawer.value = true;
}

/** An hour from the next half hour, on the day that is shown. Another event than the one that is open already. */
export function startDraftSoon(title = ''): void {
  leaveDraft();
  const now = wallTime(Date.now(), zone.value);
  const next = addMinutes(`${now.slice(0, 14)}00`, Number(now.slice(14)) < 30 ? 30 : 60);
  const wall = date.value === today(zone.value) ? next : `${date.value}T09:00`;
  const start = instantOf(wall, zone.value);
  startDraft({ title, start, end: new Date(new Date(start).getTime() + 3_600_000).toISOString(), allDay: false });
}

/** Whom the draft is to be shared with. */
export const viewersOf = ({ viewers = [], isPrivate }: Draft): NonNullable<Draft['viewers']> =>
  isPrivate ? [] : viewers;

/** The keys of drafts that are being sent. */
const sending = new Set<string>();
/** The ids of the events that were created of drafts, by their keys. */
const storedAs = new Map<string, string>();
const isSent = ({ key }: Draft): boolean => sending.has(key) || storedAs.has(key);

/**
 * Creates the event of the draft, once, from whichever form. It stays where it is until the calendar shows the event. What is
 * typed meanwhile goes on in the form of the event. @throws Refusal
 *
 * @param shows whether the event is opened in any case
 */
export async function sendDraft(shows: boolean): Promise<void> {
  const sent = draft.value!;
  if (isSent(sent)) return;
  sending.add(sent.key);
  try {
    const body = newEventOf(formOfDraft(sent, zone.value));
    const created = await createNew(body, viewersOf(sent), (id) => markStored(sent, id));
    if (created) await finish(sent, shows && created.kind === 'saved');
  } finally {
    sending.delete(sent.key);
  }
}

function markStored(sent: Draft, id: string): void {
  const isOpen = draft.value?.key === sent.key;
  const now = isOpen ? draft.value : keptDrafts().find(({ key }) => key === sent.key);
  storedAs.set(sent.key, id);
  forgetDraft(sent);
  if (!now) return;
  const stored = { ...now, stored: { id, form: formOfDraft(sent, zone.value) } };
  keepLater(stored);
  if (isOpen) draft.value = stored;
}

/** Keeps what was typed after it was sent, as changes of the event. Returns whether anything was. */
const keepLater = ({ stored, form }: Draft): boolean =>
  Boolean(stored && form && keepForm(`${stored.id}@`, { form, base: stored.form, version: 1 }));

async function finish({ key }: Draft, shows: boolean): Promise<void> {
  const now = draft.value;
  if (now?.key !== key || !now.stored) return;
  const { id } = now.stored;
  /** Returns whether it was open. */
  const close = (): boolean => {
    const last = draft.value;
    if (last?.key !== key) return false;
    keepLater(last);
    draft.value = null;
    draftInDrawer.value = false;
    return true;
  };
  if (keepLater(now)) {
    await goOnIn(id, () => {
      if (!close()) return false;
      if (opened.value) sayKept(now.title, () => editEvent(id));
      return !opened.value;
    });
  } else if (close() && shows && !opened.value) openEvent(id);
}

import { signal } from '@preact/signals';
import { emptyForm, type Form, formOfDraft } from './form.js';
import { addMinutes, instantOf, today, wallTime } from '../time/zoned.js';
import { words } from '../words/en.js';
import { forgetDraft, keepDraft, keepForm } from './kept.js';
import { newKey } from './offline-edit.js';
import { closeEvent, opened, openEvent } from './opened.js';
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
  if (before?.form && hasText(before) && !before.stored && !given.title) {
    const { start, end, allDay } = given;
    const { startDay, startTime, endDay, endTime } = emptyForm({ title: '', start, end, allDay }, before.form.zone);
    const form = { ...before.form, startDay, startTime, endDay, endTime, allDay };
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
  if (next.stored) return;
  if (hasText(next)) keepDraft(next);
  else forgetDraft(next);
}

/** Closes it. What was typed stays on the device, and is offered again. */
export function leaveDraft(): void {
  const left = draft.value;
  if (left && keepLater(left)) sayKept(left.title, () => openEvent(left.stored!.id, null, 'details', true));
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

/** Opens one that was kept, in the whole form. */
export function resumeDraft(kept: Draft): void {
  if (draft.value?.key !== kept.key) leaveDraft();
  asOf.value = null;
  closeEvent();
  draft.value = kept;
  draftInDrawer.value = true;
}

/** An hour from the next half hour, on the day that is shown. */
export function startDraftSoon(title = ''): void {
  const now = wallTime(Date.now(), zone.value);
  const next = addMinutes(`${now.slice(0, 14)}00`, Number(now.slice(14)) < 30 ? 30 : 60);
  const wall = date.value === today(zone.value) ? next : `${date.value}T09:00`;
  const start = instantOf(wall, zone.value);
  startDraft({ title, start, end: new Date(new Date(start).getTime() + 3_600_000).toISOString(), allDay: false });
}

/** Whom the draft is to be shared with. */
export const viewersOf = ({ viewers = [], isPrivate }: Draft): NonNullable<Draft['viewers']> =>
  isPrivate ? [] : viewers;

/** The event is created. The draft stays where it is until the calendar shows it. */
export function markStored(sent: Draft, id: string): void {
  forgetDraft(sent);
  const now = draft.value;
  if (now?.key === sent.key) draft.value = { ...now, stored: { id, form: formOfDraft(sent, zone.value) } };
}

/** Keeps what was typed after it was sent, as changes of the event. Returns whether anything was. */
const keepLater = ({ stored, form }: Draft): boolean =>
  Boolean(stored && form && keepForm(`${stored.id}@`, { form, base: stored.form }));

/**
 * Closes what was saved, unless another is open by then. What was typed meanwhile goes on in the form of the event.
 *
 * @param shows whether the event is opened in any case
 */
export function finishDraft(saved: Draft, shows: boolean): void {
  const now = draft.value;
  if (!now?.stored || now.key !== saved.key) return;
  draft.value = null;
  draftInDrawer.value = false;
  const edited = keepLater(now);
  const show = (): void => openEvent(now.stored!.id, null, 'details', edited);
  if (!opened.value && (edited || shows)) show();
  else if (edited) sayKept(now.title, show);
}

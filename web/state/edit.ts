import { signal } from '@preact/signals';
import { events, history, type Item, people, Refusal, type Target } from '../api.js';
import type { Change } from '../event/changes.js';
import { words } from '../words/en.js';
import { listed } from '../time/format.js';
import { dayOf } from '../time/zoned.js';
import { keyOf, occurrenceOf, pending, reload, startOf } from './calendar.js';
import { decide, type ScopeQuestion } from './dialogs.js';
import { closeEvent, opened, refreshOpened } from './opened.js';
import { flushSoon } from './flush.js';
import { type Edit, newKey, type Subject } from './offline-edit.js';
import { edits, editsOf, forget, keep, newLocalId } from './outbox.js';
import { asInstant } from './overlay.js';
import { reason } from './reason.js';
import { ownSuccessor, send, type Sent } from './send.js';
import { user, zone } from './session.js';
import { showToast, toast } from './toasts.js';
import { shownDays } from './view.js';

/** How to undo the last change of this page; null when there is none. */
export const lastUndo = signal<(() => Promise<void>) | null>(null);

/** Says what was done, with a way back, and one to its day. */
export function sayDone(
  text: string,
  undo: () => Promise<unknown>,
  start?: string,
  undone = words.toast.undone(text),
): void {
  const run = async (): Promise<void> => {
    lastUndo.value = null;
    try {
      await undo();
      showToast({ text: undone });
    } catch (error) {
      explain(error);
    }
    await afterChange();
  };
  offer(text, run, start);
}

/** @param start an instant or a day; the toast leads there when the calendar shows other days */
function offer(text: string, undo: () => Promise<void>, start?: string): void {
  lastUndo.value = undo;
  const day = start && dayOf(start, zone.value);
  const { from, to } = shownDays.peek();
  const isElsewhere = day && (day < from || day >= to);
  showToast({ text, day: isElsewhere ? day : undefined, action: { label: words.undo, run: () => void undo() } });
}

/** When the change makes it start, if it changes that. */
const startOfChange = ({ change, subject, target }: Edit): string | undefined =>
  // The first date of a series is not the one on the screen.
  (!subject.is_recurring || target.occurrence) && change.start_time
    ? asInstant(change.start_time, change.time_zone ?? subject.time_zone)
    : undefined;

/** Says why something was not done. @throws what is not a refusal */
export function explain(error: unknown, prefix = ''): void {
  if (!(error instanceof Refusal)) throw error;
  showToast({ text: prefix + reason(error) });
}

/** Reads what is shown again. */
export async function afterChange(): Promise<void> {
  await Promise.all([reload(), refreshOpened()]);
}

/** `kept`: there is no connection; it waits on this device and is sent later. */
export interface Outcome {
  kind: 'saved' | 'kept';
  /** Of the event: another one where a series was split. */
  id: string;
}

function editOf<Kind extends Edit['kind']>(
  kind: Kind,
  subject: Subject,
  change: Extract<Edit, { kind: Kind }>['change'],
  target: Target = {},
): Edit {
  const { id, title, time_zone, all_day, is_recurring } = subject;
  const version = ownSuccessor(id, subject.version);
  return {
    order: 0,
    userId: user.peek()!.id,
    key: newKey(),
    kind,
    subject: { id, version, title, time_zone, all_day, is_recurring },
    change: { ...change },
    target,
    at: Date.now(),
    held: null,
  } as Edit;
}

/** Sends an edit, or keeps it while that is not possible. @throws Refusal */
async function sendOrKeep(edit: Edit): Promise<Sent | { kind: 'kept' }> {
  const before = editsOf(edit.subject.id);
  if (before.some(({ target }) => target.scope === 'following'))
    throw new Refusal({ code: 'split_waits', title: words.refused.splitWaits });
  if (before.length === 0 && navigator.onLine) {
    try {
      return await send(edit);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'unreachable') throw error;
    }
  }
  try {
    await keep(edit);
  } catch {
    // This browser keeps nothing: the form stays open instead.
    throw new Refusal({ code: 'unreachable', title: words.refused.unreachable });
  }
  flushSoon();
  const kept = edits.peek().find(({ key }) => key === edit.key);
  const undo = async (): Promise<void> => {
    lastUndo.value = null;
    if (kept) await forget(kept);
  };
  offer(words.outbox.kept(edit.change.title ?? edit.subject.title), undo, startOfChange(edit));
  return { kind: 'kept' };
}

/**
 * Saves a change of an event that was read at `subject.version`. A conflict or a clash is put to the person and sent again;
 * a change by others is merged. Returns null when they leave it. @throws Refusal for anything else
 *
 * @param onStored is called with the id of the event once it is saved, or waits to be sent, before it is shown
 */
export async function saveChange(
  subject: Subject,
  change: Change,
  target: Target,
  said: (start: string) => string,
  onStored?: (id: string) => void,
): Promise<Outcome | null> {
  const { id } = subject;
  const edit = editOf('update', subject, change, target);
  const sent = await sendOrKeep(edit);
  if (sent.kind === 'left' || sent.kind === 'removed') return null;
  const storedId = sent.kind === 'kept' ? id : sent.event.id;
  onStored?.(storedId);
  if (sent.kind === 'kept') return { kind: 'kept', id };
  const { event } = sent;
  if (sent.kind === 'saved' && (event.version !== edit.subject.version || event.id !== id)) {
    const undo =
      target.scope === 'following' ? () => undoSplit(id) : () => history.revert(event.id, event.version, 'allow');
    const start = startOfChange(edit);
    const text = sent.merged ? words.toast.merged(event.title) : said(start ?? event.start_time);
    sayDone(text, undo, start, event.id === id ? undefined : words.toast.joined(text));
  }
  await afterChange();
  return { kind: 'saved', id: storedId };
}

/** The series is split at the first entry of that kind from the end. */
async function undoSplit(id: string): Promise<void> {
  const { items } = await history.changelog(id);
  const split = items.find(({ kind }) => kind === 'split');
  if (split) await history.undo(id, split.position);
}

/** Asks which dates of a series are meant. Null when that is left open. */
export async function chooseTarget(
  item: Item,
  how: Pick<ScopeQuestion, 'without' | 'removes'> = {},
): Promise<Target | null> {
  const occurrence = occurrenceOf(item);
  if (!occurrence) return {};
  const day = item.all_day ? startOf(item) : dayOf(startOf(item), zone.value);
  const answer = await decide({ kind: 'scope', title: item.title, day, ...how });
  return answer && { occurrence, scope: answer.scope };
}

/** Moves an occurrence, shown at once where it goes and put back when that is refused. */
export async function moveItem(item: Item, to: { start: string; end: string; allDay: boolean }): Promise<void> {
  const key = keyOf(item);
  setPending(key, to);
  try {
    const target = await chooseTarget(item);
    if (!target) return;
    const change: Change = { start_time: to.start, end_time: to.end };
    if (to.allDay !== item.all_day) change.all_day = to.allDay;
    const said = (start: string): string => words.toast.moved(item.title, start, zone.value);
    await saveChange(item, change, target, said);
  } catch (error) {
    explain(error, words.toast.putBack);
    await reload().catch(() => undefined);
  } finally {
    setPending(key, null);
  }
}

function setPending(key: string, to: { start: string; end: string; allDay: boolean } | null): void {
  const next = new Map(pending.value);
  if (to) next.set(key, to);
  else next.delete(key);
  pending.value = next;
}

/**
 * Creates an event, and shares it; asks about conflicts. Null when that is left. @throws Refusal
 *
 * @param viewers who can view it then
 * @param onStored is called with its id once it is created, or waits to be sent, before it is shown
 */
export async function createNew(
  draft: Parameters<typeof events.create>[0],
  viewers: { id: string; username: string }[],
  onStored: (id: string) => void,
): Promise<Outcome | null> {
  const subject = {
    id: newLocalId(),
    version: 0,
    title: draft.title,
    time_zone: draft.time_zone ?? zone.value,
    all_day: draft.all_day ?? false,
    is_recurring: Boolean(draft.recurrence_pattern),
  };
  const names = listed(viewers.map(({ username }) => username));
  const sent = await sendOrKeep(editOf('create', subject, draft));
  if (sent.kind !== 'saved' && sent.kind !== 'kept') return null;
  const id = sent.kind === 'kept' ? subject.id : sent.event.id;
  onStored(id);
  if (sent.kind === 'kept') {
    if (names) showToast({ ...toast.value!, text: `${toast.value!.text}. ${words.toast.notShared(names)}` });
    return { kind: 'kept', id };
  }
  const { event } = sent;
  const said = [words.toast.created(event.title, event.start_time, zone.value)];
  if (names) {
    const roles = viewers.map(({ id }) => ({ user_id: id, role: 'viewer' as const }));
    said.push(
      await people.share(event.id, roles).then(
        () => words.toast.shared(names),
        // It is created all the same.
        (error: unknown) => `${words.toast.notShared(names)}: ${reason(error as Refusal)}`,
      ),
    );
  }
  sayDone(said.join('. '), () => events.remove(event.id), event.start_time);
  await afterChange();
  return { kind: 'saved', id };
}

/** Closes the drawer of what is gone, unless something else is open by then. */
function closeRemoved({ id, occurrence }: Item, scope: Target['scope']): void {
  const shown = opened.value;
  if (shown?.id !== id) return;
  const [date, gone] = [shown.item?.occurrence?.original_start ?? '', occurrence?.original_start ?? ''];
  if (scope === 'this' ? date === gone : scope === 'all' || date >= gone) closeEvent();
}

/** Moves an event, or dates of a series, to the trash. */
export async function removeItem(item: Item): Promise<void> {
  const target = await chooseTarget(item, { removes: true, without: item.can.includes('delete') ? [] : ['all'] });
  if (!target) return;
  const whole = target.scope === undefined || target.scope === 'all';
  const sayTrashed = (): void => sayDone(words.toast.trashed(item.title), () => events.restore(item.id, 'allow'));
  try {
    const sent = await sendOrKeep(editOf('remove', item, {}, target));
    if (whole) closeRemoved(item, 'all');
    if (sent.kind === 'kept') return;
    if (whole) sayTrashed();
    else {
      const now = await events.get(item.id).catch((error: unknown) => {
        if (error instanceof Refusal && ['not_found', 'event_deleted'].includes(error.code)) return null;
        throw error;
      });
      closeRemoved(item, now ? target.scope : 'all');
      // No date was left of it.
      if (!now) sayTrashed();
      else {
        const day = item.all_day ? startOf(item) : dayOf(startOf(item), zone.value);
        const said = target.scope === 'this' ? words.toast.dateRemoved : words.toast.seriesEnded;
        sayDone(said(item.title, day), () => history.revert(item.id, now.version, 'allow'));
      }
    }
    await afterChange();
  } catch (error) {
    explain(error);
  }
}

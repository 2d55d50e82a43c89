import { type Event, events, Refusal } from '../api.js';
import { decide } from './dialogs.js';
import { type Edit, newKey } from './offline-edit.js';
import { asInstant } from './overlay.js';
import { zone } from './session.js';
import { addDays, dayOf, minutesBetween } from '../time/zoned.js';

/** The person decides later: nobody looks at this tab, or another decision is open. */
export class AsksLater extends Error {}

export type Sent =
  | { kind: 'saved'; event: Event; merged: boolean }
  | { kind: 'removed' }
  /** Their version was taken. */
  | { kind: 'discarded'; event: Event }
  /** The dialog was closed without a decision. */
  | { kind: 'left' };

/** Which version of an event an edit of this tab made of which. */
const written = new Map<string, number>();

/** The version that an edit made of `version`, when nobody else wrote in between; else the version itself. */
export function ownSuccessor(id: string, version: number): number {
  let newest = version;
  for (let next; (next = written.get(`${id}@${newest}`)) !== undefined;) newest = next;
  return newest;
}

interface How {
  /** Whether a dialog may open now. */
  mayAsk?: () => boolean;
  /** Called with what a decision has changed, before that is sent. */
  decided?: (edit: Edit) => Promise<void>;
}

/**
 * Sends an edit on the version that its author saw. What others changed meanwhile is merged; a conflict or a clash is put
 * to the person, and the answer is sent. The edit is changed by what is decided.
 *
 * @throws Refusal for anything else; AsksLater
 */
export async function send(edit: Edit, { mayAsk = () => true, decided }: How = {}): Promise<Sent> {
  for (;;) {
    try {
      const before = edit.subject.version;
      const sent = await attempt(edit);
      const isNext = sent.kind === 'saved' && edit.kind === 'update' && sent.event.version === before + 1;
      if (isNext) written.set(`${sent.event.id}@${before}`, sent.event.version);
      return sent;
    } catch (error) {
      if (!(error instanceof Refusal) || edit.kind === 'remove') throw error;
      const isConflict = error.code === 'event_conflict';
      const isClash = error.code === 'stale_version' && error.problem.clashes && error.problem.current_version;
      if (!isConflict && !isClash) throw error;
      if (!mayAsk()) throw new AsksLater();
      const answer = isConflict ? await askAboutConflict(edit, error) : await askAboutClash(edit, error);
      if (answer) return answer;
      edit.key = newKey();
      await decided?.(edit);
    }
  }
}

async function attempt({ kind, key, subject, target, change }: Edit): Promise<Sent> {
  if (kind === 'create') return { kind: 'saved', event: await events.create(change, key), merged: false };
  if (kind === 'update') {
    return { kind: 'saved', ...(await events.update(subject.id, subject.version, change, target, key)) };
  }
  const isWhole = target.scope === undefined || target.scope === 'all';
  await events.remove(subject.id, isWhole ? {} : target, key);
  return { kind: 'removed' };
}

/** Null when the edit was changed by a decision. */
async function askAboutConflict(edit: Edit, refusal: Refusal): Promise<Sent | null> {
  if (edit.kind === 'remove') return null;
  const { subject, target, change } = edit;
  // Free times are those for the first date of what is saved: of all dates, when these are meant.
  const isWhole = target.scope === 'all' && target.occurrence !== undefined;
  const answer = await decide({
    kind: 'conflict',
    ...(isWhole ? { firstDay: await firstDayOf(edit) } : {}),
    id: subject.id,
    refusal,
    title: change.title ?? subject.title,
    canSkip:
      edit.kind === 'create'
        ? Boolean(edit.change.recurrence_pattern)
        : subject.is_recurring && target.scope !== 'this',
    // The suggestions are other times for the event, not for a date that it adds.
    canMove: !change.added,
    allDay: change.all_day ?? subject.all_day,
  });
  if (!answer) return { kind: 'left' };
  if (answer.choice === 'move') {
    Object.assign(change, { start_time: answer.start_time, end_time: answer.end_time });
    if (isWhole) edit.target = {};
  } else change.on_conflict = answer.choice;
  return null;
}

/** The day on which a series starts when its named date is moved as wanted, for the reader. */
async function firstDayOf({ subject, target, change }: Edit): Promise<string> {
  const series = await events.get(subject.id);
  const day = (time: string): string => dayOf(asInstant(time, subject.time_zone), zone.peek());
  const moved = minutesBetween(
    `${day(target.occurrence!)}T00:00`,
    `${day(change.start_time ?? target.occurrence!)}T00:00`,
  );
  return addDays(day(series.start_time), moved / 1_440);
}

async function askAboutClash(edit: Edit, refusal: Refusal): Promise<Sent | null> {
  if (edit.kind !== 'update') return null;
  const { subject } = edit;
  const latest = await events.get(subject.id);
  const answer = await decide({
    kind: 'clash',
    refusal,
    title: subject.title,
    zone: subject.time_zone,
    by: latest.updated_by.username,
    mine: edit.change,
  });
  if (!answer) return { kind: 'left' };
  if (answer.choice === 'discard') return { kind: 'discarded', event: latest };
  edit.change = answer.change;
  edit.subject = { ...subject, version: refusal.problem.current_version! };
  return null;
}

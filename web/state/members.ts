import { type Event, history, people } from '../api.js';
import { words } from '../words/en.js';
import { reload } from './calendar.js';
import { afterChange, explain, sayDone } from './edit.js';
import { closeIfOpen } from './opened.js';
import { writeOrAsk } from './overlap.js';
import { showToast } from './toasts.js';

/** Changes who takes part, and says so. Returns whether it was done. */
export async function changePeople(
  event: { id: string; title: string; all_day: boolean },
  said: string,
  write: (onConflict: 'reject' | 'allow') => Promise<unknown>,
  { undoable = true } = {},
): Promise<boolean> {
  try {
    if (!(await writeOrAsk(event, write))) return false;
    if (undoable) sayDone(said, () => undoNewest(event.id));
    else showToast({ text: said });
    await afterChange();
    return true;
  } catch (error) {
    explain(error);
    return false;
  }
}

async function undoNewest(id: string): Promise<void> {
  const { items } = await history.changelog(id);
  if (items[0]) await history.undo(id, items[0].position);
}

/** Undoes a share, a change of role or a removal. */
export async function undoPeople(event: Event, position: number): Promise<void> {
  try {
    await history.undo(event.id, position);
    showToast({ text: words.toast.undone(event.title) });
    await afterChange();
  } catch (error) {
    explain(error);
  }
}

/** Leaves an event: it vanishes from the calendar. */
export async function leave(event: Event, userId: string): Promise<void> {
  try {
    await people.remove(event.id, userId);
    closeIfOpen(event.id);
    showToast({ text: words.toast.left(event.title) });
    await reload();
  } catch (error) {
    explain(error);
  }
}

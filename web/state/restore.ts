import { type Event, events, history, type Item } from '../api.js';
import { words } from '../words/en.js';
import { afterChange, explain, sayDone } from './edit.js';
import { writeOrAsk } from './overlap.js';

// What goes back: from the trash, to an earlier version, behind a change.

/** Brings an event back from the trash. Returns whether it is back. */
export async function restoreItem(item: Item): Promise<boolean> {
  try {
    if (!(await writeOrAsk(item, (onConflict) => events.restore(item.id, onConflict)))) return false;
    sayDone(words.toast.restored(item.title), () => events.remove(item.id));
    await afterChange();
    return true;
  } catch (error) {
    explain(error);
    return false;
  }
}

/** Writes content that the event had. Returns whether it was done. */
async function rewrite(
  event: Event,
  said: string,
  write: (onConflict: 'reject' | 'allow') => Promise<Event>,
): Promise<boolean> {
  try {
    const done = await writeOrAsk(event, write);
    if (!done) return false;
    const { version } = done.written;
    if (version !== event.version) sayDone(said, () => history.revert(event.id, version, 'allow'));
    await afterChange();
    return true;
  } catch (error) {
    explain(error);
    return false;
  }
}

/** Writes the content of an earlier version as the newest; only some fields of it when they are given. */
export const restoreVersion = (event: Event, version: number, fields?: string[]): Promise<boolean> =>
  rewrite(event, words.toast.restoredVersion(version), (onConflict) =>
    history.rollback(event.id, version, fields, onConflict),
  );

/** Undoes one change and keeps the later ones. */
export const undoOnly = (event: Event, version: number): Promise<boolean> =>
  rewrite(event, words.toast.undidVersion(version), (onConflict) => history.revert(event.id, version, onConflict));

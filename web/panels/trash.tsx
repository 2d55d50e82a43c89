import { Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { events, type Item, Refusal } from '../api.js';
import { explain } from '../state/edit.js';
import { restoreItem } from '../state/restore.js';
import { zone } from '../state/session.js';
import { ago, spanIn } from '../time/format.js';
import { Sheet } from '../ui/sheet.js';
import { words as common } from '../words/en.js';
import { panelWords as words } from '../words/panels.js';
import { TrashHistory } from './trash-history.js';

/** Deleted events, which can come back. */
export function Trash() {
  const [items, setItems] = useState<Item[] | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    events.trash().then(setItems, (error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      explain(error);
      setItems([]);
    });
  }, []);
  const restore = async (item: Item): Promise<void> => {
    if (await restoreItem(item)) setItems((items ?? []).filter(({ id }) => id !== item.id));
  };
  return (
    <Sheet title={common.trash} shape="page">
      {items?.length === 0 && <p class="nothing">{words.emptyTrash}</p>}
      {items === null && <div class="sk" />}
      {items?.map((item) => (
        <Fragment key={item.id}>
          <div class="who">
            <span class="grow">
              <b>{item.title}</b>
              <small>
                {spanIn(item.start_time, item.end_time, item.all_day, zone.value)}.{' '}
                {words.deleted(item.deleted_at ? ago(item.deleted_at) : '')}
              </small>
            </span>
            <button
              type="button"
              class="btn s"
              aria-label={words.pastOf(item.title)}
              aria-expanded={shown === item.id}
              onClick={() => setShown(shown === item.id ? null : item.id)}
            >
              {words.past}
            </button>
            <button type="button" class="btn s" onClick={() => void restore(item)}>
              {words.restore}
            </button>
          </div>
          {shown === item.id && <TrashHistory id={item.id} label={words.pastOf(item.title)} />}
        </Fragment>
      ))}
    </Sheet>
  );
}

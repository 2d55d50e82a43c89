import { useEffect, useState } from 'preact/hooks';
import { type Change, history } from '../api.js';
import { explain } from '../state/edit.js';
import { isMe, zone } from '../state/session.js';
import { moment } from '../time/format.js';
import { words as common } from '../words/en.js';

/** What happened to a deleted event, newest first. */
export function TrashHistory({ id, label }: { id: string; label: string }) {
  const [entries, setEntries] = useState<Change[] | null>(null);
  useEffect(() => {
    history.changelog(id).then(({ items }) => setEntries(items), explain);
  }, [id]);
  if (!entries) return <div class="sk" />;
  return (
    <ol class="past-changes" aria-label={label}>
      {entries.map(({ position, actor, summary, comment, at }) => (
        <li key={position}>
          {summary}
          {comment && <q>{comment}</q>}
          <small>{`${isMe(actor.id) ? common.you : actor.username}, ${moment(at, zone.value)}`}</small>
        </li>
      ))}
    </ol>
  );
}

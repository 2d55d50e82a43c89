import { useEffect } from 'preact/hooks';
import type { Change as LiveItem } from '../../sdk/index.js';
import {
  byOthers,
  loadOlder,
  loadUnread,
  markAllRead,
  markRead,
  olderInbox,
  refreshInbox,
  unread,
  unseen,
} from '../state/inbox.js';
import { showChange } from '../state/live.js';
import { closePanel } from '../state/panel.js';
import { ago } from '../time/format.js';
import { Avatar } from '../ui/avatar.js';
import { Sheet } from '../ui/sheet.js';
import { words as common } from '../words/en.js';
import { panelWords as words } from '../words/panels.js';

/** What others did to the events of the reader. Only what is listed can be marked as read. */
export function Inbox() {
  useEffect(() => void refreshInbox(), []);
  const items = byOthers.value;
  return (
    <Sheet
      title={words.notifications}
      shape="pop"
      actions={
        unread.value > 0 && (
          <button
            type="button"
            class="btn plain s"
            onClick={() => void (unseen.value > 0 ? loadUnread() : markAllRead())}
          >
            {unseen.value > 0 ? words.showUnread(unread.value) : words.markAllRead}
          </button>
        )
      }
    >
      {items.length === 0 && <p class="nothing">{words.noNotifications}</p>}
      {items.map((item) => (
        <Notification key={item.id} item={item} />
      ))}
      {olderInbox.value && (
        <button type="button" class="btn plain s more-days" onClick={() => void loadOlder()}>
          {common.earlier}
        </button>
      )}
    </Sheet>
  );
}

function Notification({ item }: { item: LiveItem }) {
  const open = (): void => {
    void markRead(item);
    closePanel();
    if (item.type !== 'access_revoked') showChange(item);
  };
  return (
    <button type="button" class="nt" onClick={open}>
      <Avatar person={item.actor} />
      <span>
        {common.toast.others(item)}
        <small>{`${item.event_title}, ${ago(item.timestamp)}`}</small>
      </span>
      {!item.read_at && <span class="u" role="img" aria-label={words.unread} />}
    </button>
  );
}

import { Icon, type IconName } from '../icons/icon.js';
import { startDraftSoon } from '../state/draft.js';
import { unread } from '../state/inbox.js';
import { closePanel, openPanel, panel, type Panel } from '../state/panel.js';
import { words } from '../words/en.js';

/** The five places of the phone layout. */
export function BottomBar() {
  return (
    <nav class="nav5" aria-label={words.calendar}>
      <button
        type="button"
        class={panel.value ? '' : 'on'}
        aria-current={panel.value ? undefined : 'page'}
        onClick={closePanel}
      >
        <Icon name="cal" />
        {words.calendar}
      </button>
      <Place name="find-time" icon="people" label={words.findTime} />
      <button type="button" class="new" aria-label={words.newEvent} onClick={() => startDraftSoon()}>
        <Icon name="plus" />
      </button>
      <Place name="inbox" icon="bell" label={words.inbox} count={unread.value} />
      <Place name="settings" icon="gear" label={words.you} />
    </nav>
  );
}

function Place({ name, icon, label, count = 0 }: { name: Panel; icon: IconName; label: string; count?: number }) {
  const on = panel.value === name;
  return (
    <button type="button" class={on ? 'on' : ''} aria-current={on ? 'page' : undefined} onClick={() => openPanel(name)}>
      <Icon name={icon} />
      {label}
      {count > 0 && <span class="badge">{count > 99 ? '99+' : count}</span>}
    </button>
  );
}

import { useEffect, useRef } from 'preact/hooks';
import { HistoryTab } from '../history/history-tab.js';
import { Icon } from '../icons/icon.js';
import {
  members,
  changelog,
  closeEvent,
  event,
  isOld,
  opened,
  openedItem,
  openedState,
  showTab,
} from '../state/opened.js';
import { endOf, keyOf, startOf } from '../state/calendar.js';
import { isLocal } from '../state/outbox.js';
import { zone } from '../state/session.js';
import { showToast } from '../state/toasts.js';
import { spanIn } from '../time/format.js';
import { copyText } from '../ui/copy-text.js';
import { Tabs } from '../ui/tabs.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Close } from './drawer-close.js';
import { DetailsTab } from './details-tab.js';
import { EditEvent } from './edit-event.js';
import { Gone } from './gone.js';
import { PeopleTab } from './people-tab.js';

/** An event beside the calendar: what it is, who takes part, and how it came to be. */
export function Drawer() {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = opened.value;
  useEffect(() => heading.current?.focus(), [shown?.id, event.value?.id]);
  if (!shown) return null;
  const now = event.value;
  const isReading = now && openedState.value === 'ready' && !shown.editing;
  return (
    <aside class={`drawer ${shown.tab === 'history' ? 'wide' : ''}`} aria-labelledby="drawer-title">
      {openedState.value === 'gone' && <Gone />}
      {openedState.value === 'loading' && <Loading />}
      {openedState.value === 'failed' && <Failed />}
      {now && openedState.value === 'ready' && shown.editing && (
        <EditEvent key={shown.item ? keyOf(shown.item) : now.id} />
      )}
      {isReading && (
        <>
          <div class="dh">
            <span class={`tag ${now.role === 'owner' ? 'acc' : ''}`}>{common.roles[now.role]}</span>
            {now.is_recurring && (
              <span class="tag">
                <Icon name="repeat" /> {words.series}
              </span>
            )}
            {now.status !== 'confirmed' && <span class="tag warn">{common.status[now.status]}</span>}
            <span class="grow" />
            <button type="button" class="ib" aria-label={words.copyLink} onClick={copyLink}>
              <Icon name="link" />
            </button>
            <Close />
          </div>
          <div class="dt">
            <h2 id="drawer-title" tabIndex={-1} ref={heading}>
              {openedItem()!.title}
            </h2>
            <p>{spanIn(startOf(openedItem()!), endOf(openedItem()!), now.all_day, zone.value)}</p>
          </div>
          {isOld.value && (
            <p class="note old" role="status">
              {words.kept}
            </p>
          )}
          {!isLocal(now.id) && (
            <Tabs
              label={words.tabs}
              panel="drawer-panel"
              tabs={[
                { name: 'details', label: words.details },
                { name: 'people', label: words.people, count: members.value.length },
                { name: 'history', label: words.history, count: changelog.value.length },
              ]}
              shown={shown.tab}
              show={showTab}
            />
          )}
          {shown.tab === 'details' && <DetailsTab />}
          {shown.tab === 'people' && <PeopleTab />}
          {shown.tab === 'history' && <HistoryTab />}
        </>
      )}
    </aside>
  );
}

function copyLink(): void {
  const address = new URL(location.href);
  address.searchParams.set('event', opened.value!.id);
  void copyText(address.href).then(() => showToast({ text: common.toast.copied(words.link) }));
}

function Loading() {
  return (
    <div class="loading" aria-busy="true">
      <span id="drawer-title" class="sr">
        {words.loading}
      </span>
      <div class="sk" />
      <div class="sk" />
      <div class="sk" />
    </div>
  );
}

function Failed() {
  return (
    <div class="empty" role="alert">
      <h3 id="drawer-title">{common.refused.unreachable}</h3>
      <button type="button" class="btn" onClick={closeEvent}>
        {words.back}
      </button>
    </div>
  );
}

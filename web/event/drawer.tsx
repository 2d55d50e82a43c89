import { useEffect, useRef } from 'preact/hooks';
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
  type Tab,
} from '../state/opened.js';
import { endOf, startOf } from '../state/calendar.js';
import { isLocal } from '../state/outbox.js';
import { zone } from '../state/session.js';
import { showToast } from '../state/toasts.js';
import { spanIn } from '../time/format.js';
import { lazy } from '../ui/lazy.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Close } from './drawer-close.js';
import { DetailsTab } from './details-tab.js';
import { Gone } from './gone.js';

const EditEvent = lazy(() => import('./edit-event.js').then((module) => module.EditEvent));
const PeopleTab = lazy(() => import('./people-tab.js').then((module) => module.PeopleTab));
const HistoryTab = lazy(() => import('../history/history-tab.js').then((module) => module.HistoryTab));

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
      {now && openedState.value === 'ready' && shown.editing && <EditEvent key={now.id} />}
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
          {!isLocal(now.id) && <Tabs />}
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
  void navigator.clipboard?.writeText(address.href).then(() => showToast({ text: common.toast.copied }));
}

const TABS: { name: Tab; label: string; count: () => number }[] = [
  { name: 'details', label: words.details, count: () => 0 },
  { name: 'people', label: words.people, count: () => members.value.length },
  { name: 'history', label: words.history, count: () => changelog.value.length },
];

function Tabs() {
  const move = ({ key, currentTarget }: KeyboardEvent): void => {
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    const at = TABS.findIndex(({ name }) => name === opened.value?.tab);
    const next = TABS[(at + (key === 'ArrowRight' ? 1 : TABS.length - 1)) % TABS.length]!;
    showTab(next.name);
    (currentTarget as HTMLElement).querySelector<HTMLElement>(`#tab-${next.name}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={words.tabs} onKeyDown={move}>
      {TABS.map(({ name, label, count }) => (
        <button
          type="button"
          key={name}
          id={`tab-${name}`}
          role="tab"
          aria-selected={opened.value?.tab === name}
          aria-controls="drawer-panel"
          tabIndex={opened.value?.tab === name ? 0 : -1}
          onClick={() => showTab(name)}
        >
          {label} {count() > 0 && <small>{count()}</small>}
        </button>
      ))}
    </div>
  );
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

import { Icon } from '../icons/icon.js';
import { unread } from '../state/inbox.js';
import { opened } from '../state/opened.js';
import { draftInDrawer } from '../state/draft.js';
import { openPanel, panel, togglePanel } from '../state/panel.js';
import { isPhone, sidebarOpen } from '../state/preferences.js';
import { zone } from '../state/session.js';
import { date, goToday, shownDays, step, view, type View, VIEWS } from '../state/view.js';
import { monthName, shortDay } from '../time/format.js';
import { addDays, today, weekNumber } from '../time/zoned.js';
import { words } from '../words/en.js';
import { ConnectionPill } from './connection-pill.js';

/** The month whose days are the most among those shown. */
function period(isSlim: boolean): { month: string; year: string } {
  const { from, to } = shownDays.value;
  const middle = view.value === 'week' ? addDays(from, 3) : view.value === 'agenda' ? date.value : date.value;
  return { month: monthName(middle, isSlim ? 'short' : 'long'), year: (to && middle).slice(0, 4) };
}

export function TopBar({ withSide }: { withSide: boolean }) {
  const slim = isPhone.value || Boolean(opened.value) || draftInDrawer.value;
  const { month, year } = period(slim);
  return (
    <header class="top">
      {!withSide && !isPhone.value && (
        <button
          type="button"
          class="ib"
          aria-label={words.showSidebar}
          onClick={() => (sidebarOpen.value = !sidebarOpen.value)}
        >
          <Icon name="side" />
        </button>
      )}
      <button type="button" class="btn today" onClick={goToday}>
        {words.today}
      </button>
      <span class="row steps">
        <button type="button" class="ib" aria-label={words.previous[view.value]} onClick={() => step(-1)}>
          <Icon name="left" />
        </button>
        <button type="button" class="ib" aria-label={words.next[view.value]} onClick={() => step(1)}>
          <Icon name="right" />
        </button>
      </span>
      <h1 aria-live="polite">
        <b>{month}</b> {!(isPhone.value && year === today(zone.value).slice(0, 4)) && <span>{year}</span>}
        {view.value === 'day' && <span class="sr">, {shortDay(date.value)}</span>}
      </h1>
      {view.value === 'week' && !slim && (
        <span class="tag">{words.week(weekNumber(addDays(shownDays.value.from, 3)))}</span>
      )}
      <span class="grow" />
      <ConnectionPill />
      {slim ? (
        <button type="button" class="ib" aria-label={words.search} onClick={() => openPanel('palette')}>
          <Icon name="search" />
        </button>
      ) : (
        <button type="button" class="find" onClick={() => openPanel('palette')}>
          <Icon name="search" /> {words.search} <kbd>Ctrl K</kbd>
        </button>
      )}
      {!isPhone.value && (
        <button
          type="button"
          class="ib"
          aria-label={words.notificationsCount(unread.value)}
          aria-expanded={panel.value === 'inbox'}
          onClick={() => togglePanel('inbox')}
        >
          <Icon name="bell" />
          {unread.value > 0 && <span class="badge">{unread.value > 99 ? '99+' : unread.value}</span>}
        </button>
      )}
      {slim ? <ViewMenu /> : <ViewSwitch />}
    </header>
  );
}

function ViewSwitch() {
  return (
    <span class="seg" role="radiogroup" aria-label={words.view}>
      {VIEWS.map((name) => (
        <button
          type="button"
          key={name}
          role="radio"
          aria-checked={view.value === name}
          onClick={() => (view.value = name)}
        >
          {words.views[name]}
        </button>
      ))}
    </span>
  );
}

function ViewMenu() {
  return (
    <span class="select">
      <select
        class="btn"
        aria-label={words.view}
        value={view.value}
        onChange={({ currentTarget }) => (view.value = currentTarget.value as View)}
      >
        {VIEWS.map((name) => (
          <option key={name} value={name}>
            {words.views[name]}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
}

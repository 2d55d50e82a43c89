import { useEffect } from 'preact/hooks';
import '../styles/app.css';
import { CalendarView } from '../calendar/calendar.js';
import { draft, draftInDrawer } from '../state/draft.js';
import { followView } from '../state/calendar.js';
import { startLive, stopLive } from '../state/live.js';
import { openEvent, opened } from '../state/opened.js';
import { panel } from '../state/panel.js';
import { isPhone, sidebarOpen } from '../state/preferences.js';
import { asOf } from '../state/time-travel.js';
import { followAddress } from '../state/view.js';
import { lazy } from '../ui/lazy.js';
import { words } from '../words/en.js';
import { BottomBar } from './bottom-bar.js';
import { listenToKeys } from './keyboard.js';
import { Dialogs } from './lazy-dialogs.js';
import { Sidebar } from './sidebar.js';
import { Toasts } from './toasts.js';
import { TopBar } from './top-bar.js';

const Drawer = lazy(() => import('../event/drawer.js').then((module) => module.Drawer));
const NewEvent = lazy(() => import('../event/new-event.js').then((module) => module.NewEvent));
const QuickCreate = lazy(() => import('../calendar/quick-create.js').then((module) => module.QuickCreate));
const Panels = lazy(() => import('../panels/panels.js').then((module) => module.Panels));
const TravelBar = lazy(() => import('../history/travel-bar.js').then((module) => module.TravelBar));

/** The whole of it once somebody is signed in: the calendar, and what opens beside it. */
export function App() {
  useEffect(() => {
    followAddress();
    followView();
    void startLive();
    const linked = new URLSearchParams(location.search).get('event');
    if (linked) openEvent(linked);
    const stop = listenToKeys();
    return () => {
      stop();
      stopLive();
    };
  }, []);
  const wide = opened.value?.tab === 'history';
  const withSide = sidebarOpen.value && !isPhone.value && !(wide && innerWidth < 1680);
  return (
    <div class={`app ${withSide ? '' : 'noside'} ${opened.value || draftInDrawer.value ? 'with-drawer' : ''}`}>
      <a class="skip" href="#calendar">
        {words.skip}
      </a>
      {withSide && <Sidebar />}
      <main class="main">
        {asOf.value && <TravelBar />}
        <TopBar withSide={withSide} />
        <CalendarView />
        {draft.value && !draftInDrawer.value && <QuickCreate key={draft.value.key} />}
      </main>
      {opened.value && <Drawer />}
      {draft.value && draftInDrawer.value && !opened.value && <NewEvent key={draft.value.key} />}
      {panel.value && <Panels />}
      {isPhone.value && !opened.value && !draftInDrawer.value && <BottomBar />}
      <Dialogs />
      <Toasts />
    </div>
  );
}

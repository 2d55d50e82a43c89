import { lazy } from '../ui/lazy.js';
import { loadedAt, loadState, shownItems } from '../state/calendar.js';
import { secondZone } from '../state/preferences.js';
import { zone } from '../state/session.js';
import { shownDays, view } from '../state/view.js';
import { longDay } from '../time/format.js';
import { words } from '../words/en.js';
import { Agenda } from './agenda.js';
import { LoadError } from './load-error.js';
import { ZoneLabel } from './zone-label.js';

const TimeGrid = lazy(() => import('./time-grid.js').then((module) => module.TimeGrid));
const MonthGrid = lazy(() => import('./grid.js').then((module) => module.MonthGrid));

const shown = { day: TimeGrid, week: TimeGrid, month: MonthGrid, agenda: Agenda };

/** The calendar in the chosen view. It stays where it is whatever opens beside it. */
export function CalendarView() {
  const View = shown[view.value];
  return (
    <>
      {loadState.value === 'failed' && <LoadError />}
      <section
        id="calendar"
        class={`cal v-${view.value} ${secondZone.value && secondZone.value !== zone.value ? 'two-zones' : ''} ${loadedAt.value ? '' : 'unread'}`}
        tabIndex={-1}
        aria-label={words.viewLabel(view.value, longDay(shownDays.value.from))}
        aria-busy={loadState.value === 'loading' && shownItems.value.length === 0}
      >
        {(view.value === 'week' || view.value === 'day') && <ZoneLabel />}
        <View />
      </section>
    </>
  );
}

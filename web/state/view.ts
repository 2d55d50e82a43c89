import { batch, computed, effect, signal } from '@preact/signals';
import { startOfWeek } from '../time/week.js';
import { addDays, addMonths, isDay, startOfMonth, today } from '../time/zoned.js';
import { isPhone } from './preferences.js';
import { zone } from './session.js';

export const VIEWS = ['day', 'week', 'month', 'agenda'] as const;
export type View = (typeof VIEWS)[number];

const AGENDA_DAYS = 21;

function fromAddress(): { view: View; date: string } {
  const [, , view, date] = location.pathname.split('/');
  return {
    view: VIEWS.find((name) => name === view) ?? (isPhone.value ? 'agenda' : 'week'),
    date: isDay(date) ? date : today(zone.value),
  };
}

export const view = signal<View>(fromAddress().view);
/** The day around which the view is. */
export const date = signal(fromAddress().date);
/** How many days the agenda reaches before and after. */
export const agendaReach = signal({ before: 0, after: AGENDA_DAYS });

/** The first day that is shown, and the day after the last. */
export const shownDays = computed<{ from: string; to: string }>(() => {
  switch (view.value) {
    case 'day':
      return { from: date.value, to: addDays(date.value, 1) };
    case 'week': {
      const from = startOfWeek(date.value);
      return { from, to: addDays(from, 7) };
    }
    case 'month': {
      const from = startOfWeek(startOfMonth(date.value));
      const last = addDays(startOfMonth(addMonths(startOfMonth(date.value), 1)), -1);
      return { from, to: addDays(startOfWeek(last), 7) };
    }
    case 'agenda':
      return {
        from: addDays(date.value, -agendaReach.value.before),
        to: addDays(date.value, agendaReach.value.after),
      };
  }
});

/** What is read for them: over the agenda of a phone is its whole week. */
export const readDays = computed(() => {
  const { from, to } = shownDays.value;
  if (view.value !== 'agenda') return { from, to };
  const week = startOfWeek(date.value);
  return { from: from < week ? from : week, to };
});

export function step(direction: 1 | -1): void {
  const current = date.value;
  if (view.value === 'month') goTo(addMonths(startOfMonth(current), direction));
  else goTo(addDays(current, direction * { day: 1, week: 7, agenda: AGENDA_DAYS }[view.value]));
}

/** Shows a day; does nothing for one that no calendar has. */
export function goTo(day: string, inView: View = view.value): void {
  if (!isDay(day)) return;
  batch(() => {
    date.value = day;
    view.value = inView;
    agendaReach.value = { before: 0, after: AGENDA_DAYS };
  });
}

export const goToday = (): void => goTo(today(zone.value));

/** Keeps the address true, so that it can be shared and reloaded. Only now is it known in whose zone it is today. */
export function followAddress(): void {
  date.value = fromAddress().date;
  let first = true;
  effect(() => {
    const path = `/calendar/${view.value}/${date.value}`;
    if (path === location.pathname) return;
    if (first) window.history.replaceState(null, '', path + location.search);
    else window.history.pushState(null, '', path + location.search);
    first = false;
  });
  addEventListener('popstate', () => {
    const { view: shown, date: day } = fromAddress();
    goTo(day, shown);
  });
}

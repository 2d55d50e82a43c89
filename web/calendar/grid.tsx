import { useEffect, useRef } from 'preact/hooks';
import { computed, effect, signal } from '@preact/signals';
import { Calendar, type CalendarOptions, type EventInput, type PluginInput } from 'fullcalendar';
import dayGrid from 'fullcalendar/daygrid';
import interaction from 'fullcalendar/interaction';
import 'fullcalendar/skeleton.css';
import type { Item } from '../api.js';
import { endOf, keyOf, pending, shownItems, startOf } from '../state/calendar.js';
import { draft, startDraft } from '../state/draft.js';
import { flashing } from '../state/live.js';
import { waitingIds } from '../state/outbox.js';
import { event as openedEvent, opened } from '../state/opened.js';
import { hues } from '../state/hues.js';
import { ghosts } from '../state/ghosts.js';
import { isPhone, secondZone } from '../state/preferences.js';
import { zone } from '../state/session.js';
import { asOf } from '../state/time-travel.js';
import { date, goTo, shownDays, view } from '../state/view.js';
import { moveItem } from '../state/edit.js';
import { openEvent } from '../state/opened.js';
import { firstDayOfWeek } from '../time/week.js';
import { dayOf, minutesBetween, wallTime } from '../time/zoned.js';
import { words } from '../words/en.js';
import { columnClasses, rowClasses } from './event-classes.js';
import { EventContent } from './event-content.js';
import { axis, calendarClasses } from './grid-classes.js';

const SNAP_MINUTES = 15;
const GRID = { day: 'timeGridDay', week: 'timeGridWeek', month: 'dayGridMonth' } as const;

function toInput(item: Item): EventInput {
  const key = keyOf(item);
  const moved = pending.value.get(key);
  const allDay = moved?.allDay ?? item.all_day;
  return {
    id: key,
    title: item.title,
    start: moved?.start ?? startOf(item),
    end: moved?.end ?? endOf(item),
    allDay,
    editable: item.can.includes('edit') && !asOf.value,
    extendedProps: {
      item,
      moving: moved !== undefined,
      selected: opened.value?.id === item.id && (!opened.value.item?.occurrence || keyOf(opened.value.item) === key),
      flash: flashing.value.has(item.id),
      past: asOf.value !== null,
      waiting: waitingIds.value.has(item.id),
    },
  };
}

/** What is drawn besides events: the draft, the place that a dragged event comes from, another version’s time. */
function extras(): EventInput[] {
  const shown: EventInput[] = [];
  for (const item of shownItems.value) {
    if (!pending.value.has(keyOf(item))) continue;
    shown.push(ghost(`from-${keyOf(item)}`, item.title, startOf(item), endOf(item), item.all_day));
  }
  // Beside the past, the time of another version would be one more past.
  if (!asOf.value)
    for (const { key, title, start, end, allDay } of ghosts.value) shown.push(ghost(key, title, start, end, allDay));
  const created = draft.value;
  if (created) {
    shown.push({
      id: 'draft',
      title: created.title || words.newEvent,
      start: created.start,
      end: created.end,
      allDay: created.allDay,
      editable: false,
      extendedProps: { draft: true },
    });
  }
  return shown;
}

const ghost = (id: string, title: string, start: string, end: string, allDay: boolean): EventInput => ({
  id,
  title,
  start,
  end,
  allDay,
  editable: false,
  extendedProps: { ghost: true },
});

/** A click takes the smallest step: as for the key, an hour is meant. */
const endOfPick = (start: Date, end: Date): Date =>
  end.getTime() - start.getTime() <= SNAP_MINUTES * 60_000 ? new Date(start.getTime() + 3_600_000) : end;

const instant = (at: Date | null, fallback: Date): string => (at ?? fallback).toISOString();

function options(plugin: PluginInput): CalendarOptions {
  return {
    plugins: [plugin, interaction],
    initialView: GRID[view.peek() as keyof typeof GRID],
    initialDate: date.peek(),
    headerToolbar: false,
    height: '100%',
    firstDay: (firstDayOfWeek + 1) % 7,
    locale: navigator.language,
    slotDuration: '00:30:00',
    snapDuration: { minutes: SNAP_MINUTES },
    slotMinHeight: 28,
    scrollTime: '06:45:00',
    scrollTimeReset: false,
    eventMinHeight: 20,
    eventShortHeight: 38,
    nowIndicator: true,
    dayMaxEvents: true,
    eventMaxStack: 8,
    selectable: true,
    selectMirror: false,
    unselectAuto: false,
    eventInteractive: true,
    eventResizableFromStart: true,
    eventLongPressDelay: 300,
    selectLongPressDelay: 300,
    eventDragMinDistance: 4,
    // EventContent says it.
    displayEventTime: false,
    fixedWeekCount: false,
    navLinks: true,
    navLinkHint: (text, at) => words.goTo(dayOfMarker(at), text, isPhone.value ? 'narrow' : 'short'),
    navLinkDayClick: (at: Date) => goTo(dayOfMarker(at), 'day'),
    allDayText: words.allDayShort,
    moreLinkText: (count: number) => words.more(count),
    dayHeaderFormat: { weekday: 'short', day: 'numeric' },
    views: { dayGridMonth: { dayHeaderFormat: { weekday: 'short' } } },
    dayCellFormat: { day: 'numeric' },
    ...calendarClasses(),
    columnEventClass: columnClasses,
    rowEventClass: rowClasses,
    listItemEventClass: rowClasses,
    eventContent: (info) => <EventContent info={info} />,
    // FullCalendar names cells by their day, which hides what is in them.
    dayCellDidMount: ({ el }) => el.removeAttribute('aria-label'),
    eventDidMount: ({ el, event }) => {
      el.dataset.key = event.id;
    },
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault();
      const item = event.extendedProps.item as Item | undefined;
      if (item) openEvent(item.id, item);
    },
    eventDrop: ({ event, revert }) => finish(event, revert),
    eventResize: ({ event, revert }) => finish(event, revert),
    select: ({ start, end, startStr, endStr, allDay, jsEvent }) => {
      startDraft({
        start: allDay ? startStr.slice(0, 10) : start.toISOString(),
        end: allDay ? endStr.slice(0, 10) : endOfPick(start, end).toISOString(),
        allDay,
        ...(jsEvent ? { at: { x: jsEvent.clientX, y: jsEvent.clientY } } : {}),
      });
    },
  };
}

/** FullCalendar’s markers of days have the parts of the day in UTC or in the zone; the noon is on that day in both. */
const dayOfMarker = (at: Date): string => dayOf(at.getTime(), zone.peek());

interface Dropped {
  start: Date | null;
  end: Date | null;
  startStr: string;
  endStr: string;
  allDay: boolean;
  extendedProps: Record<string, unknown>;
}

function finish(event: Dropped, revert: () => void): void {
  const item = event.extendedProps.item as Item;
  const { allDay } = event;
  const start = allDay ? event.startStr.slice(0, 10) : instant(event.start, new Date());
  const length =
    allDay === item.all_day ? new Date(endOf(item)).getTime() - new Date(startOf(item)).getTime() : 3_600_000;
  const fallback = new Date(new Date(start).getTime() + (allDay ? Math.max(86_400_000, length) : length));
  const end = allDay ? (event.endStr || fallback.toISOString()).slice(0, 10) : instant(event.end, fallback);
  // The page draws it where it is dropped; FullCalendar must not keep a state of its own.
  revert();
  void moveItem(item, { start, end, allDay });
}

/** Collects what changes in one turn, so that FullCalendar renders it once: another month comes with its events. */
function oncePerTurn(calendar: Calendar) {
  let changes: (() => void)[] = [];
  let stopped = false;
  const draw = (change: () => void): void => {
    if (changes.push(change) > 1) return;
    queueMicrotask(() => {
      const due = changes;
      changes = [];
      if (!stopped) calendar.batchRendering(() => due.forEach((each) => each()));
    });
  };
  return Object.assign(draw, { stop: () => void (stopped = true) });
}

const AXIS = 56;
const now = signal(Date.now());
/** The hour so close to now that the words of both would touch, in minutes since midnight. */
const hourBesideNow = computed(() => {
  const wall = wallTime(now.value, zone.value);
  const [day, minutes] = [wall.slice(0, 10), minutesBetween(`${wall.slice(0, 10)}T00:00`, wall)];
  const hour = Math.round(minutes / 60) * 60;
  const { from, to } = shownDays.value;
  return day >= from && day < to && Math.abs(minutes - hour) < 12 ? hour : null;
});

const width = signal(1_000);
/** Below this, overlapping events are indented over each other; above, they are side by side. */
const narrow = computed(() => (view.value === 'week' ? (width.value - AXIS) / 7 : width.value) < 80);

/** Month, week and day. */
export function Grid({ plugin }: { plugin: PluginInput }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const calendar = new Calendar(element.current!, options(plugin));
    calendar.render();
    const observer = new ResizeObserver(([entry]) => (width.value = entry!.contentRect.width));
    observer.observe(element.current!);
    const timer = setInterval(() => (now.value = Date.now()), 15_000);
    const draw = oncePerTurn(calendar);
    const stops = [
      effect(() => {
        const [name, day] = [GRID[view.value as keyof typeof GRID], date.value];
        // Another grid shows it.
        if (!name || name.startsWith('dayGrid') !== calendar.view.type.startsWith('dayGrid')) return;
        draw(() => (calendar.view.type === name ? calendar.gotoDate(day) : calendar.changeView(name, day)));
      }),
      effect(() => {
        const [inZone, second, beside] = [zone.value, secondZone.value, hourBesideNow.value];
        const [past, overlap] = [asOf.value !== null, narrow.value];
        draw(() => {
          calendar.setOption('timeZone', inZone);
          calendar.setOption('selectable', !past);
          calendar.setOption('slotHeaderContent', axis(inZone, second, beside));
          calendar.setOption('slotEventOverlap', overlap);
        });
      }),
      effect(() => {
        const inputs = [...shownItems.value.map(toInput), ...extras()];
        void openedEvent.value;
        void hues.value;
        // As one source: each event that is added by itself copies the list of those before it.
        draw(() => {
          calendar.removeAllEventSources();
          calendar.addEventSource(inputs);
        });
      }),
      effect(() => {
        if (!draft.value) draw(() => calendar.unselect());
      }),
      draw.stop,
    ];
    return () => {
      observer.disconnect();
      clearInterval(timer);
      for (const stop of stops) stop();
      calendar.destroy();
    };
  }, [plugin]);
  return <div class="grid" ref={element} />;
}

/** Its plugin is here, as the one of weeks and days needs it too. */
export const MonthGrid = () => <Grid plugin={dayGrid} />;

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Item } from '../api.js';
import { Avatar } from '../ui/avatar.js';
import { daysOf, endOf, keyOf, loadState, shownItems, startOf } from '../state/calendar.js';
import { startDraftSoon } from '../state/draft.js';
import { hueOf } from '../state/hues.js';
import { openEvent } from '../state/opened.js';
import { isPhone } from '../state/preferences.js';
import { waitingIds } from '../state/outbox.js';
import { isMe, zone } from '../state/session.js';
import { agendaReach, shownDays } from '../state/view.js';
import { capitalize, hasTwelveHours, longDay, relative, timeIn } from '../time/format.js';
import { addDays, daysBetween, today } from '../time/zoned.js';
import { words } from '../words/en.js';
import { WeekStrip } from '../shell/week-strip.js';
import { EmptyCalendar } from './empty-calendar.js';

interface Row {
  item: Item;
  /** Which day of how many, for one that spans several. */
  part: [number, number] | null;
}

function rowsByDay(items: Item[], from: string, to: string, inZone: string): [string, Row[]][] {
  const days = new Map<string, Row[]>();
  for (const item of items) {
    const { first, last } = daysOf(item, inZone);
    const count = daysBetween(first, last) + 1;
    for (let day = first; day <= last; day = addDays(day, 1)) {
      if (day < from || day >= to) continue;
      const rows = days.get(day) ?? [];
      rows.push({ item, part: count > 1 ? [daysBetween(first, day) + 1, count] : null });
      days.set(day, rows);
    }
  }
  // What goes on from the day before comes first.
  const order = ({ item, part }: Row): string => (item.all_day ? '' : part && part[0] > 1 ? ' ' : startOf(item));
  for (const rows of days.values()) rows.sort((a, b) => order(a).localeCompare(order(b)));
  return [...days].sort(([a], [b]) => a.localeCompare(b));
}

/** Days as headings, without those on which nothing is. */
export function Agenda() {
  const inZone = zone.value;
  const { from, to } = shownDays.value;
  const days = rowsByDay(shownItems.value, from, to, inZone);
  const list = useRef<HTMLDivElement>(null);
  // What is put over what somebody reads must not move it: so far is the end below the top.
  const fromEnd = useRef<number | null>(null);
  const count = days.length;
  useLayoutEffect(() => {
    const { current } = list;
    if (!current || fromEnd.current === null) return;
    current.scrollTop = current.scrollHeight - fromEnd.current;
    if (loadState.value !== 'loading') fromEnd.current = null;
  }, [count, loadState.value]);
  const reach = (before: number, after: number): void => {
    agendaReach.value = { before: agendaReach.value.before + before, after: agendaReach.value.after + after };
  };
  return (
    <>
      {isPhone.value && <WeekStrip />}
      <div class={hasTwelveHours ? 'ag twelve' : 'ag'} ref={list}>
        <button
          type="button"
          class="btn plain s more-days"
          onClick={() => {
            fromEnd.current = list.current!.scrollHeight - list.current!.scrollTop;
            reach(21, 0);
          }}
        >
          {words.earlier}
        </button>
        {days.length === 0 && loadState.value === 'ready' && <EmptyCalendar onNew={() => startDraftSoon()} />}
        {days.map(([day, rows]) => (
          <section key={day}>
            <DayHeading day={day} />
            {rows.map((row, index) => (
              <>
                {day === today(inZone) && isNowBefore(rows, index) && <div class="nowrow" role="presentation" />}
                <AgendaRow key={keyOf(row.item)} {...row} />
              </>
            ))}
          </section>
        ))}
        <button type="button" class="btn plain s more-days" onClick={() => reach(0, 21)}>
          {words.later}
        </button>
      </div>
    </>
  );
}

/** The line of now is before the first event that has not ended. */
function isNowBefore(rows: Row[], index: number): boolean {
  const ended = (row: Row): boolean => row.item.all_day || new Date(endOf(row.item)).getTime() < Date.now();
  return !ended(rows[index]!) && rows.slice(0, index).every(ended);
}

function DayHeading({ day }: { day: string }) {
  const distance = daysBetween(today(zone.value), day);
  const near = Math.abs(distance) <= 1;
  return (
    <h2>
      {near ? capitalize(relative(distance)) : longDay(day)} {near && <span>{longDay(day)}</span>}
    </h2>
  );
}

function AgendaRow({ item, part }: Row) {
  const inZone = zone.value;
  const ended = new Date(endOf(item)).getTime() < Date.now();
  const [day, count] = part ?? [1, 1];
  const waits = waitingIds.value.has(item.id);
  const classes = [
    'ai',
    hueOf(item.owner.id),
    item.status === 'tentative' ? 'tent' : item.status === 'cancelled' ? 'canc' : '',
    item.show_as === 'free' ? 'free' : '',
    ended ? 'past' : '',
    item.all_day ? 'all' : '',
    waits ? 'waits' : '',
  ];
  const line = [
    waits ? words.outbox.waits : null,
    item.location,
    item.status !== 'confirmed' ? words.status[item.status] : null,
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <button type="button" class={classes.join(' ')} data-key={keyOf(item)} onClick={() => openEvent(item.id, item)}>
      {item.all_day || (day > 1 && day < count) ? (
        <span class="w mut">{words.allDay}</span>
      ) : (
        <span class="w">
          {day > 1 && <small>{words.until} </small>}
          {timeIn(day > 1 ? endOf(item) : startOf(item), inZone)}
          {count === 1 && <small>{timeIn(endOf(item), inZone)}</small>}
        </span>
      )}
      <i />
      <span>
        <b>{item.title}</b>
        {line && <small class="line">{line}</small>}
      </span>
      <span class="row">
        {part && <span class="tag">{words.dayOf(...part)}</span>}
        {!isMe(item.owner.id) && <Avatar person={item.owner} label />}
      </span>
    </button>
  );
}

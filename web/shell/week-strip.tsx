import type { Item } from '../api.js';
import { daysOf, shownItems } from '../state/calendar.js';
import { zone } from '../state/session.js';
import { date, goTo } from '../state/view.js';
import { longDay, monthName, weekdayName } from '../time/format.js';
import { startOfWeek } from '../time/week.js';
import { addDays, today } from '../time/zoned.js';
import { words } from '../words/en.js';

/** The days on which something is, also those on which it goes on. */
function daysWith(items: Item[], inZone: string): Set<string> {
  const days = new Set<string>();
  for (const item of items) {
    const { first, last } = daysOf(item, inZone);
    for (let day = first; day <= last; day = addDays(day, 1)) days.add(day);
  }
  return days;
}

/** The days of the week over the agenda of a phone, with a dot where something is. */
export function WeekStrip() {
  const first = startOfWeek(date.value);
  const now = today(zone.value);
  const taken = daysWith(shownItems.value, zone.value);
  return (
    <div class="strip7" role="group" aria-label={words.viewLabel('week', longDay(first))}>
      {Array.from({ length: 7 }, (_, index) => addDays(first, index)).map((day) => (
        <button
          type="button"
          key={day}
          class={day === now ? 't' : ''}
          aria-current={day === now ? 'date' : undefined}
          aria-pressed={day === date.value}
          onClick={() => goTo(day)}
        >
          {weekdayName(day, 'short')} <b>{Number(day.slice(8))}</b>
          <span class="sr">{monthName(day)}</span>
          {taken.has(day) && day !== now && <i />}
        </button>
      ))}
    </div>
  );
}

import { useState } from 'preact/hooks';
import { Icon } from '../icons/icon.js';
import { date, goTo, shownDays, view } from '../state/view.js';
import { zone } from '../state/session.js';
import { longDay, monthName, weekdayName } from '../time/format.js';
import { startOfWeek } from '../time/week.js';
import { addDays, addMonths, startOfMonth, today } from '../time/zoned.js';
import { words } from '../words/en.js';

/** A small month to jump to a date. */
export function MiniMonth() {
  const [looked, setLooked] = useState<{ at: string; month: string } | null>(null);
  // Where somebody looked around, until the calendar goes elsewhere.
  const month = looked?.at === date.value ? looked.month : startOfMonth(date.value);
  const look = (months: number): void => setLooked({ at: date.value, month: addMonths(month, months) });
  const first = startOfWeek(month);
  const rows = startOfWeek(addDays(addMonths(month, 1), -1)) === addDays(first, 35) ? 6 : 5;
  const days = Array.from({ length: rows * 7 }, (_, index) => addDays(first, index));
  const shown = view.value === 'week' ? shownDays.value : null;
  const now = today(zone.value);
  return (
    <div class="mini">
      <header>
        <span>{`${monthName(month)} ${month.slice(0, 4)}`}</span>
        <button type="button" class="ib s" aria-label={words.previousMonth} onClick={() => look(-1)}>
          <Icon name="left" />
        </button>
        <button type="button" class="ib s" aria-label={words.nextMonth} onClick={() => look(1)}>
          <Icon name="right" />
        </button>
      </header>
      <div class="g">
        {days.slice(0, 7).map((day) => (
          <span key={day} class="wd" aria-hidden="true">
            {weekdayName(day, 'narrow')}
          </span>
        ))}
        {days.map((day) => {
          const inWeek = shown && day >= shown.from && day < shown.to;
          const classes = [
            day.slice(0, 7) === month.slice(0, 7) ? '' : 'o',
            inWeek ? 'wk' : '',
            inWeek && day === shown.from ? 'a' : '',
            inWeek && addDays(day, 1) === shown.to ? 'z' : '',
            day === now ? 't' : '',
            !shown && day === date.value ? 'on' : '',
          ];
          const number = String(Number(day.slice(8)));
          return (
            <button
              type="button"
              key={day}
              class={classes.join(' ')}
              aria-label={longDay(day)}
              aria-current={day === now ? 'date' : undefined}
              onClick={() => goTo(day)}
            >
              {day === now ? <b>{number}</b> : number}
            </button>
          );
        })}
      </div>
    </div>
  );
}

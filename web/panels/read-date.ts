import { zone } from '../state/session.js';
import { monthName, weekdayName } from '../time/format.js';
import { startOfWeek } from '../time/week.js';
import { addDays, isDay, today, weekday } from '../time/zoned.js';

const MONTHS = Array.from({ length: 12 }, (_, index) =>
  monthName(`2026-${String(index + 1).padStart(2, '0')}-01`).toLowerCase(),
);

/** The day that a text names: `tomorrow`, `next tue`, `18 june`, `june 18`, `2026-06-18`. Null when it names none. */
export function readDate(text: string): string | null {
  const now = today(zone.value);
  const said = text.trim().toLowerCase();
  if (said.length < 3) return null;
  if (/^\d{4}-\d\d-\d\d$/.test(said)) return isDay(said) ? said : null;
  if (said === 'today') return now;
  if (said === 'tomorrow') return addDays(now, 1);
  if (said === 'yesterday') return addDays(now, -1);
  const next = said.replace(/^next /, '');
  for (let ahead = 1; ahead <= 7; ahead += 1) {
    const day = addDays(now, ahead);
    if (!weekdayName(day).toLowerCase().startsWith(next)) continue;
    return said.startsWith('next ') && weekday(day) > weekday(now) && startOfWeek(day) === startOfWeek(now)
      ? addDays(day, 7)
      : day;
  }
  const [, before, name, after] = /^(\d{1,2})?\.? ?([a-zà-ÿ]{3,}) ?(\d{1,2})?$/.exec(said) ?? [];
  const date = before ?? after;
  const month = name ? MONTHS.findIndex((full) => full.startsWith(name)) : -1;
  if (month < 0 || !date) return null;
  const day = `${now.slice(0, 4)}-${String(month + 1).padStart(2, '0')}-${date.padStart(2, '0')}`;
  return isDay(day) ? day : null;
}

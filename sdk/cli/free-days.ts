import { toInstant } from '../index.js';
import type { Window } from './window.js';
import { moveWall, wallOf } from './zones.js';

/** The hours of a day, such as `08:30` to `24:00`. */
export interface Hours {
  start: string;
  end: string;
}

/** The free times of each day, within the hours. What is over already is left out, unless the whole window is. */
export function freeDays(
  busy: (readonly [number, number])[],
  window: Window,
  hours: Hours,
  zone: string,
  now = new Date(),
): { day: string; spans: string[] }[] {
  const taken = [...busy].sort(([one], [other]) => one - other);
  const isOver = Date.parse(window.to) <= now.getTime();
  const begin = Math.max(Date.parse(window.from), isOver ? 0 : Math.ceil(now.getTime() / 60_000) * 60_000);
  const days: { day: string; spans: string[] }[] = [];
  const clock = (at: number): string => wallOf(new Date(at), zone).slice(11, 16);
  for (let day = wallOf(new Date(begin), zone).slice(0, 10); ; day = moveWall(day, { days: 1 })) {
    const opens = Math.max(Date.parse(toInstant(`${day}T${hours.start}`, zone)), begin);
    const close =
      hours.end === '24:00' ? toInstant(moveWall(day, { days: 1 }), zone) : toInstant(`${day}T${hours.end}`, zone);
    const closes = Math.min(Date.parse(close), Date.parse(window.to));
    if (Date.parse(toInstant(day, zone)) >= Date.parse(window.to)) return days;
    const spans: string[] = [];
    let from = opens;
    for (const [start, end] of [...taken, [closes, closes] as const]) {
      if (Math.min(start, closes) > from) spans.push(`${clock(from)}–${clock(Math.min(start, closes))}`);
      from = Math.max(from, end);
      if (from >= closes) break;
    }
    if (spans.length > 0) days.push({ day, spans });
  }
}

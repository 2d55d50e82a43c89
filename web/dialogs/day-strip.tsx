import type { ConflictView, SlotView } from '../../sdk/index.js';
import { allItems, endOf, startOf } from '../state/calendar.js';
import { hueOf } from '../state/hues.js';
import { zone } from '../state/session.js';
import { clockOfMinutes, longDay, shortClock } from '../time/format.js';
import { wallTime } from '../time/zoned.js';

const HOURS = 9;

interface Props {
  conflicts: ConflictView[];
  suggestions: SlotView[];
  chosen: number;
}

/** The hours around the first conflict: what is there, where the change would be, and where it could go. */
export function DayStrip({ conflicts, suggestions, chosen }: Props) {
  const first = conflicts[0]!.with;
  const inZone = zone.value;
  const day = wallTime(first.start_time, inZone).slice(0, 10);
  const hour = (instant: string): number => {
    const wall = wallTime(instant, inZone);
    const ahead = wall.slice(0, 10) < day ? -24 : wall.slice(0, 10) > day ? 24 : 0;
    return ahead + Number(wall.slice(11, 13)) + Number(wall.slice(14, 16)) / 60;
  };
  const from = Math.max(0, Math.min(24 - HOURS, Math.floor(hour(first.start_time)) - 3));
  const box = (start: string, end: string) => {
    const [a, b] = [Math.max(from, hour(start)), Math.min(from + HOURS, hour(end))];
    return b <= a ? null : { left: `${((a - from) / HOURS) * 100}%`, width: `calc(${((b - a) / HOURS) * 100}% - 2px)` };
  };
  const there = allItems.value.filter((item) => !item.all_day && wallTime(startOf(item), inZone).startsWith(day));
  return (
    <>
      <div class="label">{longDay(day)}</div>
      <div class="strip" aria-hidden="true">
        {Array.from({ length: HOURS }, (_, index) => (
          <div class="h" key={index} style={{ left: `${(index / HOURS) * 100}%` }}>
            <span>{clockOfMinutes((from + index) * 60)}</span>
          </div>
        ))}
        {there.map((item) => {
          const place = box(startOf(item), endOf(item));
          return (
            place && (
              <div key={item.id} class={`b ${hueOf(item.owner.id)}`} style={place}>
                {item.title}
              </div>
            )
          );
        })}
        {box(first.start_time, first.end_time) && (
          <div class="m bad" style={box(first.start_time, first.end_time)!}>
            <span>{shortClock(wallTime(first.start_time, inZone))}</span>
          </div>
        )}
        {suggestions.map(({ start_time: start, end_time: end }, index) => {
          const place = wallTime(start, inZone).startsWith(day) ? box(start, end) : null;
          return (
            place && (
              <div key={start} class={`m ${index === chosen ? 'ok' : 'alt'}`} style={place}>
                <span>{shortClock(wallTime(start, inZone))}</span>
              </div>
            )
          );
        })}
      </div>
    </>
  );
}

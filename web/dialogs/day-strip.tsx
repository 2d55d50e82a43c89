import type { ConflictView, SlotView } from '../../sdk/index.js';
import { allItems, endOf, startOf } from '../state/calendar.js';
import { hueOf } from '../state/hues.js';
import { zone } from '../state/session.js';
import { dialogWords as words } from '../words/dialogs.js';
import { clockOfMinutes, longDay, shortClock } from '../time/format.js';
import { daysBetween, wallTime } from '../time/zoned.js';

const HOURS = 9;

interface Props {
  conflicts: ConflictView[];
  suggestions: SlotView[];
  chosen: number;
  /** The event that is saved: it is not in its own way. */
  self?: string | undefined;
}

/** The hours around the first conflict: what is there, where the change would be, and where it could go. */
export function DayStrip({ conflicts, suggestions, chosen, self }: Props) {
  const first = conflicts[0]!.with;
  const inZone = zone.value;
  const day = wallTime(first.start_time, inZone).slice(0, 10);
  const hour = (instant: string): number => {
    const wall = wallTime(instant, inZone);
    return 24 * daysBetween(day, wall.slice(0, 10)) + Number(wall.slice(11, 13)) + Number(wall.slice(14, 16)) / 60;
  };
  const from = Math.max(0, Math.min(24 - HOURS, Math.floor(hour(first.start_time)) - 3));
  const box = (start: string, end: string) => {
    const [a, b] = [Math.max(from, hour(start)), Math.min(from + HOURS, hour(end))];
    return b <= a ? null : { left: `${((a - from) / HOURS) * 100}%`, width: `calc(${((b - a) / HOURS) * 100}% - 2px)` };
  };
  // Besides what the calendar shows: what is in the way, also when it lasts all day, or its name is not to be seen.
  const there = [
    ...conflicts.map(({ event_id, title, start_time, end_time }) => ({
      id: event_id,
      title: title ?? words.busyTime,
      start: start_time,
      end: end_time,
      owner: allItems.value.find((item) => item.id === event_id)?.owner.id,
    })),
    ...allItems.value
      .filter((item) => item.id !== self && !item.all_day && !conflicts.some(({ event_id }) => event_id === item.id))
      .map((item) => ({
        id: item.id,
        title: item.title,
        start: startOf(item),
        end: endOf(item),
        owner: item.owner.id,
      })),
  ];
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
          const place = box(item.start, item.end);
          return (
            place && (
              <div key={item.start + item.id} class={`b ${hueOf(item.owner ?? '')}`} style={place}>
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

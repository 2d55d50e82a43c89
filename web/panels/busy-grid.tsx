import type { PersonBusyView, TimeSlotView } from '../../sdk/index.js';
import { isMe, zone } from '../state/session.js';
import { clockOfMinutes, longDay, shortClock, timeIn } from '../time/format.js';
import { wallTime } from '../time/zoned.js';
import { Avatar } from '../ui/avatar.js';
import { words as common } from '../words/en.js';

const FROM = 7;
const TO = 21;

interface Props {
  day: string;
  busy: PersonBusyView[];
  slots: TimeSlotView[];
  at: number;
  choose: (index: number) => void;
}

/** A day: a row for each person with the hours that are taken, over them the free times. */
export function BusyGrid({ day, busy, slots, at, choose }: Props) {
  const inZone = zone.value;
  const place = (start: string, end: string) => {
    const hour = (instant: string): number => {
      const wall = wallTime(instant, inZone);
      if (wall.slice(0, 10) !== day) return wall < day ? FROM : TO;
      return Math.min(TO, Math.max(FROM, Number(wall.slice(11, 13)) + Number(wall.slice(14)) / 60));
    };
    const [a, b] = [hour(start), hour(end)];
    return b > a ? { left: `${((a - FROM) / (TO - FROM)) * 100}%`, width: `${((b - a) / (TO - FROM)) * 100}%` } : null;
  };
  const hours = Array.from({ length: TO - FROM }, (_, index) => FROM + index);
  return (
    <div class="busy-grid">
      <div class="label">{longDay(day)}</div>
      <div class="hours" aria-hidden="true">
        {hours.map((hour) => (
          <span key={hour}>{clockOfMinutes(hour * 60)}</span>
        ))}
      </div>
      {busy.map(({ user, busy: taken }) => (
        <div class="line" key={user.id}>
          <span class="name">
            <Avatar person={user} size="s" /> <span class="ell">{isMe(user.id) ? common.you : user.username}</span>
          </span>
          <span class="track">
            {taken.map(({ start_time: start, end_time: end }) => {
              const box = place(start, end);
              return box && <i key={start} style={box} />;
            })}
          </span>
        </div>
      ))}
      <div class="picks">
        {slots.map(({ start_time: start, end_time: end }, index) => {
          const box = wallTime(start, inZone).startsWith(day) ? place(start, end) : null;
          return (
            box && (
              <button
                type="button"
                key={start}
                class={index === at ? 'on' : ''}
                style={box}
                tabIndex={-1}
                aria-label={timeIn(start, inZone)}
                title={timeIn(start, inZone)}
                onClick={() => choose(index)}
              >
                <span>{shortClock(wallTime(start, inZone))}</span>
              </button>
            )
          );
        })}
      </div>
    </div>
  );
}

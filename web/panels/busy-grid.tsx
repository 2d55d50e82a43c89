import type { PersonBusyView, TimeSlotView } from '../../sdk/index.js';
import { isMe, zone } from '../state/session.js';
import { clockOfMinutes, longDay, shortClock, timeIn } from '../time/format.js';
import { wallTime } from '../time/zoned.js';
import { Avatar } from '../ui/avatar.js';
import { words as common } from '../words/en.js';
import { panelWords } from '../words/panels.js';
import { hoursOff } from './hours-off.js';

const words = panelWords.findTime;

const FROM = 7;
const TO = 21;

interface Props {
  day: string;
  /** How many minutes the clocks of the others are ahead, by id. */
  ahead: ReadonlyMap<string, number>;
  hours: { start: string; end: string };
  busy: PersonBusyView[];
  slots: TimeSlotView[];
  at: number;
  choose: (index: number) => void;
}

/** Where some hours are in a row. */
const box = (from: number, to: number) =>
  to > from
    ? { left: `${((from - FROM) / (TO - FROM)) * 100}%`, width: `${((to - from) / (TO - FROM)) * 100}%` }
    : null;

/** A day: a row for each person with the hours that are taken, over them the free times. */
export function BusyGrid({ day, ahead, hours: work, busy, slots, at, choose }: Props) {
  const inZone = zone.value;
  const place = (start: string, end: string) => {
    const hour = (instant: string): number => {
      const wall = wallTime(instant, inZone);
      if (wall.slice(0, 10) !== day) return wall < day ? FROM : TO;
      return Math.min(TO, Math.max(FROM, Number(wall.slice(11, 13)) + Number(wall.slice(14)) / 60));
    };
    return box(hour(start), hour(end));
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
            {ahead.has(user.id) &&
              hoursOff(day, ahead.get(user.id)!, work, { from: FROM * 60, to: TO * 60 }).map(({ from, to }) => (
                <s key={from} style={box(from / 60, to / 60)!} />
              ))}
            {taken.map(({ start_time: start, end_time: end }) => {
              const at = place(start, end);
              return at && <i key={start} style={at} />;
            })}
          </span>
        </div>
      ))}
      <div class="legend" aria-hidden="true">
        <span>
          <i /> {words.busy}
        </span>
        <span>
          <s /> {words.off}
        </span>
      </div>
      <div class="picks">
        {slots.map(({ start_time: start, end_time: end }, index) => {
          const where = wallTime(start, inZone).startsWith(day) ? place(start, end) : null;
          return (
            where && (
              <button
                type="button"
                key={start}
                class={index === at ? 'on' : ''}
                style={where}
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

import { useEffect, useState } from 'preact/hooks';
import { Refusal, times } from '../api.js';
import type { FoundTimesView, PersonBusyView, RejectedTimeView, TimeSlotView } from '../../sdk/index.js';
import { startDraft } from '../state/draft.js';
import { explain } from '../state/edit.js';
import { closePanel } from '../state/panel.js';
import { people } from '../state/people.js';
import { isMe, user, zone } from '../state/session.js';
import { hueOf } from '../state/hues.js';
import { date, shownDays, view } from '../state/view.js';
import { clock, longDay, spanIn, timeIn, weekdayName } from '../time/format.js';
import { addDays, dayOf, instantOf, isDay, minutesBetween, today, wallTime } from '../time/zoned.js';
import { Avatar } from '../ui/avatar.js';
import { Sheet } from '../ui/sheet.js';
import { words as common } from '../words/en.js';
import { panelWords } from '../words/panels.js';
import { AddPerson } from './add-person.js';
import { BusyGrid } from './busy-grid.js';

const words = panelWords.findTime;
const LENGTHS = [15, 30, 45, 60, 90, 120];

/** What an instant is on the clocks of those who live by another zone: “sam 09:30”, with the day when that differs too. */
function elsewhere({ start_time: instant, local_times: all }: TimeSlotView | RejectedTimeView): string {
  const mine = wallTime(instant, zone.value);
  const theirs = all.flatMap(({ user: { id, username }, local_start: start }) => {
    const wall = start.slice(0, mine.length);
    if (isMe(id) || wall === mine) return [];
    const day = wall.slice(0, 10) === mine.slice(0, 10) ? '' : ` ${weekdayName(wall.slice(0, 10), 'short')}`;
    return `${username}${day} ${clock(wall)}`;
  });
  return theirs.join(', ');
}

/** How many minutes the clocks of everybody are ahead of the reader's at that time, by id. */
function aheadOf(time: TimeSlotView | RejectedTimeView | undefined): Map<string, number> {
  if (!time) return new Map();
  const mine = wallTime(time.start_time, zone.value);
  return new Map(
    time.local_times.map(({ user: { id }, local_start: wall }) => [
      id,
      minutesBetween(mine, wall.slice(0, mine.length)),
    ]),
  );
}

/** Tomorrow, or the first day on the screen when that is later. */
function firstDay(): string {
  const tomorrow = addDays(today(zone.value), 1);
  const shown = view.value === 'month' ? date.value : shownDays.value.from;
  return shown > tomorrow ? shown : tomorrow;
}

/** Times at which several people are free, and a row for each that shows why. */
export function FindTime() {
  const me = user.value!;
  const [added, setAdded] = useState<{ id: string; username: string }[]>([]);
  const seen = [...people.value.values()]
    .filter(({ id }) => !isMe(id))
    .sort((a, b) => a.username.localeCompare(b.username));
  const known = [...seen, ...added.filter(({ id }) => !seen.some((person) => person.id === id))];
  const [chosen, setChosen] = useState<string[]>([]);
  const [minutes, setMinutes] = useState(60);
  const [from, setFrom] = useState(firstDay);
  const [days, setDays] = useState(5);
  const [hours, setHours] = useState({ start: '09:00', end: '18:00' });
  const [found, setFound] = useState<FoundTimesView | null>(null);
  const [busy, setBusy] = useState<PersonBusyView[]>([]);
  const [at, setAt] = useState(0);

  const ids = [me.id, ...chosen];
  const asked = JSON.stringify([ids, minutes, from, days, hours, zone.value]);
  const endsBefore = hours.end <= hours.start;
  useEffect(() => {
    if (endsBefore) return undefined;
    let current = true;
    // Without a zone for the whole question, the hours are those of each person’s own zone.
    const midnight = (day: string): string => instantOf(`${day}T00:00`, zone.value);
    const window = { from: midnight(from), to: midnight(addDays(from, days)) };
    times.find({ user_ids: ids, duration_minutes: minutes, ...window, working_hours: hours, limit: 8 }).then(
      (answer) => {
        if (!current) return;
        setFound(answer);
        setAt(0);
        const first = answer.slots[0] ?? answer.rejected[0];
        if (first) void readBusy(dayOf(first.start_time, zone.value));
        else setBusy([]);
      },
      (error: unknown) => current && explain(error),
    );
    return () => {
      current = false;
    };
  }, [asked]);

  const readBusy = async (day: string): Promise<void> => {
    try {
      setBusy(await times.freeBusy(ids, `${day}T00:00:00Z`, `${addDays(day, 2)}T00:00:00Z`));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setBusy([]);
    }
  };

  const slot = found?.slots[at];
  const near = slot ?? found?.rejected[0];
  const day = near ? dayOf(near.start_time, zone.value) : from;
  const viewers = known.filter(({ id }) => chosen.includes(id));
  const book = (start: string, end: string): void => {
    closePanel();
    startDraft({ start, end, allDay: false, viewers });
  };
  const choose = (index: number): void => {
    setAt(index);
    const next = found!.slots[index]!;
    if (dayOf(next.start_time, zone.value) !== day) void readBusy(dayOf(next.start_time, zone.value));
  };

  return (
    <Sheet title={common.findTime} shape="page">
      <div class="find-time">
        <fieldset>
          <legend class="label">{words.who}</legend>
          <div class="row wrap">
            {known.map(({ id, username }) => {
              const on = chosen.includes(id);
              return (
                <button
                  type="button"
                  key={id}
                  class={`person ${hueOf(id)}`}
                  aria-pressed={on}
                  onClick={() => setChosen(on ? chosen.filter((other) => other !== id) : [...chosen, id])}
                >
                  <Avatar person={{ id, username }} size="s" />
                  {username}
                </button>
              );
            })}
          </div>
          <AddPerson
            add={(person) => {
              if (isMe(person.id) || chosen.includes(person.id)) return;
              setAdded([...added, person]);
              setChosen([...chosen, person.id]);
            }}
          />
        </fieldset>
        <div class="row wrap asks">
          <label class="field">
            <span>{words.length}</span>
            <select
              class="in s"
              value={minutes}
              onChange={({ currentTarget }) => setMinutes(Number(currentTarget.value))}
            >
              {LENGTHS.map((length) => (
                <option key={length} value={length}>
                  {words.minutes(length)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{words.from}</span>
            <input
              type="date"
              class="in s"
              value={from}
              onChange={({ currentTarget }) => isDay(currentTarget.value) && setFrom(currentTarget.value)}
            />
          </label>
          <label class="field">
            <span>{words.days}</span>
            <input
              type="number"
              class="in s"
              min={1}
              max={28}
              value={days}
              onChange={({ currentTarget }) => setDays(Math.max(1, Math.min(28, currentTarget.valueAsNumber || 5)))}
            />
          </label>
          <div class="field hours-asked" role="group" aria-label={words.hours}>
            <span>{words.hours}</span>
            <span class="row">
              {(['start', 'end'] as const).map((end) => (
                <input
                  key={end}
                  type="time"
                  class="in s tnum"
                  aria-label={words.hoursAt[end]}
                  aria-invalid={endsBefore}
                  aria-describedby="hours-hint"
                  step={900}
                  value={hours[end]}
                  onChange={({ currentTarget }) =>
                    currentTarget.value && setHours({ ...hours, [end]: currentTarget.value })
                  }
                />
              ))}
            </span>
          </div>
        </div>
        <p id="hours-hint" class={`hint ${endsBefore ? 'err' : ''}`}>
          {endsBefore ? words.hoursEndBefore : words.hoursHint}
        </p>
        {found && (
          <div class="answer" aria-live="polite">
            <p class="say">
              {slot
                ? words.works(longDay(day), timeIn(slot.start_time, zone.value), chosen.length === 0)
                : words.nothing(chosen.length === 0)}
              {slot && <small>{elsewhere(slot)}</small>}
            </p>
            {slot && (
              <button type="button" class="btn pri" onClick={() => book(slot.start_time, slot.end_time)}>
                {words.take(timeIn(slot.start_time, zone.value))}
              </button>
            )}
          </div>
        )}
        {busy.length > 0 && (
          <BusyGrid {...{ day, busy, at, choose, hours }} ahead={aheadOf(near)} slots={found?.slots ?? []} />
        )}
        {found && found.slots.length > 0 && (
          <>
            <h3>{words.best}</h3>
            <ul class="slots">
              {found.slots.map((one, index) => (
                <li key={one.start_time}>
                  <button
                    type="button"
                    class={`opt ${index === at ? 'on' : ''}`}
                    aria-pressed={index === at}
                    onClick={() => choose(index)}
                  >
                    {spanIn(one.start_time, one.end_time, false, zone.value)}
                    <small>{elsewhere(one)}</small>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
        {found && found.rejected.length > 0 && (
          <>
            <h3>{words.nearly}</h3>
            <ul class="nearly">
              {found.rejected.slice(0, 4).map((one) => (
                <li key={one.start_time}>
                  <button
                    type="button"
                    class="opt"
                    onClick={() =>
                      book(
                        one.start_time,
                        new Date(new Date(one.start_time).getTime() + minutes * 60_000).toISOString(),
                      )
                    }
                  >
                    {longDay(dayOf(one.start_time, zone.value))}, {timeIn(one.start_time, zone.value)}
                    <small>{elsewhere(one)}</small>
                    <small>
                      {one.reasons
                        .map(({ user: { id, username }, reason }) => words.because(isMe(id) ? null : username, reason))
                        .join(', ')}
                    </small>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Sheet>
  );
}

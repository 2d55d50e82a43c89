import { useState } from 'preact/hooks';
import type { Change } from './changes.js';
import { Icon } from '../icons/icon.js';
import { explain, saveChange } from '../state/edit.js';
import { event } from '../state/opened.js';
import { asOf } from '../state/time-travel.js';
import { clock, longDay } from '../time/format.js';
import { wallTime } from '../time/zoned.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';

/** The dates that a series leaves out or has besides its rule. Those who can edit bring them back, remove and add them. */
export function SingleDates() {
  const now = event.value!;
  const [adding, setAdding] = useState<{ day: string; time: string } | null>(null);
  const canEdit = now.can.includes('edit') && !asOf.value;
  if (!now.is_recurring || (!canEdit && now.excluded.length + now.added.length === 0)) return null;

  const shown = (start: string): string => {
    const wall = wallTime(start, now.time_zone);
    return longDay(wall.slice(0, 10)) + (now.all_day ? '' : `, ${clock(wall)}`);
  };
  const save = async (change: Change, said: string): Promise<void> => {
    try {
      if (await saveChange(now, change, {}, () => said)) setAdding(null);
    } catch (error) {
      explain(error);
    }
  };
  const without = (list: string[], start: string): string[] => list.filter((other) => other !== start);

  return (
    <>
      <Icon name="cal" />
      <div class="dates">
        <ul aria-label={words.singleDates}>
          {now.excluded.map((start) => (
            <li key={start} class="row">
              <del class="grow">{shown(start)}</del>
              {canEdit && (
                <Way
                  label={words.bringBack}
                  name={words.bringBackOf(shown(start))}
                  act={() => save({ excluded: without(now.excluded, start) }, words.broughtBack(shown(start)))}
                />
              )}
            </li>
          ))}
          {now.added.map((start) => (
            <li key={start} class="row">
              <span class="grow">{words.alsoOn(shown(start))}</span>
              {canEdit && (
                <Way
                  label={words.removeDate}
                  name={words.removeDateOf(shown(start))}
                  act={() => save({ added: without(now.added, start) }, words.removedDate(shown(start)))}
                />
              )}
            </li>
          ))}
        </ul>
        {canEdit && !adding && (
          <button
            type="button"
            class="link"
            onClick={() => {
              const wall = wallTime(now.start_time, now.time_zone);
              setAdding({ day: wall.slice(0, 10), time: wall.slice(11) });
            }}
          >
            {words.addDate}
          </button>
        )}
        {adding && (
          <form
            class="row wrap"
            onSubmit={(submit) => {
              submit.preventDefault();
              const start = now.all_day ? adding.day : `${adding.day}T${adding.time}:00`;
              void save({ added: [...now.added, start] }, words.addedDate(longDay(adding.day)));
            }}
          >
            <input
              type="date"
              class="in s"
              aria-label={words.newDate}
              value={adding.day}
              required
              onChange={({ currentTarget }) => setAdding({ ...adding, day: currentTarget.value })}
            />
            {!now.all_day && (
              <input
                type="time"
                class="in s"
                aria-label={words.newTime}
                value={adding.time}
                required
                onChange={({ currentTarget }) => setAdding({ ...adding, time: currentTarget.value })}
              />
            )}
            <button class="btn s pri">{words.add}</button>
            <button type="button" class="btn s" onClick={() => setAdding(null)}>
              {common.cancel}
            </button>
          </form>
        )}
      </div>
    </>
  );
}

function Way({ label, name, act }: { label: string; name: string; act: () => Promise<void> }) {
  return (
    <button type="button" class="link" aria-label={name} onClick={() => void act()}>
      {label}
    </button>
  );
}

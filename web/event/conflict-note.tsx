import type { ConflictView } from '../../sdk/index.js';
import { endTime, type Form, startTime, timesOf } from '../state/form.js';
import { asInstant } from '../state/overlay.js';
import { zone } from '../state/session.js';
import { clock, clockSpan, daySpan, longDay, spanIn } from '../time/format.js';
import { addDays, dayOf, wallTime } from '../time/zoned.js';
import { eventWords as words } from '../words/event.js';
import { useConflicts } from './use-conflicts.js';

interface Props {
  form: Form;
  change: (form: Form) => void;
  eventId?: string;
}

/** What the times overlap with, before anything is saved, and three times that are free. */
export function ConflictNote({ form, change, eventId }: Props) {
  const found = useConflicts(form, eventId);
  const first = found?.conflicts[0];
  if (!found || !first) {
    return found?.possible_conflicts_after.length ? <p class="hint">{words.laterConflicts}</p> : null;
  }
  const more = found.conflicts.length - 1;
  return (
    <div class="note warn overlap" role="status">
      <b>
        {words.overlaps(first.title, whenOf(first, form))}
        {more > 0 && words.andOthers(more)}
      </b>
      <div class="row chips">
        {found.suggestions.slice(0, 3).map(({ start_time: start, end_time: end }) => (
          <button
            type="button"
            key={start}
            class="chip"
            onClick={() => change({ ...form, ...timesOf({ start, end, allDay: form.allDay }, form.zone) })}
          >
            <span class="sr">{words.moveTo('')} </span>
            {form.allDay ? daySpan(start, addDays(end, -1), 'short') : labelOf(wallTime(start, form.zone), form)}
          </button>
        ))}
      </div>
    </div>
  );
}

/** When the other event is; without its day where the form has no other. */
function whenOf({ start_time: start, end_time: end }: ConflictView, form: Form): string {
  const shown = zone.value;
  const [day, lastDay] = form.allDay
    ? [form.startDay, form.endDay]
    : [startTime(form), endTime(form)].map((time) => dayOf(asInstant(time, form.zone), shown));
  const [from, to] = [wallTime(start, shown), wallTime(end, shown)];
  const isThatDay = [lastDay, from.slice(0, 10), to.slice(0, 10)].every((other) => other === day);
  return isThatDay ? clockSpan(from, to) : occupiedSpan(start, end);
}

/** An occupied time, which does not say whether its event is all-day: days where it begins and ends at midnight. */
function occupiedSpan(start: string, end: string): string {
  const [from, to] = [dayOf(start, zone.value), dayOf(end, zone.value)];
  const isDays = [start, end].every((time) => wallTime(time, zone.value).endsWith('T00:00'));
  return isDays ? spanIn(from, to, true, zone.value) : spanIn(start, end, false, zone.value);
}

/** A free time; with its day where that is another one. */
function labelOf(wall: string, form: Form): string {
  const day = wall.slice(0, 10);
  return day === form.startDay ? clock(wall) : `${longDay(day, { weekday: 'short' })}, ${clock(wall)}`;
}

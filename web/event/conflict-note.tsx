import { useEffect, useState } from 'preact/hooks';
import { events, Refusal } from '../api.js';
import type { ConflictCheckView, ConflictView } from '../../sdk/index.js';
import { allItems, endOf, startOf } from '../state/calendar.js';
import { overlapsAmong } from '../state/local-overlap.js';
import { asInstant } from '../state/overlay.js';
import { user, zone } from '../state/session.js';
import { clock, clockSpan, longDay, spanIn } from '../time/format.js';
import { instantOf, wallTime } from '../time/zoned.js';
import { eventWords as words } from '../words/event.js';
import { endTime, type Form, occupancyOf, startTime } from '../state/form.js';

const AFTER_MS = 300;
const NOTHING: ConflictCheckView = { conflicts: [], suggestions: [], possible_conflicts_after: [] };

interface Props {
  form: Form;
  change: (form: Form) => void;
  eventId?: string;
}

/** What the times overlap with, before anything is saved, and three times that are free. */
export function ConflictNote({ form, change, eventId }: Props) {
  const [found, setFound] = useState<ConflictCheckView | null>(null);
  const question = {
    title: form.title || words.untitled,
    ...occupancyOf(form),
    ...(form.pattern ? { recurrence_pattern: form.pattern } : eventId ? { recurrence_pattern: null } : {}),
    ...(eventId ? { event_id: eventId } : {}),
  };
  const asked = JSON.stringify({ ...question, title: '' });
  /** What the calendar on the screen says, without a connection. */
  const here = (): ConflictView[] => {
    if (form.showAs === 'free' || form.status === 'cancelled') return [];
    const [start, end] = [startTime(form), endTime(form)].map((time) => asInstant(time, form.zone)) as [string, string];
    const owner = eventId ? (allItems.value.find(({ id }) => id === eventId)?.owner ?? user.value!) : user.value!;
    // All-day events take up the days of their owner, whose zone is known of oneself.
    const zoneOfDays = user.value!.time_zone;
    const at = (time: string): string => (time.includes('T') ? time : instantOf(`${time}T00:00`, zoneOfDays));
    return overlapsAmong(allItems.value, { start, end }, eventId ?? '', owner.id, zoneOfDays).map((item) => ({
      start_time: at(startOf(item)),
      end_time: at(endOf(item)),
      event_id: item.id,
      title: item.title,
      with: { start_time: at(start), end_time: at(end) },
    }));
  };
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      // Nobody answers: what is on the screen is better than nothing.
      if (!navigator.onLine) {
        setFound({ ...NOTHING, conflicts: here() });
        return;
      }
      void events.conflicts(question).then(
        (answer) => current && setFound(answer),
        (error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          if (current) setFound(error.code === 'unreachable' ? { ...NOTHING, conflicts: here() } : null);
        },
      );
    }, AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked]);

  const first = found?.conflicts[0];
  if (!found || !first) {
    return found?.possible_conflicts_after.length ? <p class="hint">{words.laterConflicts}</p> : null;
  }
  const shown = zone.value;
  // When the other event is; without its day where that is the day of this one.
  const [mine, from, to] = [first.with.start_time, first.start_time, first.end_time].map((at) => wallTime(at, shown));
  const isThatDay = [from, to].every((wall) => wall!.startsWith(mine!.slice(0, 10)));
  const when = isThatDay ? clockSpan(from!, to!) : spanIn(first.start_time, first.end_time, false, shown);
  const more = found.conflicts.length - 1;
  const move = (start: string, end: string): void => {
    const [a, b] = [wallTime(start, form.zone), wallTime(end, form.zone)];
    change(
      form.allDay
        ? { ...form, startDay: start, endDay: addLast(end) }
        : { ...form, startDay: a.slice(0, 10), startTime: a.slice(11), endDay: b.slice(0, 10), endTime: b.slice(11) },
    );
  };
  return (
    <div class="note warn overlap" role="status">
      <b>
        {words.overlaps(first.title, when)}
        {more > 0 && words.andOthers(more)}
      </b>
      <div class="row chips">
        {found.suggestions.slice(0, 3).map(({ start_time: start, end_time: end }) => {
          const wall = wallTime(start, form.zone);
          const otherDay = wall.slice(0, 10) !== form.startDay;
          const label = form.allDay ? longDay(start, { weekday: 'short' }) : clock(wall);
          return (
            <button type="button" key={start} class="chip" onClick={() => move(start, end)}>
              <span class="sr">{words.moveTo('')} </span>
              {otherDay && !form.allDay ? `${longDay(wall.slice(0, 10), { weekday: 'short' })}, ${label}` : label}
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** The last day before an exclusive end. */
const addLast = (end: string): string =>
  new Date(new Date(`${end}T00:00:00Z`).getTime() - 86_400_000).toISOString().slice(0, 10);

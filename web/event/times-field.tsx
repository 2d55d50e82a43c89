import { longDay } from '../time/format.js';
import { addDays, isDay } from '../time/zoned.js';
import { eventWords as words } from '../words/event.js';
import { type Form, lengthOf, withStart } from '../state/form.js';

interface Props {
  form: Form;
  change: (form: Form) => void;
}

/** The day and the times, or the days, in the zone of the form. Another start keeps the length. */
export function TimesField({ form, change }: Props) {
  return (
    <div>
      <div class={`times ${form.allDay ? 'days' : ''}`}>
        <input
          type="date"
          class="in s"
          aria-label={words.day}
          value={form.startDay}
          onChange={({ currentTarget }) =>
            isDay(currentTarget.value) && change(withStart(form, currentTarget.value, form.startTime))
          }
        />
        {form.allDay ? (
          <>
            <span class="mut">–</span>
            <input
              type="date"
              class="in s"
              aria-label={words.lastDay}
              value={form.endDay}
              onChange={({ currentTarget }) =>
                isDay(currentTarget.value) && change({ ...form, endDay: currentTarget.value })
              }
            />
          </>
        ) : (
          <>
            <input
              type="time"
              class="in s tnum"
              aria-label={words.from}
              value={form.startTime}
              onChange={({ currentTarget }) =>
                currentTarget.value && change(withStart(form, form.startDay, currentTarget.value))
              }
            />
            <span class="mut">–</span>
            <input
              type="time"
              class="in s tnum"
              aria-label={words.to}
              value={form.endTime}
              onChange={({ currentTarget }) => currentTarget.value && change(withEndTime(form, currentTarget.value))}
            />
          </>
        )}
      </div>
      {!form.allDay && form.endDay !== form.startDay && (
        <p class="hint" role="status">
          {words.endsOn(longDay(form.endDay), Math.round(lengthOf(form) / 6) / 10)}
        </p>
      )}
    </div>
  );
}

/** An end before the start is on the next day. */
function withEndTime(form: Form, endTime: string): Form {
  const sameDay = endTime > form.startTime;
  const endDay =
    form.endDay > addDays(form.startDay, 1) ? form.endDay : sameDay ? form.startDay : addDays(form.startDay, 1);
  return { ...form, endTime, endDay };
}

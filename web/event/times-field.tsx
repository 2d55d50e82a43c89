import { longDay } from '../time/format.js';
import { Problem } from './problem.js';
import { eventWords as words } from '../words/event.js';
import { type Form, lengthOf, type TimeInput, withStart } from '../state/form.js';
import { typedIn, withEndTime, withTyped } from './typed-times.js';
import type { FieldErrors } from './form-errors.js';

interface Props {
  form: Form;
  change: (form: Form) => void;
  errors: FieldErrors;
}

/** The day and the times, or the days, in the zone of the form. Another start keeps the length. */
export function TimesField({ form, change, errors }: Props) {
  const end = form.allDay ? 'endDay' : 'endTime';
  // The server names the ends, not the inputs.
  const wrong: FieldErrors = { startDay: errors.start_time, [end]: errors.end_time, ...errors };
  const input = (name: TimeInput & keyof Form, label: string, set: (form: Form, value: string) => Form) => (
    <input
      type={name.endsWith('Day') ? 'date' : 'time'}
      class="in s"
      aria-label={label}
      aria-invalid={Boolean(wrong[name])}
      value={typedIn(form, name, form[name])}
      onChange={({ currentTarget: { value } }) => change(withTyped(form, name, value, (next) => set(next, value)))}
    />
  );
  const dash = <span class="mut">–</span>;
  return (
    <div>
      <div class={`times ${form.allDay ? 'days' : ''}`}>
        {input('startDay', words.day, (next, day) => withStart(next, day, next.startTime))}
        {form.allDay ? (
          <>
            {dash}
            {input('endDay', words.lastDay, (next, endDay) => ({ ...next, endDay }))}
          </>
        ) : (
          <>
            {input('startTime', words.from, (next, time) => withStart(next, next.startDay, time))}
            {dash}
            {input('endTime', words.to, withEndTime)}
          </>
        )}
      </div>
      <Problem error={wrong.startDay ?? wrong.startTime ?? wrong[end]} />
      {!form.allDay && form.endDay !== form.startDay && (
        <p class="hint" role="status">
          {words.endsOn(longDay(form.endDay), Math.round(lengthOf(form) / 6) / 10)}
        </p>
      )}
    </div>
  );
}

import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons/icon.js';
import { nextField } from '../state/opened.js';
import { zone } from '../state/session.js';
import { spanIn } from '../time/format.js';
import { instantOf } from '../time/zoned.js';
import { Problem } from './problem.js';
import { Switch } from '../ui/switch.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { ConflictNote } from './conflict-note.js';
import type { FieldErrors } from './form-errors.js';
import { type Form } from '../state/form.js';
import { RecurrenceField } from './recurrence-field.js';
import { TimesField } from './times-field.js';
import { withAllDay } from './typed-times.js';
import { ZoneField } from './zone-field.js';

interface Props {
  form: Form;
  change: (form: Form) => void;
  errors: FieldErrors;
  /** The event that is edited; its own time is no conflict. */
  eventId?: string;
  /** Asks about conflicts only where the times were changed. */
  checks: boolean;
}

/** The fields of an event, in the order in which it is read. */
export function EventForm({ form, change, errors, eventId, checks }: Props) {
  const set = (fields: Partial<Form>): void => change({ ...form, ...fields });
  const box = useRef<HTMLDivElement>(null);
  // The next key belongs to it already.
  useLayoutEffect(() => {
    const find = (label: string): HTMLElement | null =>
      box.current!.querySelector(`[aria-label="${CSS.escape(label)}"]`);
    (find(nextField.label) ?? find(words.title))!.focus();
    nextField.label = '';
  }, []);
  const other = form.zone !== zone.value && !form.allDay;
  return (
    <div class="fm" ref={box}>
      <div>
        <input
          class="ttl"
          value={form.title}
          maxLength={255}
          placeholder={words.untitled}
          aria-label={words.title}
          aria-invalid={Boolean(errors.title)}
          onInput={({ currentTarget }) => set({ title: currentTarget.value })}
        />
        <Problem error={errors.title} />
      </div>
      <div>
        <TimesField form={form} change={change} errors={errors} />
        <div class="row under-times">
          <Switch label={common.allDay} on={form.allDay} change={(allDay) => change(withAllDay(form, allDay))} />
          <span class="grow" />
          {!form.allDay && <ZoneField value={form.zone} change={(name) => set({ zone: name })} />}
        </div>
        {other && (
          <p class="hint">
            {words.forYou(
              spanIn(
                instantOf(`${form.startDay}T${form.startTime}`, form.zone),
                instantOf(`${form.endDay}T${form.endTime}`, form.zone),
                false,
                zone.value,
              ),
            )}
          </p>
        )}
        <Problem error={errors.time_zone} />
        {checks && <ConflictNote form={form} change={change} {...(eventId ? { eventId } : {})} />}
      </div>
      <RecurrenceField
        form={form}
        change={change}
        error={errors.until ?? errors.recurrence_pattern ?? errors.recurrence}
      />
      <div>
        <span class="in s with-icon">
          <Icon name="pin" />
          <input
            class="bare grow"
            value={form.location}
            maxLength={255}
            placeholder={words.location}
            aria-label={words.location}
            onInput={({ currentTarget }) => set({ location: currentTarget.value })}
          />
        </span>
        <Problem error={errors.location} />
      </div>
      <div>
        <span class={`in s with-icon ${errors.url ? 'err' : ''}`}>
          <Icon name="link" />
          <input
            class="bare grow"
            type="url"
            value={form.url}
            placeholder={words.link}
            aria-label={words.link}
            onInput={({ currentTarget }) => set({ url: currentTarget.value })}
            onBlur={({ currentTarget: { value } }) =>
              value && !/^https?:\/\//i.test(value) && set({ url: `https://${value}` })
            }
          />
        </span>
        <Problem error={errors.url} />
      </div>
      <div class="row">
        <Choice
          label={words.showAsLabel}
          value={form.showAs}
          options={words.showAs}
          choose={(showAs) => set({ showAs })}
        />
        <Choice
          label={words.statusLabel}
          value={form.status}
          options={common.status}
          choose={(status) => set({ status })}
        />
      </div>
      <div>
        <textarea
          class="in"
          rows={4}
          value={form.description}
          maxLength={20_000}
          placeholder={words.description}
          aria-label={words.description}
          onInput={({ currentTarget }) => set({ description: currentTarget.value })}
        />
        <Problem error={errors.description} />
      </div>
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: Record<Value, string>;
  choose: (value: Value) => void;
}

function Choice<Value extends string>({ label, value, options, choose }: ChoiceProps<Value>) {
  return (
    <span class="select grow">
      <select
        class="in s"
        aria-label={label}
        value={value}
        onChange={({ currentTarget }) => choose(currentTarget.value as Value)}
      >
        {(Object.keys(options) as Value[]).map((name) => (
          <option key={name} value={name}>
            {options[name]}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
}

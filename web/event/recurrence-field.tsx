import { useState } from 'preact/hooks';
import { Icon } from '../icons/icon.js';
import { Problem } from './problem.js';
import { eventWords as words } from '../words/event.js';
import { CustomRecurrence } from './custom-recurrence.js';
import { type Form, ruleDay, withStart } from '../state/form.js';
import { explicitRule } from './explicit-rule.js';
import { presetsFor, weeklyOn } from './presets.js';
import { longDay } from '../time/format.js';

interface Props {
  form: Form;
  change: (form: Form) => void;
  error: { message: string; next?: string | undefined } | undefined;
}

/** Whether and how it repeats: the usual rules by the start, or one’s own. */
export function RecurrenceField({ form, change, error }: Props) {
  const day = ruleDay(form);
  const presets = presetsFor(day);
  const rule = form.pattern && explicitRule(form.pattern, day);
  const chosen = presets.findIndex(({ pattern }) => sameRule(pattern, rule));
  const [custom, setCustom] = useState(form.pattern !== null && chosen < 0);
  const isCustom = form.pattern !== null && (custom || chosen < 0);
  const choose = (value: string): void => {
    setCustom(value === 'custom');
    if (value === 'never') change({ ...form, pattern: null });
    else if (value === 'custom') change({ ...form, pattern: form.pattern ?? weeklyOn(day) });
    else change({ ...form, pattern: presets[Number(value)]!.pattern });
  };
  const next = error?.next?.slice(0, 10);
  return (
    <div>
      <span class="select wide">
        <Icon name="repeat" />
        <select
          class="in s lead"
          aria-label={words.repeat}
          value={form.pattern === null ? 'never' : isCustom ? 'custom' : String(chosen)}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          <option value="never">{words.never}</option>
          {presets.map(({ label }, index) => (
            <option key={label} value={String(index)}>
              {label}
            </option>
          ))}
          <option value="custom">{words.custom}</option>
        </select>
        <Icon name="down" />
      </span>
      {form.pattern && <CustomRecurrence form={form} change={change} isCustom={isCustom} />}
      <Problem error={error}>
        {next && (
          <>
            {words.firstWouldBe(longDay(next))}{' '}
            <button type="button" class="link" onClick={() => change(withStart(form, next, form.startTime))}>
              {words.useIt}
            </button>
          </>
        )}
      </Problem>
    </div>
  );
}

const sameRule = (a: Form['pattern'], b: Form['pattern']): boolean => {
  if (!a || !b) return a === b;
  const parts = (pattern: object): string =>
    JSON.stringify(Object.entries(pattern).sort(([x], [y]) => x.localeCompare(y)));
  return parts(a) === parts(b);
};

import { useEffect, useState } from 'preact/hooks';
import { capitalize, listed, longDay, shortDay, weekdayName } from '../time/format.js';
import { firstDayOfWeek, startOfWeek } from '../time/week.js';
import { addDays, addMonths, weekday } from '../time/zoned.js';
import { eventWords as words } from '../words/event.js';
import { type Form, type Pattern, ruleDay } from '../state/form.js';
import { typedIn, withTyped } from './typed-times.js';
import { CODES, explicitRule } from './explicit-rule.js';
import { ordinalOf, ordinalWord } from './presets.js';
import type { RulePreview } from './rule-preview.js';

interface Props {
  form: Form;
  change: (form: Form) => void;
  isCustom: boolean;
}

type Frequency = Pattern['frequency'];

/** A rule of one’s own; under it always what it means, in words and dates. */
export function CustomRecurrence({ form, change, isCustom }: Props) {
  const day = ruleDay(form);
  const pattern = explicitRule(form.pattern!, day);
  const set = (next: Pattern): void => change({ ...form, pattern: next });
  return (
    <fieldset class="rec">
      <legend class="sr">{words.repeat}</legend>
      {isCustom && <Every pattern={pattern} day={day} set={set} />}
      {isCustom && pattern.frequency === 'weekly' && <Weekdays pattern={pattern} day={day} set={set} />}
      {isCustom && pattern.frequency === 'monthly' && <MonthDays pattern={pattern} day={day} set={set} />}
      <Ends {...{ form, change, pattern, day, set }} />
      <Preview form={form} pattern={pattern} />
    </fieldset>
  );
}

interface PartProps {
  pattern: Pattern;
  day: string;
  set: (pattern: Pattern) => void;
}

function Every({ pattern, day, set }: PartProps) {
  const withFrequency = (frequency: Frequency): Pattern => {
    const { interval = 1, count, until } = pattern;
    const end = { ...(count ? { count } : {}), ...(until ? { until } : {}) };
    const days: Partial<Pattern> =
      frequency === 'weekly'
        ? { by_day: [CODES[weekday(day)]!] }
        : frequency === 'monthly'
          ? { by_month_day: [Number(day.slice(8, 10))] }
          : {};
    return { frequency, interval, ...days, ...end };
  };
  return (
    <div class="row">
      <span>{words.every}</span>
      <input
        class="in s tnum interval"
        type="number"
        min={1}
        max={1000}
        aria-label={words.interval}
        value={pattern.interval ?? 1}
        onChange={({ currentTarget }) => set({ ...pattern, interval: Math.max(1, currentTarget.valueAsNumber || 1) })}
      />
      <select
        class="in s"
        aria-label={words.unit}
        value={pattern.frequency}
        onChange={({ currentTarget }) => set(withFrequency(currentTarget.value as Frequency))}
      >
        {(Object.keys(words.units) as Frequency[]).map((name) => (
          <option key={name} value={name}>
            {words.units[name]}
          </option>
        ))}
      </select>
    </div>
  );
}

function Weekdays({ pattern, day, set }: PartProps) {
  const chosen = pattern.by_day ?? [];
  const monday = addDays(startOfWeek(day), -firstDayOfWeek);
  const order = CODES.map((_, index) => (index + firstDayOfWeek) % 7);
  return (
    <div class="days7" role="group" aria-label={words.onDays}>
      {order.map((index) => {
        const code = CODES[index]!;
        const name = addDays(monday, index);
        const pressed = chosen.includes(code);
        const next = pressed ? chosen.filter((other) => other !== code) : [...chosen, code];
        const sorted = CODES.filter((each) => next.includes(each));
        return (
          <button
            type="button"
            key={code}
            aria-pressed={pressed}
            aria-label={weekdayName(name)}
            onClick={() => sorted.length > 0 && set({ ...pattern, by_day: sorted })}
          >
            {weekdayName(name, 'narrow')}
          </button>
        );
      })}
    </div>
  );
}

function MonthDays({ pattern, day, set }: PartProps) {
  const { ordinal, isLast } = ordinalOf(day);
  const code = CODES[weekday(day)]!;
  const { by_day: _days, by_month_day: _dates, ...rest } = pattern;
  const choices: { label: string; part: Pick<Pattern, 'by_day'> | { by_month_day: number[] } }[] = [
    { label: words.onDate(Number(day.slice(8, 10))), part: { by_month_day: [Number(day.slice(8, 10))] } },
    ...(ordinal < 5
      ? [{ label: words.onWeekday(ordinalWord(ordinal), weekdayName(day)), part: { by_day: [`${ordinal}${code}`] } }]
      : []),
    ...(isLast ? [{ label: words.onWeekday(ordinalWord(-1), weekdayName(day)), part: { by_day: [`-1${code}`] } }] : []),
  ];
  const current = choices.findIndex(({ part }) =>
    'by_month_day' in part
      ? pattern.by_month_day?.[0] === part.by_month_day[0]
      : pattern.by_day?.[0] === part.by_day?.[0],
  );
  return (
    <select
      class="in s"
      aria-label={words.onDays}
      value={String(current)}
      onChange={({ currentTarget }) => set({ ...rest, ...choices[Number(currentTarget.value)]!.part })}
    >
      {choices.map(({ label }, index) => (
        <option key={label} value={String(index)}>
          {label}
        </option>
      ))}
    </select>
  );
}

function Ends({ form, change, pattern, day, set }: PartProps & Omit<Props, 'isCustom'>) {
  const { count, until, ...open } = pattern;
  const kind = until ? 'until' : count ? 'after' : 'never';
  const choices = [
    ['never', words.noEnd, open],
    ['until', words.until, { ...open, until: until ?? addMonths(day, 3) }],
    ['after', words.after, { ...open, count: count ?? 10 }],
  ] as const;
  return (
    <div class="row">
      <span class="seg s" role="radiogroup" aria-label={words.ends}>
        {choices.map(([name, label, next]) => (
          <button type="button" key={name} role="radio" aria-checked={kind === name} onClick={() => set(next)}>
            {label}
          </button>
        ))}
      </span>
      {until && (
        <input
          type="date"
          class="in s grow"
          aria-label={words.untilDay}
          value={typedIn(form, 'until', until.slice(0, 10))}
          onChange={({ currentTarget: { value } }) =>
            change(withTyped(form, 'until', value, (next) => ({ ...next, pattern: { ...open, until: value } })))
          }
        />
      )}
      {count && (
        <>
          <input
            type="number"
            class="in s tnum interval"
            min={1}
            max={10_000}
            aria-label={words.count}
            value={count}
            onChange={({ currentTarget }) => set({ ...open, count: Math.max(1, currentTarget.valueAsNumber || 1) })}
          />
          <span>{words.times}</span>
        </>
      )}
    </div>
  );
}

function Preview({ form, pattern }: { form: Form; pattern: Pattern }) {
  const [preview, setPreview] = useState<RulePreview | null>(null);
  const start = `${ruleDay(form)}T${form.allDay ? '00:00' : form.startTime}:00`;
  const asked = JSON.stringify(pattern) + start + form.zone + String(form.allDay);
  useEffect(() => {
    let current = true;
    void import('./rule-preview.js').then(({ previewRule }) => {
      if (!current) return;
      try {
        setPreview(previewRule(pattern, start, form.zone, form.allDay));
      } catch {
        // The server says on saving what is wrong with the rule.
        setPreview(null);
      }
    });
    return () => {
      current = false;
    };
  }, [asked]);
  if (!preview) return null;
  const shown = preview.dates.slice(0, 3);
  const skipped = shown.find(({ adjusted }) => adjusted);
  return (
    <div aria-live="polite">
      <p class="say">{capitalize(preview.words)}</p>
      <p class="mut small">
        {shown.length === 0
          ? words.noDates
          : words.dates(listed(shown.map(({ day }) => shortDay(day))), preview.dates.length > 3)}
      </p>
      {skipped && <p class="mut small">{words.adjusted(longDay(skipped.day))}</p>}
    </div>
  );
}

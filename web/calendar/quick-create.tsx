import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ConflictNote } from '../event/conflict-note.js';
import { type Form, formOfDraft, withForm } from '../state/form.js';
import { fieldErrors, useErrors } from '../event/form-errors.js';
import { presetsFor } from '../event/presets.js';
import { KeptNote } from '../event/kept-note.js';
import { ShareDraft } from '../event/share-draft.js';
import { TimesField } from '../event/times-field.js';
import { useSave } from '../event/use-save.js';
import { withAllDay } from '../event/typed-times.js';
import { Icon } from '../icons/icon.js';
import { reason } from '../state/reason.js';
import { draft, draftInDrawer, leaveDraft, sendDraft, typeDraft } from '../state/draft.js';
import { isPhone } from '../state/preferences.js';
import { zone } from '../state/session.js';
import { Problem } from '../event/problem.js';
import { Switch } from '../ui/switch.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';

const WIDTH = 336;
const HEIGHT = 450;

/** Beside the pointer, and whole in the window. */
function place(at: { x: number; y: number } | undefined): { left: number; top: number } | undefined {
  if (isPhone.value) return undefined;
  const drawn = document.querySelector('.grid .draft')?.getBoundingClientRect();
  const { x, y } = drawn
    ? { x: drawn.right - 8, y: drawn.top + 40 }
    : (at ?? { x: innerWidth / 2 - WIDTH / 2 - 16, y: 120 });
  const left = x + 16 + WIDTH < innerWidth ? x + 16 : Math.max(8, x - WIDTH - 16);
  return { left, top: Math.max(8, Math.min(y - 40, innerHeight - HEIGHT)) };
}

/** A small form next to the time that was drawn, with what it overlaps before anything is saved. */
export function QuickCreate() {
  const current = draft.value!;
  const title = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLFormElement>(null);
  const [spot, setSpot] = useState(() => place(current.at));
  // The next key belongs to the title already.
  useLayoutEffect(() => {
    // It stays where it is while its own times are edited.
    if (box.current?.contains(document.activeElement)) return undefined;
    title.current?.focus();
    // Once the calendar has drawn it.
    const timer = setTimeout(() => setSpot(place(current.at)), 60);
    return () => clearTimeout(timer);
  }, [current.start]);
  const form = formOfDraft(current, zone.value);
  const { errors, setErrors, follow, check } = useErrors(form);
  const change = (next: Form): void => {
    follow(next);
    typeDraft(withForm(current, next));
  };

  const { save, onKeyDown } = useSave(
    async () => {
      const wrong = check();
      if (wrong?.title) title.current?.focus();
      if (!wrong) await sendDraft(false);
    },
    (refusal) => {
      const wrong = fieldErrors(refusal);
      const isShown = wrong.title ?? wrong.start_time ?? wrong.end_time;
      setErrors(isShown ? wrong : { card: { message: reason(refusal) } });
    },
  );

  const presets = presetsFor(form.startDay);
  return (
    <form
      ref={box}
      class="pop qc"
      role="dialog"
      aria-label={common.newEvent}
      style={spot}
      onSubmit={(submit) => {
        submit.preventDefault();
        save();
      }}
      onKeyDown={onKeyDown}
    >
      <div class="row head">
        <input
          ref={title}
          class="ttl"
          value={current.title}
          maxLength={255}
          placeholder={words.untitled}
          aria-label={words.title}
          aria-invalid={Boolean(errors.title)}
          onInput={({ currentTarget }) => change({ ...form, title: currentTarget.value })}
        />
        <button type="button" class="ib s" aria-label={common.close} onClick={leaveDraft}>
          <Icon name="x" />
        </button>
      </div>
      <KeptNote />
      <Problem error={errors.title ?? errors.card} />
      <div class="ln">
        <Icon name="clock" />
        <TimesField form={form} change={change} errors={errors} />
      </div>
      <div class="ln">
        <span />
        <Switch label={common.allDay} on={form.allDay} change={(allDay) => change(withAllDay(form, allDay))} />
      </div>
      <ConflictNote form={form} change={change} />
      <div class="ln">
        <Icon name="repeat" />
        <span class="select">
          <select
            class="sel"
            aria-label={words.repeat}
            value={presets.findIndex(({ pattern }) => JSON.stringify(pattern) === JSON.stringify(form.pattern))}
            onChange={({ currentTarget }) =>
              change({ ...form, pattern: presets[Number(currentTarget.value)]?.pattern ?? null })
            }
          >
            <option value="-1">{words.never}</option>
            {presets.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </span>
      </div>
      {!form.allDay && (
        <div class="ln">
          <Icon name="globe" />
          <span class="sec">{form.zone}</span>
        </div>
      )}
      {current.viewers?.length ? (
        <div class="ln">
          <Icon name="people" />
          <ShareDraft />
        </div>
      ) : null}
      <div class="row foot">
        <button type="button" class="btn plain s" onClick={() => (draftInDrawer.value = true)}>
          {words.more}
        </button>
        <span class="grow" />
        <button class="btn pri">
          {common.save} <kbd>Enter</kbd>
        </button>
      </div>
    </form>
  );
}

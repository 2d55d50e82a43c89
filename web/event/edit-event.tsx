import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal } from '../api.js';
import { keyOf } from '../state/calendar.js';
import { explain, saveChange, chooseTarget } from '../state/edit.js';
import { dropForm, keepForm, keptForm } from '../state/kept.js';
import { arrived, event, openedItem, opened, openEvent, setEditing } from '../state/opened.js';
import { rebaseForm } from '../state/rebase-form.js';
import { showToast } from '../state/toasts.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Close } from './drawer-close.js';
import { EventForm, type FieldErrors } from './event-form.js';
import { changesOf, type Form, formOf, patternsDiffer, timesDiffer } from '../state/form.js';
import { useSave } from './use-save.js';

export function fieldErrors(error: Refusal): FieldErrors {
  const errors: FieldErrors = {};
  for (const { pointer, message, next } of error.problem.errors ?? [])
    errors[pointer.split('/')[1] ?? ''] ??= { message, next };
  return errors;
}

const hasTyped = (form: Form, base: Form): boolean =>
  form.comment !== '' || Object.keys(changesOf(form, base)).length > 0;

/** The form of the open event. What is typed is kept on the device until it is saved. */
export function EditEvent() {
  const item = useRef(openedItem()!);
  const subject = useRef(event.value!);
  const [base] = useState(() => formOf(item.current));
  // Dates of a series have forms of their own.
  const key = useRef(keyOf(item.current));
  const { id } = subject.current;
  const [kept] = useState(() => keptForm(key.current));
  const [form, setForm] = useState<Form>(() => (kept ? rebaseForm(kept, base) : base));
  const [errors, setErrors] = useState<FieldErrors>({});
  const element = useRef<HTMLFormElement>(null);
  const change = changesOf(form, base);
  const isDirty = Object.keys(change).length > 0;

  useEffect(() => element.current?.querySelector<HTMLInputElement>('.ttl')?.focus(), []);
  // Kept as it is typed: the form may be closed by the next key.
  const type = (next: Form): void => {
    setForm(next);
    if (hasTyped(next, base)) keepForm(key.current, { form: next, base });
    else dropForm(key.current);
  };
  useEffect(
    () => () => {
      // However it was closed.
      if (!keptForm(key.current)) return;
      const goOn = (): void => openEvent(id, item.current, 'details', true);
      showToast({ text: common.draftKept(item.current.title), action: { label: common.goOn, run: goOn } });
    },
    [],
  );

  const { save, onKeyDown } = useSave(async () => {
    if (!form.title.trim()) return setErrors({ title: { message: words.titleMissing } });
    if (!isDirty) return setEditing(false);
    setErrors({});
    try {
      const target = await chooseTarget(item.current, patternsDiffer(form, base) ? { without: ['this'] } : {});
      if (!target) return;
      const comment = form.comment ? { change_comment: form.comment } : {};
      const said = (): string => common.toast.saved(form.title);
      const forget = (): void => dropForm(key.current);
      const saved = await saveChange(subject.current, { ...change, ...comment }, target, said, forget);
      if (!saved) return;
      arrived.value = null;
      if (saved.kind === 'saved' && saved.event.id !== opened.value?.id) openEvent(saved.event.id);
      setEditing(false);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'validation_failed') setErrors(fieldErrors(error));
      else explain(error);
    }
  });

  return (
    <>
      <div class="dh">
        <h2 class="edit-title" id="drawer-title">
          {words.editTitle}
        </h2>
        <span class="grow" />
        {isDirty && <span class="mut not-saved">{words.notSaved}</span>}
        <Close />
      </div>
      <form
        class="db"
        ref={element}
        onSubmit={(submit) => {
          submit.preventDefault();
          save();
        }}
        onKeyDown={onKeyDown}
      >
        {kept && isDirty && (
          <div class="note row">
            <span class="grow">{common.draftKept('')}</span>
            <button type="button" class="link" onClick={() => type(base)}>
              {common.discard}
            </button>
          </div>
        )}
        <EventForm
          form={form}
          change={type}
          errors={errors}
          eventId={subject.current.id}
          checks={timesDiffer(form, base) || patternsDiffer(form, base)}
        />
        <button class="sr" tabIndex={-1} aria-hidden="true">
          {common.save}
        </button>
      </form>
      <div class="df" onKeyDown={onKeyDown}>
        <input
          class="in s grow"
          value={form.comment}
          maxLength={1_000}
          placeholder={words.why}
          aria-label={words.why}
          onInput={({ currentTarget }) => type({ ...form, comment: currentTarget.value })}
        />
        <button type="button" class="btn" onClick={() => setEditing(false)}>
          {common.cancel}
        </button>
        <button type="button" class="btn pri" onClick={save}>
          {common.save}
        </button>
      </div>
    </>
  );
}

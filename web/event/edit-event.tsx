import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal } from '../api.js';
import { explain, saveChange, chooseTarget } from '../state/edit.js';
import { arrived, event, openedItem, opened, openEvent, setEditing } from '../state/opened.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Close } from './drawer-close.js';
import { dropKept, keepForm, keptForm } from './kept-forms.js';
import { EventForm, type FieldErrors } from './event-form.js';
import { changesOf, type Form, formOf, patternsDiffer, timesDiffer } from './form.js';

export function fieldErrors(error: Refusal): FieldErrors {
  const errors: FieldErrors = {};
  for (const { pointer, message, next } of error.problem.errors ?? [])
    errors[pointer.split('/')[1] ?? ''] ??= { message, next };
  return errors;
}

/** The form of the open event. What is typed is kept on the device until it is saved. */
export function EditEvent() {
  const item = useRef(openedItem()!);
  const subject = useRef(event.value!);
  const [base] = useState(() => formOf(item.current));
  const [form, setForm] = useState<Form>(() => keptForm(subject.current.id) ?? base);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [busy, setBusy] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const change = changesOf(form, base);
  const isDirty = Object.keys(change).length > 0;

  useEffect(() => element.current?.querySelector<HTMLInputElement>('.ttl')?.focus(), []);
  useEffect(() => {
    if (isDirty) keepForm(subject.current.id, form);
    else dropKept(subject.current.id);
  }, [form]);

  const leave = (): void => {
    dropKept(subject.current.id);
    setEditing(false);
  };

  const save = async (): Promise<void> => {
    if (!form.title.trim()) return setErrors({ title: { message: words.titleMissing } });
    if (!isDirty) return leave();
    setBusy(true);
    setErrors({});
    try {
      const target = await chooseTarget(item.current, patternsDiffer(form, base));
      if (!target) return;
      const comment = form.comment ? { change_comment: form.comment } : {};
      const saved = await saveChange(subject.current, { ...change, ...comment }, target, () =>
        common.toast.saved(form.title),
      );
      if (!saved) return;
      dropKept(subject.current.id);
      arrived.value = null;
      if (saved.kind === 'saved' && saved.event.id !== opened.value?.id) openEvent(saved.event.id);
      setEditing(false);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'validation_failed') setErrors(fieldErrors(error));
      else explain(error);
    } finally {
      setBusy(false);
    }
  };

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
          void save();
        }}
        onKeyDown={(key) => {
          if (key.key === 'Enter' && (key.ctrlKey || key.metaKey)) void save();
        }}
      >
        <EventForm
          form={form}
          change={setForm}
          errors={errors}
          eventId={subject.current.id}
          checks={timesDiffer(form, base) || patternsDiffer(form, base)}
        />
        <button class="sr" tabIndex={-1} aria-hidden="true">
          {common.save}
        </button>
      </form>
      <div class="df">
        <input
          class="in s grow"
          value={form.comment}
          maxLength={1_000}
          placeholder={words.why}
          aria-label={words.why}
          onInput={({ currentTarget }) => setForm({ ...form, comment: currentTarget.value })}
        />
        <button type="button" class="btn" onClick={leave}>
          {common.cancel}
        </button>
        <button type="button" class="btn pri" disabled={busy} onClick={() => void save()}>
          {common.save}
        </button>
      </div>
    </>
  );
}

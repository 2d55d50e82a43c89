import { useEffect, useRef, useState } from 'preact/hooks';
import { keyOf } from '../state/calendar.js';
import { sayKept } from '../state/draft.js';
import { saveChange, chooseTarget } from '../state/edit.js';
import { dropForm, keepForm, type KeptForm, keptForm } from '../state/kept.js';
import { arrived, event, openedItem, openEvent, setEditing } from '../state/opened.js';
import { rebaseForm } from '../state/rebase-form.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Close } from './drawer-close.js';
import { EventForm, fieldErrors, type FieldErrors } from './event-form.js';
import { changesOf, type Form, formOf, patternsDiffer, timesDiffer } from '../state/form.js';
import { useSave } from './use-save.js';

/** The form of the open event. What is typed is kept on the device until it is saved. */
export function EditEvent() {
  const item = useRef(openedItem()!);
  const subject = useRef(event.value!);
  const [base, setBase] = useState(() => formOf(item.current));
  // Dates of a series have forms of their own.
  const key = useRef(keyOf(item.current));
  const { id } = subject.current;
  const [kept] = useState(() => keptForm(key.current));
  const [form, setForm] = useState<Form>(() => (kept ? rebaseForm(kept, base) : base));
  const [errors, setErrors] = useState<FieldErrors>({});
  const latest = useRef(form);
  latest.current = form;
  const change = changesOf(form, base);
  const isDirty = Object.keys(change).length > 0;

  // Kept as it is typed: the form may be closed by the next key.
  const type = (next: Form): void => {
    setForm(next);
    keepForm(key.current, { form: next, base });
  };
  useEffect(
    () => () => {
      // However it was closed.
      if (!keptForm(key.current)) return;
      sayKept(item.current.title, () => openEvent(id, item.current, 'details', true));
    },
    [],
  );

  const { save, onKeyDown, isOpen } = useSave(
    async () => {
      if (!form.title.trim()) return setErrors({ title: { message: words.titleMissing } });
      if (!isDirty) return setEditing(false);
      setErrors({});
      const target = await chooseTarget(item.current, patternsDiffer(form, base) ? { without: ['this'] } : {});
      if (!target) return;
      const comment = form.comment ? { change_comment: form.comment } : {};
      const said = (): string => common.toast.saved(form.title);
      // Only what was sent: more may have been typed meanwhile.
      const keepRest = (): void => {
        keepForm(key.current, { form: keptForm(key.current)?.form ?? form, base: form });
      };
      const saved = await saveChange(subject.current, { ...change, ...comment }, target, said, keepRest);
      // Nor is what was opened meanwhile closed.
      if (!saved || !isOpen.current) return;
      arrived.value = null;
      showSaved(saved.id, { form: latest.current, base: form });
    },
    (refusal) => setErrors(fieldErrors(refusal)),
  );

  /** Goes on with what was typed since, on what is stored now; without any, closes the form. */
  const showSaved = (savedId: string, typed: KeptForm): void => {
    if (savedId !== subject.current.id) {
      dropForm(key.current);
      return openEvent(savedId, null, 'details', keepForm(`${savedId}@`, typed));
    }
    if (!keepForm(key.current, typed)) return setEditing(false);
    [item.current, subject.current] = [openedItem()!, event.value!];
    const now = formOf(item.current);
    setBase(now);
    setForm(rebaseForm(typed, now));
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

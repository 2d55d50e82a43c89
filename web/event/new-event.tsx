import { useState } from 'preact/hooks';
import { createNew } from '../state/edit.js';
import { draft, finishDraft, leaveDraft, markStored, typeDraft, viewersOf } from '../state/draft.js';
import { zone } from '../state/session.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Close } from './drawer-close.js';
import { EventForm, fieldErrors, type FieldErrors } from './event-form.js';
import { type Form, formOfDraft, newEventOf, withForm } from '../state/form.js';
import { KeptNote } from './kept-note.js';
import { ShareDraft } from './share-draft.js';
import { useSave } from './use-save.js';

/** The whole form of an event that does not exist yet, beside the calendar. */
export function NewEvent() {
  const current = draft.value!;
  const form = formOfDraft(current, zone.value);
  const setForm = (next: Form): void => typeDraft(withForm(current, next));
  const [errors, setErrors] = useState<FieldErrors>({});

  const { save, onKeyDown } = useSave(
    async () => {
      if (!form.title.trim()) return setErrors({ title: { message: words.titleMissing } });
      const created = await createNew(newEventOf(form), viewersOf(current), (id) => markStored(current, id));
      if (created) finishDraft(current, created.kind === 'saved');
    },
    (refusal) => setErrors(fieldErrors(refusal)),
  );

  return (
    <aside class="drawer" aria-labelledby="drawer-title" onKeyDown={onKeyDown}>
      <div class="dh">
        <h2 class="edit-title" id="drawer-title">
          {words.newTitle}
        </h2>
        <span class="grow" />
        <Close close={leaveDraft} />
      </div>
      <form
        class="db"
        onSubmit={(submit) => {
          submit.preventDefault();
          save();
        }}
      >
        <KeptNote />
        <EventForm form={form} change={setForm} errors={errors} checks />
        <ShareDraft />
        <button class="sr" tabIndex={-1} aria-hidden="true">
          {common.save}
        </button>
      </form>
      <div class="df">
        <span class="grow" />
        <button type="button" class="btn" onClick={leaveDraft}>
          {common.cancel}
        </button>
        <button type="button" class="btn pri" onClick={save}>
          {common.save}
        </button>
      </div>
    </aside>
  );
}

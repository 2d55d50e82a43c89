import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal } from '../api.js';
import { createNew, explain } from '../state/edit.js';
import { draft, dropDraft, viewersOf } from '../state/draft.js';
import { openEvent } from '../state/opened.js';
import { zone } from '../state/session.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Close } from './drawer-close.js';
import { fieldErrors } from './edit-event.js';
import { EventForm, type FieldErrors } from './event-form.js';
import { emptyForm, newEventOf } from './form.js';
import { ShareDraft } from './share-draft.js';

/** The whole form of an event that does not exist yet, beside the calendar. */
export function NewEvent() {
  const [form, setForm] = useState(() => emptyForm(draft.value!, zone.value));
  const [errors, setErrors] = useState<FieldErrors>({});
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => element.current?.querySelector<HTMLInputElement>('.ttl')?.focus(), []);

  const save = async (): Promise<void> => {
    if (!form.title.trim()) return setErrors({ title: { message: words.titleMissing } });
    try {
      const created = await createNew(newEventOf(form), viewersOf(draft.value!));
      if (!created) return;
      dropDraft();
      if (created.kind === 'saved') openEvent(created.event.id);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'validation_failed') setErrors(fieldErrors(error));
      else explain(error);
    }
  };

  return (
    <aside class="drawer" aria-labelledby="drawer-title">
      <div class="dh">
        <h2 class="edit-title" id="drawer-title">
          {words.newTitle}
        </h2>
        <span class="grow" />
        <Close close={dropDraft} />
      </div>
      <form
        class="db"
        ref={element}
        onSubmit={(submit) => {
          submit.preventDefault();
          void save();
        }}
      >
        <EventForm form={form} change={setForm} errors={errors} checks />
        <ShareDraft />
        <button class="sr" tabIndex={-1} aria-hidden="true">
          {common.save}
        </button>
      </form>
      <div class="df">
        <span class="grow" />
        <button type="button" class="btn" onClick={dropDraft}>
          {common.cancel}
        </button>
        <button type="button" class="btn pri" onClick={() => void save()}>
          {common.save}
        </button>
      </div>
    </aside>
  );
}

import { draft, leaveDraft, sendDraft, typeDraft } from '../state/draft.js';
import { zone } from '../state/session.js';
import { words as common } from '../words/en.js';
import { EventForm } from './event-form.js';
import { fieldErrors, useErrors } from './form-errors.js';
import { type Form, formOfDraft, withForm } from '../state/form.js';
import { FormFrame } from './form-frame.js';
import { KeptNote } from './kept-note.js';
import { ShareDraft } from './share-draft.js';
import { useSave } from './use-save.js';

/** The whole form of an event that does not exist yet, beside the calendar. */
export function NewEvent() {
  const current = draft.value!;
  const form = formOfDraft(current, zone.value);
  const { errors, setErrors, follow, check } = useErrors(form);
  const setForm = (next: Form): void => {
    follow(next);
    typeDraft(withForm(current, next));
  };

  const { save, onKeyDown } = useSave(
    async () => {
      if (check()) return;
      await sendDraft(true);
    },
    (refusal) => setErrors(fieldErrors(refusal)),
  );

  return (
    <aside class="drawer" aria-labelledby="drawer-title">
      <FormFrame title={common.newEvent} close={leaveDraft} cancel={leaveDraft} save={save} onKeyDown={onKeyDown}>
        <KeptNote />
        <EventForm form={form} change={setForm} errors={errors} checks />
        <ShareDraft />
      </FormFrame>
    </aside>
  );
}

import { useEffect, useState } from 'preact/hooks';
import type { Event, Item } from '../api.js';
import { keyOf } from '../state/calendar.js';
import { sayKept } from '../state/draft.js';
import { saveChange, chooseTarget } from '../state/edit.js';
import { dropForm, keepForm, keptForm } from '../state/kept.js';
import {
  arrived,
  closeEvent,
  editEvent,
  event,
  goOnIn,
  opened,
  openedItem,
  openEvent,
  setEditing,
} from '../state/opened.js';
import { rebaseForm } from '../state/rebase-form.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { EventForm } from './event-form.js';
import { fieldErrors, useErrors } from './form-errors.js';
import { FormFrame } from './form-frame.js';
import { changesOf, type Form, formOf, hasTyped, patternsDiffer, timesDiffer } from '../state/form.js';
import { useSave } from './use-save.js';

interface Begun {
  item: Item;
  subject: Event;
  /** Under which it is kept. Dates of a series have forms of their own. */
  key: string;
  /** What is compared with: as it was opened, or as it was sent last. */
  base: Form;
  /** The event in which a change of several dates is stored. */
  storedId?: string;
  /** As it is now. */
  form?: Form;
  /** True when it goes on in another form, so that it is not left. */
  goesOn?: boolean;
}

/** Begins with what is kept of the date that is open, else with that of the whole series. */
function begin(): Begun {
  const item = openedItem()!;
  const [own, whole] = [keyOf(item), `${item.id}@`];
  const key = !keptForm(own) && keptForm(whole) ? whole : own;
  return { item, subject: event.value!, key, base: formOf(item) };
}

/** The form of the open event. What is typed is kept on the device until it is saved. */
export function EditEvent() {
  const [self] = useState(begin);
  const { id } = self.subject;
  const [base, setBase] = useState(self.base);
  const [kept] = useState(() => keptForm(self.key));
  const [form, setForm] = useState<Form>(() => (kept ? rebaseForm(kept, base) : base));
  const { errors, setErrors, follow, check } = useErrors(form);
  self.form = form;
  const change = changesOf(form, base);
  const isDirty = Object.keys(change).length > 0;

  // Kept as it is typed: the form may be closed by the next key.
  const type = (next: Form): void => {
    follow(next);
    setForm(next);
    keepForm(self.key, { form: next, base: self.base });
  };
  useEffect(
    () => () => {
      // However it was closed.
      if (self.goesOn || !keptForm(self.key)) return;
      const { storedId } = self;
      sayKept(self.item.title, () => (storedId ? editEvent(storedId) : openEvent(id, self.item, 'details', true)));
    },
    [],
  );

  const { save, onKeyDown, isOpen } = useSave(
    async () => {
      if (check()) return;
      if (!isDirty) return setEditing(false);
      const target = await chooseTarget(self.item, patternsDiffer(form, base) ? { without: ['this'] } : {});
      if (!target) return;
      const comment = form.comment ? { change_comment: form.comment } : {};
      const said = (): string => common.toast.saved(form.title);
      const isOfMany = target.scope !== undefined && target.scope !== 'this';
      // Only what was sent is done with: more may have been typed meanwhile, here or in another tab.
      const keepRest = (storedId: string): void => {
        const rest = keptForm(self.key);
        const isOwn = !rest || JSON.stringify(rest.form) === JSON.stringify(self.form!);
        // The dates may be others by then.
        if (isOfMany) {
          dropForm(self.key);
          self.key = `${storedId}@`;
          self.storedId = storedId;
        }
        self.base = form;
        keepForm(self.key, { form: isOwn ? self.form! : rebaseForm(rest, form), base: form });
      };
      const saved = await saveChange(self.subject, { ...change, ...comment }, target, said, keepRest);
      // Nor is what was opened meanwhile closed.
      if (!saved || !isOpen.current) return;
      arrived.value = null;
      // A date of a series is another one by then, or of another event.
      const moves = isOfMany && (saved.id !== self.subject.id || opened.value?.item);
      if (hasTyped(self.form!, form)) await goOn(saved.id, form, Boolean(moves));
      else if (saved.id === self.subject.id) setEditing(false);
      else openEvent(saved.id);
    },
    (refusal) => setErrors(fieldErrors(refusal)),
  );

  /** Goes on with what was typed since it was sent, on what is stored now. */
  const goOn = async (savedId: string, sent: Form, moves: boolean): Promise<void> => {
    if (moves) {
      return goOnIn(savedId, () => {
        self.goesOn = isOpen.current;
        if (isOpen.current) keepForm(self.key, { form: self.form!, base: sent });
        return isOpen.current;
      });
    }
    const typed = { form: self.form!, base: sent };
    const item = openedItem()!;
    const now = formOf(item);
    Object.assign(self, { item, subject: event.value!, base: now });
    const rebased = rebaseForm(typed, now);
    keepForm(self.key, { form: rebased, base: now });
    setBase(now);
    setForm(rebased);
  };

  return (
    <FormFrame
      title={words.editTitle}
      close={closeEvent}
      cancel={() => setEditing(false)}
      isDirty={isDirty}
      save={save}
      onKeyDown={onKeyDown}
      foot={
        <input
          class="in s grow"
          value={form.comment}
          maxLength={1_000}
          placeholder={words.why}
          aria-label={words.why}
          onInput={({ currentTarget }) => type({ ...form, comment: currentTarget.value })}
        />
      }
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
        eventId={self.subject.id}
        checks={timesDiffer(form, base) || patternsDiffer(form, base)}
      />
    </FormFrame>
  );
}

import { useEffect, useState } from 'preact/hooks';
import type { Item } from '../api.js';
import { keyOf } from '../state/calendar.js';
import { sayKept } from '../state/draft.js';
import { saveChange, chooseTarget } from '../state/edit.js';
import { dropForm, keepForm, type KeptForm, keptForm } from '../state/kept.js';
import { arrived, closeEvent, editEvent, goOnIn, opened, openedItem, openEvent, setEditing } from '../state/opened.js';
import { rebaseForm } from '../state/rebase-form.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { EventForm } from './event-form.js';
import { fieldErrors, useErrors } from './form-errors.js';
import { FormFrame } from './form-frame.js';
import { changesOf, type Form, formOf, hasTyped, patternsDiffer, timesDiffer } from '../state/form.js';
import { useSave } from './use-save.js';

interface Begun {
  /** What is edited, with the version on which that is based. */
  subject: Item;
  /** What the fields were filled from last. */
  seen: string;
  /** Under which it is kept. Dates of a series have forms of their own. */
  key: string;
  /** What is compared with: as it was opened, or as it was sent last. */
  base: Form;
  /** The event in which a change of several dates is stored. */
  storedId?: string;
  /** As it is now. */
  form: Form;
  wasKept: boolean;
  /** True when it goes on in another form, so that it is not left. */
  goesOn?: boolean;
}

/** What is to be edited, on what was typed and what that was based on. */
function onNow(item: Item, kept?: KeptForm | null): Pick<Begun, 'subject' | 'seen' | 'base' | 'form'> {
  const now = formOf(item);
  const { form, base, version } = rebaseForm(kept ?? { form: now, base: now, version: 0 }, now, item.version);
  return { subject: { ...item, version }, seen: seenOf(item), base, form };
}
const seenOf = (item: Item): string => JSON.stringify([item.version, formOf(item)]);

/** Begins with what is kept of the date that is open, else with that of the whole series. */
function begin(): Begun {
  const item = openedItem()!;
  const [own, whole] = [keyOf(item), `${item.id}@`];
  const key = !keptForm(own) && keptForm(whole) ? whole : own;
  const kept = keptForm(key);
  return { ...onNow(item, kept), key, wasKept: kept !== null };
}

/** The form of the open event. What is typed is kept on the device until it is saved. */
export function EditEvent() {
  const [self] = useState(begin);
  const { id } = self.subject;
  const [base, setBase] = useState(self.base);
  const [form, setForm] = useState(self.form);
  const { errors, setErrors, follow, check } = useErrors(form);
  self.form = form;
  const change = changesOf(form, base);
  const isDirty = Object.keys(change).length > 0;

  // Kept as it is typed: the form may be closed by the next key.
  const type = (next: Form): void => {
    follow(next);
    setForm(next);
    keepForm(self.key, { form: next, base: self.base, version: self.subject.version });
  };
  useEffect(
    () => () => {
      // However it was closed.
      if (self.goesOn || !keptForm(self.key)) return;
      const { storedId } = self;
      sayKept(self.subject.title, () =>
        storedId ? editEvent(storedId) : openEvent(id, self.subject, 'details', true),
      );
    },
    [],
  );

  const { save, onKeyDown, isOpen, isSaving } = useSave(
    async () => {
      if (check()) return;
      if (!isDirty) return setEditing(false);
      const target = await chooseTarget(self.subject, patternsDiffer(form, base) ? { without: ['this'] } : {});
      if (!target) return;
      const comment = form.comment ? { change_comment: form.comment } : {};
      const said = (): string => common.toast.saved(form.title);
      const isOfMany = target.scope !== undefined && target.scope !== 'this';
      // Only what was sent is done with: more may have been typed meanwhile, here or in another tab.
      const keepRest = (storedId: string): void => {
        const rest = keptForm(self.key);
        const isOwn = !rest || JSON.stringify(rest.form) === JSON.stringify(self.form);
        // The dates may be others by then.
        if (isOfMany) {
          dropForm(self.key);
          self.key = `${storedId}@`;
          self.storedId = storedId;
        }
        self.base = form;
        const version = versionIn(storedId);
        keepForm(self.key, isOwn ? { form: self.form, base: form, version } : rebaseForm(rest, form, version));
      };
      const saved = await saveChange(self.subject, { ...change, ...comment }, target, said, keepRest);
      // Nor is what was opened meanwhile closed.
      if (!saved || !isOpen.current) return;
      arrived.value = null;
      // A date of a series is another one by then, or of another event.
      const moves = isOfMany && (saved.id !== self.subject.id || opened.value?.item);
      if (hasTyped(self.form, form)) await goOn(saved.id, form, Boolean(moves));
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
        if (isOpen.current) keepForm(self.key, { form: self.form, base: sent, version: versionIn(savedId) });
        return isOpen.current;
      });
    }
    self.base = sent;
    showNow();
  };

  /** What is stored in another event, which a split makes, is based on the first version of that. */
  const versionIn = (storedId: string): number => (storedId === id ? self.subject.version : 1);

  /** Shows the fields in which nothing was typed as they are now. */
  const showNow = (): void => {
    const { base, form, subject } = self;
    Object.assign(self, onNow(openedItem()!, { base, form, version: subject.version }));
    keepForm(self.key, { base: self.base, form: self.form, version: self.subject.version });
    setBase(self.base);
    setForm(self.form);
  };
  const now = openedItem();
  const isSeen = now?.id !== id || seenOf(now) === self.seen;
  useEffect(() => {
    if (!isSeen && !isSaving.current) showNow();
  });
  const discard = (): void => {
    follow(base);
    self.form = base;
    showNow();
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
      {self.wasKept && isDirty && (
        <div class="note row">
          <span class="grow">{common.draftKept('')}</span>
          <button type="button" class="link" onClick={discard}>
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

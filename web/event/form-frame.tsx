import type { ComponentChildren } from 'preact';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Close } from './drawer-close.js';
import type { Saving } from './use-save.js';

interface Props extends Pick<Saving, 'save' | 'onKeyDown'> {
  title: string;
  /** How the drawer is closed. */
  close: () => void;
  /** How the form is left. */
  cancel: () => void;
  isDirty?: boolean;
  /** What is left of the buttons. */
  foot?: ComponentChildren;
  children: ComponentChildren;
}

/** What a form in the drawer has around its fields. */
export function FormFrame({ title, close, cancel, isDirty, foot, children, save, onKeyDown }: Props) {
  return (
    <>
      <div class="dh">
        <h2 class="edit-title" id="drawer-title">
          {title}
        </h2>
        <span class="grow" />
        {isDirty && <span class="mut not-saved">{words.notSaved}</span>}
        <Close close={close} />
      </div>
      <form
        class="db"
        onSubmit={(submit) => {
          submit.preventDefault();
          save();
        }}
        onKeyDown={onKeyDown}
      >
        {children}
        <button class="sr" tabIndex={-1} aria-hidden="true">
          {common.save}
        </button>
      </form>
      <div class="df" onKeyDown={onKeyDown}>
        {foot ?? <span class="grow" />}
        <button type="button" class="btn" onClick={cancel}>
          {common.cancel}
        </button>
        <button type="button" class="btn pri" onClick={save}>
          {common.save}
        </button>
      </div>
    </>
  );
}

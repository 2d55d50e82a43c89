import { useEffect, useRef } from 'preact/hooks';
import { Refusal } from '../api.js';
import { explain } from '../state/edit.js';

export interface Saving {
  save: () => void;
  onKeyDown: (key: KeyboardEvent) => void;
  /** False once the form was closed: then something else may be open by the time it is saved. */
  isOpen: { readonly current: boolean };
  isSaving: { readonly current: boolean };
}

/**
 * Saves a form: one time at a time, by its button and by Ctrl Enter, wherever the focus is in it.
 *
 * @param act throws Refusal
 * @param show is called with a refusal that is about fields, while the form is open
 */
export function useSave(act: () => Promise<void>, show: (refusal: Refusal) => void): Saving {
  const isSaving = useRef(false);
  const isOpen = useRef(true);
  useEffect(() => () => void (isOpen.current = false), []);
  const save = (): void => {
    if (isSaving.current) return;
    isSaving.current = true;
    void act()
      .catch((error: unknown) => {
        if (isOpen.current && error instanceof Refusal && error.code === 'validation_failed') show(error);
        else explain(error);
      })
      .finally(() => (isSaving.current = false));
  };
  const onKeyDown = (key: KeyboardEvent): void => {
    if (key.key !== 'Enter' || !(key.ctrlKey || key.metaKey)) return;
    key.preventDefault();
    save();
  };
  return { save, onKeyDown, isOpen, isSaving };
}

import { words as common } from '../words/en.js';

/** The end of a dialog: leave everything as it is, or do what it asks about. */
export function ModalActions({
  cancel,
  act,
  label,
  isDangerous = false,
}: {
  cancel: () => void;
  act: () => void;
  label: string;
  isDangerous?: boolean;
}) {
  return (
    <>
      <span class="grow" />
      <button type="button" class="btn" onClick={cancel}>
        {common.cancel}
      </button>
      <button type="button" class={`btn ${isDangerous ? 'dng' : 'pri'}`} onClick={act}>
        {label}
      </button>
    </>
  );
}

import type { ConfirmAnswer, ConfirmQuestion } from '../state/dialogs.js';
import { Modal } from '../ui/modal.js';
import { words as common } from '../words/en.js';

/** Asks before something that no undo brings back. */
export function Confirm({
  question: { title, lead, act, isDangerous = false },
  answer,
}: {
  question: ConfirmQuestion;
  answer: (given: ConfirmAnswer | null) => void;
}) {
  return (
    <Modal
      title={title}
      lead={lead}
      width={440}
      close={() => answer(null)}
      footer={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={() => answer(null)}>
            {common.cancel}
          </button>
          <button
            type="button"
            class={`btn ${isDangerous ? 'dng' : 'pri'}`}
            onClick={() => answer({ confirmed: true })}
          >
            {act}
          </button>
        </>
      }
    />
  );
}

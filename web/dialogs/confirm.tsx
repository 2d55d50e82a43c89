import type { ConfirmAnswer, ConfirmQuestion } from '../state/dialogs.js';
import { Modal } from '../ui/modal.js';
import { ModalActions } from '../ui/modal-actions.js';

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
        <ModalActions
          cancel={() => answer(null)}
          act={() => answer({ confirmed: true })}
          label={act}
          isDangerous={isDangerous}
        />
      }
    />
  );
}

import type { TransferAnswer, TransferQuestion } from '../state/dialogs.js';
import { Modal } from '../ui/modal.js';
import { words as common } from '../words/en.js';
import { dialogWords as words } from '../words/dialogs.js';

/** Ownership asks first: it moves the occupied time to somebody else. */
export function Transfer({
  question: { username },
  answer,
}: {
  question: TransferQuestion;
  answer: (given: TransferAnswer | null) => void;
}) {
  return (
    <Modal
      title={words.transfer}
      width={440}
      close={() => answer(null)}
      footer={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={() => answer(null)}>
            {common.cancel}
          </button>
          <button type="button" class="btn pri" onClick={() => answer({ confirmed: true })}>
            {words.transferTo(username)}
          </button>
        </>
      }
    >
      <p>{words.transferLead(username)}</p>
    </Modal>
  );
}

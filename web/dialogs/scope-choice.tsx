import { useState } from 'preact/hooks';
import type { ScopeAnswer, ScopeQuestion } from '../state/dialogs.js';
import { shortDay } from '../time/format.js';
import { Modal } from '../ui/modal.js';
import { ModalActions } from '../ui/modal-actions.js';
import { Option } from '../ui/option.js';
import { dialogWords as words } from '../words/dialogs.js';

type Scope = ScopeAnswer['scope'];

/** Which dates of a series are meant. */
export function ScopeChoice({
  question,
  answer,
}: {
  question: ScopeQuestion;
  answer: (given: ScopeAnswer | null) => void;
}) {
  const day = shortDay(question.day);
  const choices: [Scope, string, string][] = [
    ['this', words.onlyThis(day), words.onlyThisHint],
    ['following', words.following(day), words.followingHint],
    ['all', words.all, words.allHint],
  ];
  const offered = question.withoutThis ? choices.slice(1) : choices;
  const [scope, setScope] = useState<Scope>(offered[0]![0]);
  return (
    <Modal
      title={words.whichDates}
      lead={question.title}
      width={400}
      close={() => answer(null)}
      footer={<ModalActions cancel={() => answer(null)} act={() => answer({ scope })} label={words.go} />}
    >
      <div role="radiogroup" aria-label={words.whichDates}>
        {offered.map(([name, label, hint]) => (
          <Option key={name} on={scope === name} choose={() => setScope(name)}>
            <b>{label}</b>
            <small>{hint}</small>
          </Option>
        ))}
      </div>
    </Modal>
  );
}

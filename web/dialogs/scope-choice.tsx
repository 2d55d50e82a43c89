import { useState } from 'preact/hooks';
import type { ScopeAnswer, ScopeQuestion } from '../state/dialogs.js';
import { shortDay } from '../time/format.js';
import { Modal } from '../ui/modal.js';
import { ModalActions } from '../ui/modal-actions.js';
import { Option } from '../ui/option.js';
import { words as common } from '../words/en.js';
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
    ['following', words.following(day), question.removes ? words.followingGo : words.followingHint],
    ['all', words.all, question.removes ? words.allGo : words.allHint],
  ];
  const offered = choices.filter(([scope]) => !question.without?.includes(scope));
  const title = question.removes ? words.deleteDates : words.whichDates;
  const [scope, setScope] = useState<Scope>(offered[0]![0]);
  return (
    <Modal
      title={title}
      lead={question.title}
      width={400}
      close={() => answer(null)}
      footer={
        <ModalActions
          cancel={() => answer(null)}
          act={() => answer({ scope })}
          label={question.removes ? words.delete : common.goOn}
          isDangerous={question.removes}
        />
      }
    >
      <div role="radiogroup" aria-label={title}>
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

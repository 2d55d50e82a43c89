import { asked } from '../state/dialogs.js';
import { Clash } from './clash.js';
import { Confirm } from './confirm.js';
import { Conflict } from './conflict.js';
import { ScopeChoice } from './scope-choice.js';

/** The decision that is asked for. */
export function Dialogs() {
  const current = asked.value;
  if (!current) return null;
  const { question } = current;
  const answer = current.answer as (given: unknown) => void;
  switch (question.kind) {
    case 'conflict':
      return <Conflict question={question} answer={answer} />;
    case 'clash':
      return <Clash question={question} answer={answer} />;
    case 'scope':
      return <ScopeChoice question={question} answer={answer} />;
    case 'confirm':
      return <Confirm question={question} answer={answer} />;
  }
}

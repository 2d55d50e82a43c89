import { useState } from 'preact/hooks';
import { Refusal } from '../api.js';
import { reason } from '../state/reason.js';
import { eraseAccount } from '../state/session.js';
import { PasswordField } from '../ui/password-field.js';
import { words as common } from '../words/en.js';
import { panelWords } from '../words/panels.js';

const words = panelWords.account;

/** One of the two things that cannot be undone: it asks for the password, and says what stays. */
export function EraseAccount() {
  const [isOpen, setOpen] = useState(false);
  const [password, setPassword] = useState('');
  const [error, setError] = useState('');
  if (!isOpen) {
    return (
      <>
        <h3>{words.erase}</h3>
        <button type="button" class="btn s dng" onClick={() => setOpen(true)}>
          {words.erase}
        </button>
      </>
    );
  }
  const erase = (): Promise<void> =>
    eraseAccount(password).catch((refusal: unknown) => {
      if (!(refusal instanceof Refusal)) throw refusal;
      setError(reason(refusal));
    });
  return (
    <form
      class="account-form"
      onSubmit={(submit) => {
        submit.preventDefault();
        void erase();
      }}
    >
      <h3>{words.erase}</h3>
      <p>{words.eraseLead}</p>
      <PasswordField label={words.currentPassword} value={password} change={setPassword} error={error} small />
      <div class="row">
        <button class="btn s dng" disabled={!password}>
          {words.eraseConfirm}
        </button>
        <button type="button" class="btn s" onClick={() => setOpen(false)}>
          {common.cancel}
        </button>
      </div>
    </form>
  );
}

import { useState } from 'preact/hooks';
import { Refusal, session } from '../api.js';
import { explain } from '../state/edit.js';
import { reason } from '../state/reason.js';
import { updateAccount, user } from '../state/session.js';
import { showToast } from '../state/toasts.js';
import { PasswordField } from '../ui/password-field.js';
import { words as common } from '../words/en.js';
import { panelWords } from '../words/panels.js';

const words = panelWords.account;

/** The address and the password; both take the current password. */
export function AccountForms() {
  const me = user.value!;
  const [open, setOpen] = useState<'email' | 'password' | null>(null);
  const done = (said: string): void => {
    setOpen(null);
    showToast({ text: said });
  };
  return (
    <>
      <h3>{words.email}</h3>
      <div class="who">
        <span class="grow">
          <b>{me.email}</b>
          {me.pending_email && <small>{words.pending(me.pending_email)}</small>}
          {!me.email_verified && !me.pending_email && (
            <small>
              {words.unverified}{' '}
              <button
                type="button"
                class="link"
                onClick={() => void session.resendVerification().then(() => showToast({ text: words.resent }), explain)}
              >
                {words.resend}
              </button>
            </small>
          )}
        </span>
        {open !== 'email' && (
          <button type="button" class="btn s" onClick={() => setOpen('email')}>
            {words.changeEmail}
          </button>
        )}
      </div>
      {open === 'email' && (
        <ChangeForm
          name="email"
          label={words.newEmail}
          close={() => setOpen(null)}
          done={() => done(words.emailChanged)}
        />
      )}
      <h3>{words.password}</h3>
      {open === 'password' ? (
        <ChangeForm
          name="password"
          label={words.newPassword}
          close={() => setOpen(null)}
          done={() => done(words.passwordChanged)}
        />
      ) : (
        <button type="button" class="btn s" onClick={() => setOpen('password')}>
          {words.changePassword}
        </button>
      )}
    </>
  );
}

interface ChangeProps {
  name: 'email' | 'password';
  label: string;
  close: () => void;
  done: () => void;
}

function ChangeForm({ name, label, close, done }: ChangeProps) {
  const [value, setValue] = useState('');
  const [current, setCurrent] = useState('');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const save = async (): Promise<void> => {
    setErrors({});
    try {
      await updateAccount({ [name]: value, current_password: current });
      done();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const fields = (error.problem.errors ?? []).map(({ pointer, message }) => [pointer.slice(1), message]);
      if (fields.length > 0) setErrors(Object.fromEntries(fields) as Record<string, string>);
      else setErrors({ form: reason(error) });
    }
  };
  return (
    <form
      class="account-form"
      onSubmit={(submit) => {
        submit.preventDefault();
        void save();
      }}
    >
      {name === 'email' ? (
        <label class="field">
          <span>{label}</span>
          <input
            class={`in s ${errors.email ? 'err' : ''}`}
            type="email"
            value={value}
            autocomplete="email"
            aria-invalid={Boolean(errors.email)}
            onInput={({ currentTarget }) => setValue(currentTarget.value)}
          />
          {errors.email && <span class="hint err">{errors.email}</span>}
        </label>
      ) : (
        <PasswordField label={label} value={value} change={setValue} error={errors.password} isNew small />
      )}
      <PasswordField
        label={words.currentPassword}
        value={current}
        change={setCurrent}
        error={errors.current_password ?? errors.form}
        small
      />
      {name === 'password' && <p class="hint">{words.passwordHint}</p>}
      <div class="row">
        <button class="btn pri s">{common.save}</button>
        <button type="button" class="btn s" onClick={close}>
          {common.cancel}
        </button>
      </div>
    </form>
  );
}

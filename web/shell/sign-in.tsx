import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal, session } from '../api.js';
import { signIn, signUp, user } from '../state/session.js';
import { timeIn } from '../time/format.js';
import { browserZone } from '../time/zone-names.js';
import { PasswordField } from '../ui/password-field.js';
import { signInWords as words } from '../words/sign-in.js';
import { SignInFrame } from './sign-in-frame.js';

type Errors = Record<string, string>;

function explain(error: unknown): Errors {
  if (!(error instanceof Refusal)) throw error;
  const { code, problem } = error;
  if (code === 'wrong_credentials') return { form: words.wrong };
  if (code === 'unreachable' || code === 'unavailable') return { form: words.unreachable };
  if (code === 'rate_limited') return { form: words.slowDown(error.retryAfter ?? 1) };
  const fields = Object.fromEntries((problem.errors ?? []).map(({ pointer, message }) => [pointer.slice(1), message]));
  return Object.keys(fields).length > 0 ? fields : { form: problem.detail ?? problem.title };
}

/** Sign in and sign up. @param again the session ended: the page stays behind it */
export function SignIn({ again = false }: { again?: boolean }) {
  const [isNew, setNew] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [busy, setBusy] = useState(false);
  const [forgot, setForgot] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const zone = browserZone();
  useEffect(() => form.current?.querySelector('input')?.focus(), [isNew]);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const value = (name: string): string => (new FormData(form.current!).get(name) as string | null) ?? '';
    setBusy(true);
    setErrors({});
    try {
      if (isNew) {
        const account = { username: value('username'), email: value('email'), password: value('password') };
        await signUp({ ...account, time_zone: zone });
      } else await signIn(value('username'), value('password'));
    } catch (error) {
      setErrors(explain(error));
    } finally {
      setBusy(false);
    }
  };

  if (forgot) return <ForgotPassword back={() => setForgot(false)} />;
  return (
    <SignInFrame>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <h1>{again ? words.again : isNew ? words.signUp : words.signIn}</h1>
        {again ? (
          <p>{words.kept}</p>
        ) : (
          <p>
            {isNew ? words.haveAccount : words.newHere}{' '}
            <button type="button" class="link" onClick={() => (setNew(!isNew), setErrors({}))}>
              {isNew ? words.signIn : words.create}
            </button>
          </p>
        )}
        <Field
          name="username"
          label={isNew ? words.username : words.usernameOrEmail}
          value={again ? user.value?.username : undefined}
          error={errors.username}
          autocomplete="username"
        />
        {isNew && <Field name="email" label={words.email} type="email" error={errors.email} autocomplete="email" />}
        <PasswordField
          name="password"
          label={words.password}
          error={errors.password}
          hint={isNew ? words.passwordRules : undefined}
          isNew={isNew}
        />
        {isNew && <p class="hint zone">{words.zone(zone, timeIn(Date.now(), zone))}</p>}
        <div role="alert">{errors.form && <p class="hint err form-error">{errors.form}</p>}</div>
        <button class="btn pri l wide" disabled={busy}>
          {isNew ? words.create : words.signIn}
        </button>
        {!isNew && (
          <p class="forgot">
            <button type="button" class="link" onClick={() => setForgot(true)}>
              {words.forgot}
            </button>
          </p>
        )}
      </form>
      <p class="mut foot">{words.own}</p>
    </SignInFrame>
  );
}

/** Asks for the mail whose link leads to the page that sets a new password. */
function ForgotPassword({ back }: { back: () => void }) {
  const [error, setError] = useState('');
  const [isSent, setSent] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setError('');
    try {
      await session.requestReset(new FormData(form.current!).get('email') as string);
      setSent(true);
    } catch (refusal) {
      const { email, form: whole } = explain(refusal);
      setError(email ?? whole ?? '');
    }
  };
  return (
    <SignInFrame>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <h1>{words.reset}</h1>
        <p role="status">{isSent ? words.linkSent : words.resetLead}</p>
        {!isSent && <Field name="email" label={words.email} type="email" error={error} autocomplete="email" />}
        {!isSent && <button class="btn pri l wide">{words.sendLink}</button>}
        <p class="forgot">
          <button type="button" class="link" onClick={back}>
            {words.back}
          </button>
        </p>
      </form>
    </SignInFrame>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type?: string;
  value?: string | undefined;
  error?: string | undefined;
  autocomplete: string;
}

function Field({ name, label, type = 'text', value, error, autocomplete }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class={`in ${error ? 'err' : ''}`}
        name={name}
        type={type}
        defaultValue={value}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={Boolean(error)}
        aria-describedby={error ? `${name}-error` : undefined}
      />
      {error && (
        <span class="hint err" id={`${name}-error`}>
          {error}
        </span>
      )}
    </label>
  );
}

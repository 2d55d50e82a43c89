import { useId, useState } from 'preact/hooks';
import { Icon } from '../icons/icon.js';
import { words } from '../words/en.js';

interface Props {
  label: string;
  /** In a form that is read when it is sent; others give `value` and `change`. */
  name?: string;
  value?: string;
  change?: (value: string) => void;
  error?: string | undefined;
  hint?: string | undefined;
  isNew?: boolean;
  small?: boolean;
}

/** A password that can be shown, for those who want to see what they type. */
export function PasswordField({ label, name, value, change, error, hint, isNew = false, small = false }: Props) {
  const [visible, setVisible] = useState(false);
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class={`in ${small ? 's' : ''} ${error ? 'err' : ''}`}>
        <input
          id={id}
          name={name}
          class="grow bare"
          type={visible ? 'text' : 'password'}
          value={value}
          autocomplete={isNew ? 'new-password' : 'current-password'}
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={Boolean(error)}
          aria-describedby={`${id}-hint`}
          onInput={({ currentTarget }) => change?.(currentTarget.value)}
        />
        <button
          type="button"
          class="ib s"
          aria-label={words.showPassword}
          aria-pressed={visible}
          onClick={() => setVisible(!visible)}
        >
          <Icon name="eye" />
        </button>
      </span>
      <span class={`hint ${error ? 'err' : ''}`} id={`${id}-hint`} role={error ? 'alert' : undefined}>
        {error ?? hint}
      </span>
    </div>
  );
}

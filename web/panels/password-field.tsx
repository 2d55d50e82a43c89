interface Props {
  label: string;
  value: string;
  change: (value: string) => void;
  error?: string | undefined;
  isNew?: boolean;
}

export function PasswordField({ label, value, change, error, isNew = false }: Props) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class={`in s ${error ? 'err' : ''}`}
        type="password"
        value={value}
        autocomplete={isNew ? 'new-password' : 'current-password'}
        aria-invalid={Boolean(error)}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
      {error && (
        <span class="hint err" role="alert">
          {error}
        </span>
      )}
    </label>
  );
}

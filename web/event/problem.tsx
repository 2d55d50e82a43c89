import type { ComponentChildren } from 'preact';

interface Props {
  error: { message: string } | undefined;
  /** In place of the message. */
  children?: ComponentChildren;
}

/** What is wrong with the field above it. */
export function Problem({ error, children }: Props) {
  return error ? (
    <p class="hint err" role="alert">
      {children ?? error.message}
    </p>
  ) : null;
}

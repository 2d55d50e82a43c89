import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons/icon.js';
import { showToast } from '../state/toasts.js';
import { copyText } from '../ui/copy-text.js';
import { words as common } from '../words/en.js';

interface Props {
  title: string;
  lead: string;
  label: string;
  value: string;
  close: () => void;
  children?: ComponentChildren;
}

/** A secret that the server shows this once. It takes the focus, and stays until it is closed. */
export function ShownOnce({ title, lead, label, value, close, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => heading.current?.focus(), [value]);
  return (
    <section class="once" aria-label={title}>
      <h4 tabIndex={-1} ref={heading}>
        {title}
      </h4>
      <p>{lead}</p>
      <div class="row">
        <input
          ref={field}
          class="in s mono"
          readOnly
          value={value}
          aria-label={label}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <button
          type="button"
          class="btn pri s"
          onClick={() => {
            field.current?.select();
            void copyText(value).then(() => showToast({ text: common.toast.copied(label) }));
          }}
        >
          <Icon name="link" /> {common.copy}
        </button>
      </div>
      {children}
      <div class="row">
        <button type="button" class="btn s" onClick={close}>
          {common.done}
        </button>
      </div>
    </section>
  );
}

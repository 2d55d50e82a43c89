import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  title: string;
  lead?: ComponentChildren;
  width?: number;
  role?: 'dialog' | 'alertdialog';
  close: () => void;
  children?: ComponentChildren;
  footer?: ComponentChildren;
}

/** A decision over the page. The focus goes to its first choice, stays inside, and comes back. */
export function Modal({ title, lead, width = 520, role = 'dialog', close, children, footer }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    (dialog.querySelector<HTMLElement>('[aria-checked=true], .bd button, .bd input') ?? dialog).focus();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={element}
      class="dlg"
      role={role}
      aria-labelledby="dialog-title"
      aria-describedby={lead ? 'dialog-lead' : undefined}
      style={{ width }}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={({ target }) => target === element.current && close()}
    >
      <div class="dlg-body">
        <header>
          <h2 id="dialog-title">{title}</h2>
          {lead && <p id="dialog-lead">{lead}</p>}
        </header>
        {children && <div class="bd">{children}</div>}
        {footer && <footer>{footer}</footer>}
      </div>
    </dialog>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons/icon.js';
import { closePanel } from '../state/panel.js';
import { words } from '../words/en.js';

interface Props {
  title: string;
  /** `pop` hangs under the bell; `page` lies over the calendar. */
  shape: 'pop' | 'page';
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** Something over the calendar that takes no decision: it closes by Escape or by a click beside it. */
export function Sheet({ title, shape, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div
      class={`sheet-ground over-${shape}`}
      onClick={({ target, currentTarget }) => target === currentTarget && closePanel()}
    >
      <section class={`sheet ${shape}`} role="dialog" aria-labelledby="sheet-title">
        <header>
          <h2 id="sheet-title" tabIndex={-1} ref={heading}>
            {title}
          </h2>
          <span class="grow" />
          {actions}
          <button type="button" class="ib s" aria-label={words.close} onClick={closePanel}>
            <Icon name="x" />
          </button>
        </header>
        <div class="sheet-body">{children}</div>
      </section>
    </div>
  );
}

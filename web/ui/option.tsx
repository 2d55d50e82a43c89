import type { ComponentChildren } from 'preact';

interface Props {
  on: boolean;
  choose: () => void;
  children: ComponentChildren;
}

/** One choice of a radio group, as a card. The arrow keys go through the group. */
export function Option({ on, choose, children }: Props) {
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const group = [
      ...(event.currentTarget as HTMLElement)
        .closest('[role=radiogroup]')!
        .querySelectorAll<HTMLElement>('[role=radio]'),
    ];
    const next = group[(group.indexOf(event.currentTarget as HTMLElement) + step + group.length) % group.length];
    next?.focus();
    next?.click();
  };
  return (
    <button
      type="button"
      class={`opt ${on ? 'on' : ''}`}
      role="radio"
      aria-checked={on}
      tabIndex={on ? 0 : -1}
      onClick={choose}
      onKeyDown={move}
    >
      <span class="rad" />
      <span class="grow">{children}</span>
    </button>
  );
}

interface Tab<Name extends string> {
  name: Name;
  label: string;
  /** Shown beside the label, unless it is 0. */
  count?: number;
}

interface Props<Name extends string> {
  label: string;
  /** The id of the one panel whose content changes. Its `aria-labelledby` is `tab-` and the name. */
  panel: string;
  tabs: Tab<Name>[];
  shown: Name;
  show: (name: Name) => void;
}

/** One Tab stop; the arrow keys go through the tabs and show them. */
export function Tabs<Name extends string>({ label, panel, tabs, shown, show }: Props<Name>) {
  const move = ({ key, currentTarget }: KeyboardEvent): void => {
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    const at = tabs.findIndex(({ name }) => name === shown);
    const next = tabs[(at + (key === 'ArrowRight' ? 1 : tabs.length - 1)) % tabs.length]!;
    show(next.name);
    (currentTarget as HTMLElement).querySelector<HTMLElement>(`#tab-${next.name}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(({ name, label: text, count = 0 }) => (
        <button
          type="button"
          key={name}
          id={`tab-${name}`}
          role="tab"
          aria-selected={shown === name}
          aria-controls={panel}
          tabIndex={shown === name ? 0 : -1}
          onClick={() => show(name)}
        >
          {text} {count > 0 && <small>{count}</small>}
        </button>
      ))}
    </div>
  );
}

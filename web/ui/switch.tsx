interface Props {
  label: string;
  on: boolean;
  change: (on: boolean) => void;
}

/** Something that is on or off at once, with its word beside it. */
export function Switch({ label, on, change }: Props) {
  return (
    <label class="row check">
      <input
        type="checkbox"
        class="sw"
        role="switch"
        checked={on}
        onChange={({ currentTarget }) => change(currentTarget.checked)}
      />
      <span class="sec">{label}</span>
    </label>
  );
}

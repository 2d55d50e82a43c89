import { Icon } from '../icons/icon.js';
import { currentZone, zonesWith } from '../time/zone-names.js';

interface Props {
  label: string;
  value: string | null;
  /** What choosing none is called, where that is possible. */
  none?: string;
  choose: (zone: string | null) => void;
}

/** A time zone, by its name. */
export function ZoneSelect({ label, value, none, choose }: Props) {
  return (
    <label class="field">
      <span>{label}</span>
      <span class="select wide">
        <select
          class="in s"
          value={value === null ? '' : currentZone(value)}
          onChange={({ currentTarget }) => choose(currentTarget.value || null)}
        >
          {none !== undefined && <option value="">{none}</option>}
          {zonesWith(value).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </span>
    </label>
  );
}

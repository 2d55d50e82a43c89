import { Icon } from '../icons/icon.js';
import { allZones } from '../time/zoned.js';
import { eventWords as words } from '../words/event.js';

export function ZoneField({ value, change }: { value: string; change: (zone: string) => void }) {
  const zones = allZones();
  return (
    <span class="select zone-field">
      <Icon name="globe" />
      <select
        class="sel"
        aria-label={words.zone}
        value={value}
        onChange={({ currentTarget }) => change(currentTarget.value)}
      >
        {(zones.includes(value) ? zones : [value, ...zones]).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}

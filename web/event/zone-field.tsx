import { Icon } from '../icons/icon.js';
import { currentZone, zonesWith } from '../time/zone-names.js';
import { eventWords as words } from '../words/event.js';

export function ZoneField({ value, change }: { value: string; change: (zone: string) => void }) {
  return (
    <span class="select zone-field">
      <Icon name="globe" />
      <select
        class="sel"
        aria-label={words.zone}
        value={currentZone(value)}
        onChange={({ currentTarget }) => change(currentTarget.value)}
      >
        {zonesWith(value).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}

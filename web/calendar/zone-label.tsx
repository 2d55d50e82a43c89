import { chosenZone } from '../state/preferences.js';
import { user, zone } from '../state/session.js';
import { shownDays } from '../state/view.js';
import { zoneOffset } from '../time/format.js';
import { browserZone, currentZone, zonesWith } from '../time/zone-names.js';
import { asDate } from '../time/zoned.js';
import { words } from '../words/en.js';

/** The zone of the hours, over them; a list to choose another one. */
export function ZoneLabel() {
  const home = currentZone(user.value?.time_zone ?? browserZone());
  const others = zonesWith(null).filter((name) => name !== home);
  return (
    <label class="zone-label" title={zone.value}>
      <span>{zoneOffset(zone.value, asDate(shownDays.value.from).getTime() + 43_200_000)}</span>
      <select
        aria-label={words.zone}
        value={currentZone(zone.value)}
        onChange={({ currentTarget }) => (chosenZone.value = currentTarget.value === home ? null : currentTarget.value)}
      >
        {[home, ...others].map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

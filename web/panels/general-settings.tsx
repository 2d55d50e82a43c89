import { explain } from '../state/edit.js';
import { lettersAct, secondZone, theme, type Theme } from '../state/preferences.js';
import { updateAccount, user } from '../state/session.js';
import { Switch } from '../ui/switch.js';
import { ZoneSelect } from '../ui/zone-select.js';
import { panelWords as words } from '../words/panels.js';

/** How the dashboard looks, and in which zones. */
export function GeneralSettings() {
  const me = user.value!;
  return (
    <>
      <h3>{words.appearance}</h3>
      <span class="seg" role="radiogroup" aria-label={words.appearance}>
        {(['system', 'light', 'dark'] satisfies Theme[]).map((name) => (
          <button
            type="button"
            key={name}
            role="radio"
            aria-checked={theme.value === name}
            onClick={() => (theme.value = name)}
          >
            {words.themes[name]}
          </button>
        ))}
      </span>
      <h3>{words.time}</h3>
      <ZoneSelect
        label={words.homeZone}
        value={me.time_zone}
        choose={(zone) => {
          if (zone) updateAccount({ time_zone: zone }).catch(explain);
        }}
      />
      <ZoneSelect
        label={words.secondZone}
        value={secondZone.value}
        none={words.noZone}
        choose={(zone) => (secondZone.value = zone)}
      />
      <h3>{words.keyboard}</h3>
      <Switch label={words.letters} on={lettersAct.value} change={(on) => (lettersAct.value = on)} />
      <p class="about">
        <a href="/about">{words.about}</a>
      </p>
    </>
  );
}

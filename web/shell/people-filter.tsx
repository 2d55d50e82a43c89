import { Icon } from '../icons/icon.js';
import { owners } from '../state/calendar.js';
import { hueOf } from '../state/hues.js';
import { hiddenOwners } from '../state/preferences.js';
import { isMe } from '../state/session.js';
import { words } from '../words/en.js';

/** Whose events are shown. */
export function PeopleFilter() {
  const hidden = hiddenOwners.value;
  const toggle = (id: string): void => {
    hiddenOwners.value = hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id];
  };
  return (
    <>
      <h2 class="side-title" id="people-title">
        {words.people}
      </h2>
      <div class="owners" role="group" aria-labelledby="people-title">
        {owners.value.map(({ id, username, count }) => {
          const isShown = !hidden.includes(id);
          return (
            <button
              type="button"
              key={id}
              class={`nav ${hueOf(id)}`}
              role="checkbox"
              aria-checked={isShown}
              onClick={() => toggle(id)}
            >
              <span class={`chk ${isShown ? '' : 'off'}`}>{isShown && <Icon name="check" />}</span>
              <span class={`ell ${isShown ? '' : 'mut'}`}>{isMe(id) ? words.you : username}</span>
              <span class="n">{count || ''}</span>
            </button>
          );
        })}
      </div>
    </>
  );
}

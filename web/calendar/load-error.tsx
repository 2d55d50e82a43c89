import { Icon } from '../icons/icon.js';
import { loadedAt, reload } from '../state/calendar.js';
import { zone } from '../state/session.js';
import { timeIn } from '../time/format.js';
import { words } from '../words/en.js';

/** What failed, what still holds, and what to do. */
export function LoadError() {
  return (
    <div class="note dng load-error" role="alert">
      <Icon name="warn" />
      <span class="grow">
        <b>{words.loadFailed}</b> {words.shownFrom(timeIn(loadedAt.value, zone.value))}
      </span>
      <button type="button" class="btn s" onClick={() => void reload()}>
        {words.tryNow}
      </button>
    </div>
  );
}

import { Icon } from '../icons/icon.js';
import { loadedAt, reload } from '../state/calendar.js';
import { online } from '../state/live.js';
import { zone } from '../state/session.js';
import { view } from '../state/view.js';
import { moment } from '../time/format.js';
import { words } from '../words/en.js';

/** What failed, what still holds, and what to do. */
export function LoadError() {
  return (
    <div class={`note load-error ${online.value ? 'dng' : ''}`} role={online.value ? 'alert' : 'status'}>
      <Icon name="warn" />
      <span class="grow">
        <b>{online.value ? words.loadFailed : words.offline}</b>{' '}
        {loadedAt.value ? words.shownFrom(moment(loadedAt.value, zone.value)) : words.notRead[view.value]}
      </span>
      {online.value && (
        <button type="button" class="btn s" onClick={() => void reload()}>
          {words.tryNow}
        </button>
      )}
    </div>
  );
}

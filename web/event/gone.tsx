import { arrived, closeEvent } from '../state/opened.js';
import { eventWords as words } from '../words/event.js';

/** In place of an event that was deleted or is no longer shared with the reader. */
export function Gone() {
  const by = arrived.value;
  return (
    <div class="empty gone">
      <h3 id="drawer-title">{words.goneTitle}</h3>
      <p>{by ? words.goneBy(by.username) : words.gone}</p>
      <button type="button" class="btn" onClick={closeEvent}>
        {words.back}
      </button>
    </div>
  );
}

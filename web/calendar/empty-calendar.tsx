import { isPhone } from '../state/preferences.js';
import { asOf } from '../state/time-travel.js';
import { view } from '../state/view.js';
import { words } from '../words/en.js';

export function EmptyCalendar({ onNew }: { onNew: () => void }) {
  return (
    <div class="empty">
      <svg
        class="art"
        width="88"
        height="56"
        viewBox="0 0 88 56"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        aria-hidden="true"
      >
        <rect x="1" y="9" width="56" height="38" rx="6" stroke-dasharray="3 4" />
        <rect x="31" y="1" width="56" height="38" rx="6" fill="var(--accent-soft)" stroke="var(--accent)" />
        <path d="M40 13h24M40 21h14" stroke="var(--accent)" stroke-linecap="round" />
      </svg>
      <h3>{words.nothing[view.value]}</h3>
      {!asOf.value && (
        <>
          <p>{isPhone.value ? words.emptyHintTouch : words.emptyHint}</p>
          <button type="button" class="btn pri" onClick={onNew}>
            {words.newEvent}
          </button>
        </>
      )}
    </div>
  );
}

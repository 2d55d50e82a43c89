import { pill } from '../state/live.js';
import { openPanel } from '../state/panel.js';
import { asOf } from '../state/time-travel.js';
import { words } from '../words/en.js';

const SHAPES = { live: '', reconnecting: 're', offline: 'off', 'caught-up': 'up' };

/** What the connection is, in a word, a dot and a colour. */
export function ConnectionPill() {
  const state = pill.value;
  if (asOf.value) return <span class="pill neu">{words.pill.past}</span>;
  return (
    <span role="status" class="pill-place">
      {state.kind === 'caught-up' ? (
        <button type="button" class="pill up" onClick={() => openPanel('inbox')}>
          {words.pill.caughtUp(state.count)}
        </button>
      ) : (
        <span class={`pill ${SHAPES[state.kind]}`}>{words.pill[state.kind]}</span>
      )}
    </span>
  );
}

import { pill } from '../state/live.js';
import { openPanel } from '../state/panel.js';
import { asOf } from '../state/time-travel.js';
import { words } from '../words/en.js';

const SHAPES = { connecting: 're', live: '', reconnecting: 're', offline: 'off', sending: 're', asks: 're' };

/** What the connection is and what is not sent, in a word, a dot and a colour. */
export function ConnectionPill() {
  const state = pill.value;
  if (asOf.value) return <span class="pill neu">{words.pill.past}</span>;
  return (
    <span role="status" class="pill-place">
      {state.kind === 'caught-up' ? (
        <button type="button" class="pill up" onClick={() => openPanel('inbox')}>
          {words.pill.caughtUp(state.count)}
        </button>
      ) : state.waiting > 0 ? (
        <button type="button" class={`pill ${SHAPES[state.kind]}`} onClick={() => openPanel('outbox')}>
          {words.pill.withWaiting[state.kind](state.waiting)}
        </button>
      ) : (
        <span class={`pill ${SHAPES[state.kind]}`}>{words.pill[state.kind]}</span>
      )}
    </span>
  );
}

import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../icons/icon.js';
import { notifications } from '../state/inbox.js';
import { changelog } from '../state/opened.js';
import { zone } from '../state/session.js';
import { asOf } from '../state/time-travel.js';
import { moment } from '../time/format.js';
import { historyWords } from '../words/history.js';

const words = historyWords.travel;
const STEPS = 1_000;

/** The earliest moment of the slider. */
const since = signal(Date.now() - 7 * 86_400_000);

/** The moments of the changes that this page knows, oldest first. */
const ticks = computed<number[]>(() => {
  const known = [...notifications.value.map(({ timestamp }) => timestamp), ...changelog.value.map(({ at }) => at)];
  return [...new Set(known.map((at) => new Date(at).getTime()))].sort((a, b) => a - b);
});

/** The calendar as it was: a slider, steps from change to change, and the way back. */
export function TravelBar() {
  const at = new Date(asOf.value!).getTime();
  const now = Date.now();
  useEffect(() => {
    since.value = Math.min(at - 3_600_000, ...ticks.peek(), now - 3_600_000);
  }, []);
  const share = (moment: number): number => Math.min(1, Math.max(0, (moment - since.value) / (now - since.value)));
  const go = (moment: number | undefined): void => {
    if (moment !== undefined) asOf.value = new Date(moment).toISOString();
  };
  const told = moment(new Date(at).toISOString(), zone.value);
  return (
    <section class="travel" aria-label={words.title}>
      <Icon name="hist" />
      <b>{words.at(told)}</b>
      <span class="ro">{words.readOnly}</span>
      <span class="tr">
        {ticks.value
          .filter((tick) => tick >= since.value)
          .map((tick) => (
            <i key={tick} style={{ left: `${share(tick) * 100}%` }} />
          ))}
        <input
          type="range"
          min={0}
          max={STEPS}
          value={Math.round(share(at) * STEPS)}
          aria-label={words.time}
          aria-valuetext={told}
          onChange={({ currentTarget }) =>
            go(since.value + (currentTarget.valueAsNumber / STEPS) * (now - since.value))
          }
        />
      </span>
      <button
        type="button"
        class="ib"
        aria-label={words.earlier}
        onClick={() => go(ticks.value.findLast((tick) => tick < at))}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        class="ib"
        aria-label={words.later}
        onClick={() => go(ticks.value.find((tick) => tick > at))}
      >
        <Icon name="right" />
      </button>
      <button type="button" class="btn" onClick={() => (asOf.value = null)}>
        {words.back}
      </button>
    </section>
  );
}

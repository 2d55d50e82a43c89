import { useEffect, useState } from 'preact/hooks';
import { type Change, history, Refusal } from '../api.js';
import type { DiffView, SnapshotView } from '../../sdk/index.js';
import { restoreVersion, undoOnly } from '../state/restore.js';
import { changelog, compared, event, opened } from '../state/opened.js';
import { isPhone } from '../state/preferences.js';
import { isMe, zone } from '../state/session.js';
import { asOf } from '../state/time-travel.js';
import { Icon } from '../icons/icon.js';
import { moment } from '../time/format.js';
import { words as common } from '../words/en.js';
import { historyWords as words } from '../words/history.js';
import { isAboutPeople } from './about-people.js';
import { Difference } from './difference.js';
import { fieldRows, unchangedNames } from './field-rows.js';

interface Loaded {
  diff: DiffView;
  before: SnapshotView;
  after: SnapshotView;
}

/** Two versions beside each other: only the fields that differ. */
export function Comparison({ from, to }: { from: number; to: number }) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [layout, setLayout] = useState<'side' | 'line'>(isPhone.value ? 'line' : 'side');
  const [picked, setPicked] = useState<string[]>([]);
  const id = opened.value!.id;
  useEffect(() => {
    let current = true;
    void Promise.all([history.diff(id, from, to), history.version(id, from), history.version(id, to)]).then(
      ([diff, { snapshot: before }, { snapshot: after }]) => current && setLoaded({ diff, before, after }),
      (error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      },
    );
    return () => {
      current = false;
    };
  }, [id, from, to]);

  const now = event.value!;
  const log = changelog.value;
  const rows = loaded ? fieldRows(loaded.diff, loaded.before, loaded.after) : [];
  const canEdit = now.can.includes('edit') && !asOf.value;
  const entry = entryOf(log, from);
  const toggle = (fields: string[]): void => {
    const has = fields.every((field) => picked.includes(field));
    setPicked(has ? picked.filter((field) => !fields.includes(field)) : [...picked, ...fields]);
  };

  return (
    <>
      <div class="cmp">
        <div class="bar2">
          <span class="seg" role="radiogroup" aria-label={words.layout}>
            <button type="button" role="radio" aria-checked={layout === 'side'} onClick={() => setLayout('side')}>
              {words.sideBySide}
            </button>
            <button type="button" role="radio" aria-checked={layout === 'line'} onClick={() => setLayout('line')}>
              {words.inLine}
            </button>
          </span>
          <span class="grow" />
          {entry && (
            <button type="button" class="btn plain s" onClick={() => (asOf.value = entry.at)}>
              <Icon name="hist" /> {words.asOf(from)}
            </button>
          )}
        </div>
        <div class={`diff by-${layout}`}>
          <div class="dhd">
            <Side label={words.from} version={from} other={to} />
            <Side label={words.to} version={to} other={from} />
          </div>
          {rows.map((row) => (
            <Difference key={row.name} row={row} layout={layout}>
              {canEdit && row.fields.length > 0 && (
                <label class="pick">
                  <input
                    type="checkbox"
                    checked={row.fields.every((field) => picked.includes(field))}
                    onChange={() => toggle(row.fields)}
                  />
                  <span>{words.restoreOnly(row.name)}</span>
                </label>
              )}
            </Difference>
          ))}
          {loaded && <p class="same">{rows.length === 0 ? words.noDifference : words.same(unchangedNames(rows))}</p>}
        </div>
      </div>
      {canEdit && (
        <div class="df">
          <p class="mut grow">{words.nothingLost(now.version + 1)}</p>
          {to > 1 && (
            <button type="button" class="btn" onClick={() => void undoOnly(now, to)}>
              {words.undoOnly(to)}
            </button>
          )}
          {restorable(from, to, now.version).map((version, index, all) => (
            <button
              type="button"
              key={version}
              class={`btn ${index === all.length - 1 ? 'pri' : ''}`}
              onClick={() => void restoreVersion(now, version, picked.length > 0 ? picked : undefined)}
            >
              {picked.length > 0 ? words.restoreFields(version) : words.restore(version)}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

/** What can be restored of two versions: what is not there already. The last one was clicked. */
const restorable = (from: number, to: number, current: number): number[] => (to === current ? [from] : [from, to]);

const entryOf = (log: Change[], version: number): Change | undefined =>
  log.find((entry) => entry.version === version && !isAboutPeople(entry));

interface SideProps {
  label: string;
  version: number;
  other: number;
}

/** One of the two versions; any other one can be chosen in its place. */
function Side({ label, version, other }: SideProps) {
  const entry = entryOf(changelog.value, version);
  const who = entry && (isMe(entry.actor.id) ? common.you : entry.actor.username);
  const current = event.value?.version ?? version;
  const versions = Array.from({ length: current }, (_, index) => current - index).filter((one) => one !== other);
  return (
    <div>
      <span class="select">
        <select
          class="sel"
          aria-label={label}
          value={version}
          onChange={({ currentTarget }) => {
            const [from, to] = [Number(currentTarget.value), other].sort((a, b) => a - b);
            compared.value = { from: from!, to: to! };
          }}
        >
          {versions.map((one) => (
            <option key={one} value={one}>
              {words.version(one)}
              {one === current && `, ${words.current}`}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </span>
      {entry && <small>{`${who}, ${moment(entry.at, zone.value)}`}</small>}
    </div>
  );
}

import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Change } from '../api.js';
import { history } from '../api.js';
import { changelog, compared, event } from '../state/opened.js';
import { ghosts } from '../state/ghosts.js';
import { isAboutPeople } from './about-people.js';
import { Comparison } from './comparison.js';
import { Timeline } from './timeline.js';

/** The newest change of the content and the version before it, unless two versions were chosen. */
export function chosenVersions(log: Change[]): { from: number; to: number } | null {
  if (compared.value) return compared.value;
  const newest = log.find((entry) => entry.previous_version !== null && !isAboutPeople(entry));
  return newest ? { from: newest.previous_version!, to: newest.version } : null;
}

/** How the event came to be: everything that happened, and what two versions differ in. */
export function HistoryTab() {
  const chosen = chosenVersions(changelog.value);
  useEffect(() => showGhost(), []);
  return (
    <div class="hist" id="drawer-panel" role="tabpanel" aria-labelledby="tab-history">
      <Timeline chosen={chosen} />
      {chosen ? <Comparison key={`${chosen.from}-${chosen.to}`} {...chosen} /> : <div class="cmp" />}
    </div>
  );
}

/** Draws the time of the other version in the calendar. Returns how to stop. */
function showGhost(): () => void {
  const stop = effect(() => {
    const chosen = chosenVersions(changelog.value);
    const now = event.value;
    if (!chosen || !now) return;
    const other = chosen.to === now.version ? chosen.from : chosen.to;
    void history.version(now.id, other).then(
      ({ snapshot }) => {
        if (event.peek()?.id !== now.id) return;
        const { start_time: start, end_time: end, all_day: allDay } = snapshot;
        const moved = start !== now.start_time || end !== now.end_time;
        ghosts.value = moved ? [{ key: 'version', title: `v${other} ${snapshot.title}`, start, end, allDay }] : [];
      },
      () => undefined,
    );
  });
  return () => {
    stop();
    ghosts.value = [];
  };
}

import type { Change } from '../api.js';
import { Icon } from '../icons/icon.js';
import { undoPeople } from '../state/members.js';
import { changelog, changelogCursor, compared, event, moreChangelog } from '../state/opened.js';
import { isMe, zone } from '../state/session.js';
import { capitalize, longDay, relative, timeIn } from '../time/format.js';
import { dayOf, daysBetween, today } from '../time/zoned.js';
import { Avatar } from '../ui/avatar.js';
import { words as common } from '../words/en.js';
import { historyWords as words } from '../words/history.js';
import { canUndoPeople, isAboutPeople } from './about-people.js';

interface Chosen {
  from: number;
  to: number;
}

/** Everything that happened to the event, newest first, by day. */
export function Timeline({ chosen }: { chosen: Chosen | null }) {
  const days = new Map<string, Change[]>();
  for (const entry of changelog.value) {
    const day = dayOf(entry.at, zone.value);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return (
    <div class="tl">
      {[...days].map(([day, entries]) => (
        <section key={day}>
          <h3>{dayTitle(day)}</h3>
          <ol>
            {entries.map((entry) => (
              <Entry key={entry.position} entry={entry} chosen={chosen} />
            ))}
          </ol>
        </section>
      ))}
      {changelogCursor.value && (
        <button type="button" class="btn plain s" onClick={() => void moreChangelog()}>
          {words.earlier}
        </button>
      )}
    </div>
  );
}

function dayTitle(day: string): string {
  const distance = daysBetween(today(zone.value), day);
  return distance >= -1 ? capitalize(relative(distance)) : longDay(day);
}

function Entry({ entry, chosen }: { entry: Change; chosen: Chosen | null }) {
  const { actor, summary, comment, version, previous_version: previous, at, position } = entry;
  const people = isAboutPeople(entry);
  const side = people ? null : version === chosen?.to ? words.to : version === chosen?.from ? words.from : null;
  const canCompare = !people && (previous !== null || version > 1);
  const name = isMe(actor.id) ? common.you : actor.username;
  const select = (shift: boolean): void => {
    if (people) return;
    if (shift && chosen) {
      const [from, to] = [Math.min(version, chosen.to), Math.max(version, chosen.to)];
      if (from !== to) compared.value = { from, to };
    } else if (canCompare) compared.value = { from: previous ?? version - 1, to: version };
  };
  const current = version === event.value?.version;
  const what = (
    <>
      <span class="row">
        <b class="grow">{name}</b>
        {side && <span class="tag acc">{side}</span>}
      </span>
      <span class="sum">{summary}</span>
      {comment && !summary.startsWith(comment) && <span class="q">{comment}</span>}
      <span class="m">
        {!people && <span class="v">{`v${version}`}</span>} {timeIn(at, zone.value)}
        {current && !people && `, ${words.current}`}
      </span>
    </>
  );
  return (
    <li class={side ? 'on' : ''}>
      {people ? (
        <span class="ls">
          <Icon name={entry.changes.every(({ type }) => type === 'removed') ? 'leave' : 'share'} />
        </span>
      ) : (
        <Avatar person={actor} />
      )}
      {people ? (
        <div class="entry">
          {what}
          {event.value?.role === 'owner' && canUndoPeople(entry) && (
            <button type="button" class="link undo" onClick={() => void undoPeople(event.value!, position)}>
              {common.undo}
            </button>
          )}
        </div>
      ) : (
        <button
          type="button"
          class="entry"
          aria-pressed={side !== null}
          title={words.shiftHint}
          onClick={({ shiftKey }) => select(shiftKey)}
        >
          {what}
        </button>
      )}
    </li>
  );
}

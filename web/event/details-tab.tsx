import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../icons/icon.js';
import { calendarFiles, type Event } from '../api.js';
import { explain, removeItem } from '../state/edit.js';
import { leave } from '../state/members.js';
import { arrived, changelog, event, members, openedItem, setEditing, showTab } from '../state/opened.js';
import { user, zone } from '../state/session.js';
import { asOf } from '../state/time-travel.js';
import { ago, spanIn } from '../time/format.js';
import { endOf, startOf } from '../state/calendar.js';
import { Avatar } from '../ui/avatar.js';
import { download } from '../ui/download.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { RuleInWords } from './rule-in-words.js';
import { SingleDates } from './single-dates.js';

/** What the event is, one icon for each fact. */
export function DetailsTab() {
  const now = event.value!;
  const item = openedItem()!;
  const log = changelog.value[0];
  return (
    <>
      <div class="db" id="drawer-panel" role="tabpanel" aria-labelledby="tab-details">
        {arrived.value && <Arrived />}
        <div class="facts">
          {now.recurrence_pattern && (
            <Fact icon="repeat">
              <RuleInWords
                pattern={now.recurrence_pattern}
                start={now.start_time}
                zone={now.time_zone}
                allDay={now.all_day}
              />
            </Fact>
          )}
          <SingleDates key={now.id} />
          {!now.all_day && (
            <Fact icon="globe">
              {now.time_zone}
              <small>
                {now.time_zone === zone.value
                  ? words.yourZone
                  : words.thereItIs(spanIn(startOf(item), endOf(item), false, now.time_zone))}
              </small>
            </Fact>
          )}
          {item.location && <Fact icon="pin">{item.location}</Fact>}
          {item.url && (
            <Fact icon="link">
              <a class="ell url" href={item.url} rel="noreferrer noopener" target="_blank">
                {item.url.replace(/^https?:\/\//, '')}
              </a>
            </Fact>
          )}
          <Fact icon="busy">
            {words.showAs[item.show_as]}
            {item.status !== 'confirmed' && <small>{common.status[item.status]}</small>}
          </Fact>
          <Fact icon="people">
            <button type="button" class="avatars" onClick={() => showTab('people')}>
              <span class="sr">{words.peopleCount(members.value.length)}</span>
              {members.value.slice(0, 8).map(({ user_id, username }) => (
                <Avatar key={user_id} person={{ id: user_id, username }} />
              ))}
            </button>
            <small>{words.ownedBy(now.owner.id === user.value?.id ? null : now.owner.username)}</small>
          </Fact>
          {item.description && (
            <Fact icon="text">
              <p class="txt">{item.description}</p>
            </Fact>
          )}
          {log && (
            <Fact icon="hist">
              {words.lastChange(log.actor.id === user.value?.id ? null : log.actor.username, ago(log.at))}
              <small>
                <button type="button" class="link" onClick={() => showTab('history')}>
                  {words.seeChanged}
                </button>
              </small>
            </Fact>
          )}
        </div>
      </div>
      <div class="df">
        {now.can.includes('edit') && !asOf.value && (
          <button type="button" class="btn pri" onClick={() => setEditing(true)}>
            {words.edit}
          </button>
        )}
        {now.can.includes('share') && (
          <button type="button" class="btn" onClick={() => showTab('people')}>
            {words.share}
          </button>
        )}
        {now.role !== 'owner' && (
          <button type="button" class="btn" onClick={() => void leave(now, user.value!.id)}>
            {words.leave}
          </button>
        )}
        <span class="grow" />
        <button
          type="button"
          class="ib"
          aria-label={words.download}
          title={words.download}
          onClick={() => void save(now)}
        >
          <Icon name="download" />
        </button>
        {(now.can.includes('delete') || (now.is_recurring && now.can.includes('edit'))) && (
          <button type="button" class="ib" aria-label={words.toTrash} onClick={() => void removeItem(item)}>
            <Icon name="trash" />
          </button>
        )}
      </div>
    </>
  );
}

/** The event as a calendar file, for other programs. */
const save = ({ id, title }: Event): Promise<void> =>
  calendarFiles.exportEvent(id).then((text) => download(text, `${fileName(title)}.ics`, 'text/calendar'), explain);

/** What file systems take of a title. */
const fileName = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N} _-]+/gu, ' ')
    .trim()
    .slice(0, 80) || 'event';

function Fact({ icon, children }: { icon: IconName; children: ComponentChildren }) {
  return (
    <>
      <Icon name={icon} />
      <div>{children}</div>
    </>
  );
}

function Arrived() {
  const { id, username, message } = arrived.value!;
  return (
    <div class="note arrived">
      <Avatar person={{ id, username }} size="s" />
      <span class="grow">{message.startsWith(username) ? message : `${username}: ${message}`}</span>
      <button type="button" class="link" onClick={() => showTab('history')}>
        {common.seeChange}
      </button>
    </div>
  );
}

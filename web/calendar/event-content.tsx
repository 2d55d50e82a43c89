import type { EventDisplayInfo } from 'fullcalendar';
import type { Item } from '../api.js';
import { endOf, startOf } from '../state/calendar.js';
import { waitingIds } from '../state/outbox.js';
import { isMe, zone } from '../state/session.js';
import { clock, shortClock, spanIn } from '../time/format.js';
import { wallTime } from '../time/zoned.js';
import { words } from '../words/en.js';

/** What an event says: title, time, place; and the rest for those who do not see its shape. */
export function EventContent({ info }: { info: EventDisplayInfo }) {
  const { event, isNarrow, isShort, view } = info;
  const item = event.extendedProps.item as Item | undefined;
  const inColumn = view.type.startsWith('timeGrid') && !event.allDay;
  const start = event.start ? wallTime(event.start.getTime(), zone.peek()) : '';
  const end = event.end ? wallTime(event.end.getTime(), zone.peek()) : '';
  return (
    <>
      <span class="tt">{event.title}</span>
      {!event.allDay && start && (
        <span class="tm">
          {isNarrow ? shortClock(start) : clock(start)}
          {inColumn && !isShort && end && <span class="to"> – {clock(end)}</span>}
        </span>
      )}
      {inColumn && item?.location && !isShort && <span class="tm place">{item.location}</span>}
      {item && (
        <span class="sr">
          {`, ${spanIn(startOf(item), endOf(item), item.all_day, zone.peek())}, `}
          {isMe(item.owner.id) ? words.yours : words.ownedBy(item.owner.username)}
          {item.status !== 'confirmed' && `, ${words.status[item.status]}`}
          {item.show_as === 'free' && `, ${words.free}`}
          {item.is_recurring && `, ${words.repeats}`}
          {waitingIds.peek().has(item.id) && `, ${words.outbox.waits}`}
        </span>
      )}
    </>
  );
}

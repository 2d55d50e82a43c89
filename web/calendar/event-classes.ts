import type { EventDisplayInfo } from 'fullcalendar';
import type { Item } from '../api.js';
import { hueOf } from '../state/hues.js';

interface Props {
  item?: Item;
  draft?: boolean;
  ghost?: boolean;
  selected?: boolean;
  moving?: boolean;
  flash?: boolean;
  past?: boolean;
  waiting?: boolean;
}

/** Colour is the owner, shape is the state. */
function states({ item, draft, ghost, selected, moving, flash, past, waiting }: Props): string[] {
  if (ghost) return ['p-you', 'ghost'];
  if (draft || !item) return ['p-you', 'draft'];
  return [
    hueOf(item.owner.id),
    item.status === 'tentative' ? 'tent' : '',
    item.status === 'cancelled' ? 'canc' : '',
    item.show_as === 'free' ? 'free' : '',
    selected ? 'sel-on' : '',
    moving ? 'moving' : '',
    flash ? 'flash' : '',
    past ? 'was' : '',
    waiting ? 'waits' : '',
  ];
}

const joined = (classes: (string | false)[]): string => classes.filter(Boolean).join(' ');
const propsOf = (info: EventDisplayInfo): Props => info.event.extendedProps;

export const columnClasses = (info: EventDisplayInfo): string =>
  joined(['ev', ...states(propsOf(info)), info.isPast && 'past', info.isShort && 'sh', info.isNarrow && 'nar']);

export const rowClasses = (info: EventDisplayInfo): string => {
  const bar = info.event.allDay || !info.isStart || !info.isEnd;
  return joined([
    bar ? 'bar' : 'mi',
    ...states(propsOf(info)),
    info.isPast && 'past',
    !info.isStart && 'cl',
    !info.isEnd && 'cr',
  ]);
};

import { editContent } from '../../src/content/edit.js';
import type { ContentInput } from '../../src/content/draft.js';
import type { EventContent } from '../../src/content/event-content.js';
import { listOccurrences } from '../../src/content/occurrences.js';
import { removeOccurrences } from '../../src/content/series-edit.js';
import { parseLocalTime } from '../../src/time/local-time.js';
import type { Dice } from './dice.js';
import type { EventPlan } from './event-plan.js';
import type { ContentAction, TextAction } from './event-steps.js';
import { dayNearby, timesOf } from './planned-input.js';
import { description, location, title, url } from './texts.js';

/** The state of an event before an edit. */
interface Before {
  plan: EventPlan;
  content: EventContent;
  /** The content of version 1. */
  first: EventContent;
  /** How often the event moves after this edit. The last move is to the planned day. */
  movesLeft: number;
  at: Date;
}

const ALWAYS = { from: -Infinity, to: Infinity };

/** Returns the field that a text edit replaces, and its new value. */
export function textByAction(
  dice: Dice,
  action: TextAction,
): { field: 'title'; value: string } | { field: 'description' | 'location' | 'url'; value: string | null } {
  switch (action) {
    case 'retitle':
      return { field: 'title', value: title(dice) };
    case 'describe':
      return { field: 'description', value: description(dice) };
    case 'relocate':
      return { field: 'location', value: location(dice) };
    case 'link':
      return { field: 'url', value: url(dice) };
  }
}

/** Returns the content after any other edit, by the functions of the server. It may be unchanged. */
export function editByAction(
  dice: Dice,
  action: Exclude<ContentAction, TextAction>,
  { plan, content, first, movesLeft, at }: Before,
): EventContent {
  const edit = (input: ContentInput, occurrence?: string): EventContent => {
    const target = occurrence === undefined ? null : { occurrence, scope: 'this' as const };
    return editContent(content, { input, target, timeZone: content.timeZone });
  };
  switch (action) {
    case 'mark':
      return edit(markOf(dice, content));
    case 'move':
      return edit(timesOf(plan, movesLeft > 0 ? dayNearby(dice) : 0));
    case 'override':
      return edit({ title: title(dice) }, chooseOccurrence(dice, content));
    case 'exclude':
      return removeOccurrences(content, parseLocalTime(chooseOccurrence(dice, content)), 'this') ?? content;
    case 'roll back':
      // The planned times stay: those of version 1 may not be free any more.
      return { ...first, ...timesIn(content) };
    case 'delete':
      return { ...content, deletedAt: at };
    case 'restore':
      return { ...content, deletedAt: null };
  }
}

function markOf(dice: Dice, { allDay, status }: EventContent): ContentInput {
  if (!allDay && dice.happens(0.5)) return { show_as: dice.happens(0.1) ? 'free' : 'busy' };
  const others = (['confirmed', 'tentative', 'cancelled'] as const).filter((other) => other !== status);
  return { status: dice.pick(others) };
}

const timesIn = (content: EventContent): Pick<EventContent, 'startTime' | 'endTime' | 'localStart' | 'localEnd'> => {
  const { startTime, endTime, localStart, localEnd } = content;
  return { startTime, endTime, localStart, localEnd };
};

/** Returns the original start of one of the first occurrences. */
const chooseOccurrence = (dice: Dice, content: EventContent): string =>
  dice.pick(listOccurrences(content, ALWAYS, 10)).original;

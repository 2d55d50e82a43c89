import { uidOf } from '../content/event-uid.js';
import { type EventContent, isAdjusted, isSeries } from '../content/event-content.js';
import type { CalendarEvent } from '../content/event.entity.js';
import type { OccurrenceWire } from '../content/fields.js';
import { type EventOccurrence, wireOccurrence } from '../content/occurrences.js';
import { WIRE_READERS, wireOccurrenceContent, wireRrule } from '../content/wire.js';
import { listAllowedActions } from '../permissions/role.js';
import { compileRecord, type Reader } from '../platform/records/compile-record.js';
import { formatInstant } from '../time/instant.js';
import type { EventRecord, EventWithMembers, TimeNotes } from './event-record.js';
import type { EventItemView, EventsView, EventView, PersonRoleView, SplitFromView } from './event-view.js';
import type { ListedPage } from './listed-page.js';
import type { OccurrenceTimesView, OccurrenceView } from './occurrences.dto.js';
import type { ExpandedRecord } from './occurrences.service.js';

/** Returns an event as clients see it. @param members also listed, if they are given */
export function eventView(record: EventRecord, members?: EventWithMembers['members']): EventView {
  const view = wholeView(record);
  const { event } = record;
  if (isAdjusted(event)) view.adjusted = true;
  if (members) view.permissions = members.map(memberRole);
  if (event.deletedAt) view.deleted_at = formatInstant(event.deletedAt);
  return view;
}

const ofEvent =
  (read: Reader<CalendarEvent>) =>
  ({ event }: EventRecord): unknown =>
    typeof read === 'string' ? event[read] : read(event);

/** Makes the members that every event has. */
const wholeView = compileRecord<EventRecord, EventView>([
  ['id', ofEvent('id')],
  ['uid', ofEvent(uidOf)],
  ...WIRE_READERS.flatMap(([name, read]) => (name === 'deleted' ? [] : [[name, ofEvent(read)] as const])),
  ['rrule', ofEvent(wireRrule)],
  ['series_id', ofEvent('seriesId')],
  ['split_from', ofEvent(splitFromView)],
  ['version', ofEvent('version')],
  ['owner', 'owner'],
  ['role', 'role'],
  ['can', ({ role }) => listAllowedActions(role)],
  ['created_at', ofEvent(({ createdAt }) => formatInstant(createdAt))],
  ['updated_at', ofEvent(({ updatedAt }) => formatInstant(updatedAt))],
  ['updated_by', 'updatedBy'],
]);

function splitFromView({ splitFrom, splitFromVersion }: CalendarEvent): SplitFromView | null {
  return splitFrom ? { event_id: splitFrom, version: splitFromVersion! } : null;
}

/** Returns the events of a page, and its token if it has one. */
export const listedView = ({ items, syncToken }: ListedPage): Pick<EventsView, 'items' | 'sync_token'> => ({
  items: items.map((record) => eventView(record)),
  ...(syncToken === undefined ? {} : { sync_token: syncToken }),
});

const memberRole = ({ userId, username, role }: EventWithMembers['members'][number]): PersonRoleView => ({
  user_id: userId,
  username,
  role,
});

/** Returns occurrences as items of a list: each is its event with the values of the occurrence. */
export function expandedViews(expanded: ExpandedRecord[]): EventItemView[] {
  const views = new Map<EventRecord, EventItemView>();
  return expanded.map(({ record, occurrence }) => {
    const view = views.get(record) ?? viewWithoutLists(record);
    views.set(record, view);
    const times = occurrenceTimes(record.event, occurrence);
    return { ...view, ...wireOccurrenceContent(occurrence.values), occurrence: times };
  });
}

function viewWithoutLists(record: EventRecord): EventItemView {
  // The lists of a series can be longer than everything else together.
  const event = { ...record.event, excluded: [], added: [], overrides: [] };
  const { excluded: _excluded, added: _added, overrides: _overrides, ...view } = eventView({ ...record, event });
  // Each item replaces the last member: adding it to a copy takes longer than the copy.
  return { ...view, is_recurring: isSeries(record.event), occurrence: undefined };
}

export function occurrenceView(event: EventContent, occurrence: EventOccurrence): OccurrenceView {
  const { overridden, values } = occurrence;
  return {
    overridden,
    ...occurrenceTimes(event, occurrence),
    ...(wireOccurrenceContent(values) as OccurrenceWire),
  };
}

const occurrenceTimes = (event: EventContent, occurrence: EventOccurrence): OccurrenceTimesView => ({
  ...wireOccurrence(event, occurrence),
  ...(occurrence.adjusted ? { adjusted: true } : {}),
});

/** Returns the notes for the author of a change, without empty members. */
export const notesView = (notes?: TimeNotes): Pick<EventView, 'skipped' | 'possible_conflicts_after'> => ({
  ...(notes?.skipped.length ? { skipped: notes.skipped } : {}),
  ...(notes?.possibleConflictsAfter.length ? { possible_conflicts_after: notes.possibleConflictsAfter } : {}),
});

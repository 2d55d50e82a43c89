import { Injectable } from '@nestjs/common';
import { dayFromCivil } from '../time/calendar-day.js';
import { SECONDS_IN_DAY } from '../time/local-time.js';
import { counted } from '../problems/counted.js';
import type { Actor } from '../platform/http/actor.js';
import { invalidCursor, type Page, pageOf, type PageRequest } from '../platform/http/page.js';
import { invalid, notVisible } from '../problems/problem.js';
import type { EventFilter } from './event-filter.js';
import { matchesTexts } from './text-filter.js';
import { isSeries } from '../content/event-content.js';
import type { CalendarEvent } from '../content/event.entity.js';
import type { EventRecord } from './event-record.js';
import { EventsRepository } from './events.repository.js';
import {
  type EventOccurrence,
  listOccurrences,
  MAX_ZONE_DIFFERENCE,
  type OccurrenceKey,
  type ReaderWindow,
} from '../content/occurrences.js';

/** One occurrence of an event that a person may see. */
export interface ExpandedRecord {
  record: EventRecord;
  occurrence: EventOccurrence;
}

/** Occurrences that begin before it end in the year 9999 at the latest, in any zone: they last up to 31 days. */
const END_OF_YEARS = dayFromCivil(9999, 11, 30) * SECONDS_IN_DAY;

const MAX_WINDOW_DAYS = 400;
const MAX_SERIES = 5_000;

/** Lists occurrences. They are not stored, but computed from the rules. */
@Injectable()
export class OccurrencesService {
  constructor(private readonly events: EventsRepository) {}

  /**
   * Returns the occurrences of one event that overlap a window. Without an end, the list is as long as the series; that of
   * an endless one ends with the years that can be written down.
   * @throws Problem not_found, validation_failed
   */
  async list(
    actor: Actor,
    id: string,
    window: ReaderWindow,
    page: PageRequest,
  ): Promise<{ event: CalendarEvent; page: Page<EventOccurrence> }> {
    refuseNumbered(page);
    const record = await this.events.findRecord(id, actor.userId);
    if (!record || record.event.deletedAt) throw notVisible();
    const after = page.after && { start: readSeconds(page.after[0]), original: page.after[1]! };
    const to = Math.min(window.to, END_OF_YEARS);
    const found = listOccurrences(record.event, { ...window, to }, page.limit + 1, after);
    const keyOf = (occurrence: EventOccurrence): string[] => [String(occurrence.start), occurrence.original];
    return { event: record.event, page: pageOf(found, page, keyOf, null) };
  }

  /**
   * Returns the occurrences of all events that the actor may see, by start, then by event. Stable under writes: a page
   * begins after the last item of the previous page, even if items were inserted or removed meanwhile.
   * @throws Problem validation_failed when the window is missing or too wide, or overlaps too many series
   */
  async expandAll(actor: Actor, filter: EventFilter, page: PageRequest): Promise<Page<ExpandedRecord>> {
    refuseNumbered(page);
    const window = requireWindow(filter);
    const after = page.after && { start: readSeconds(page.after[0]), id: page.after[1]!, original: page.after[2]! };
    const take = page.limit + 1;
    const series = await this.events.listSeries(actor.userId, filter, MAX_SERIES + 1);
    if (series.length > MAX_SERIES) {
      const message = `More than ${counted(MAX_SERIES, 'series', 'series')} overlap this window. Choose a shorter one.`;
      throw invalid({ pointer: '/query/to', code: 'too_large', message });
    }
    const single = await this.events.listSingle(
      actor.userId,
      filter,
      take,
      after && { start: after.start, id: after.id },
    );
    // SQL has matched the texts of single events, but for a series only those of some occurrence.
    const accepts = ({ values }: EventOccurrence): boolean => matchesTexts(values, filter);
    const expand = (to: number): ExpandedRecord[] =>
      [...series, ...single].flatMap((record) => {
        const key = after && toOccurrenceKey(record.event.id, after);
        const wanted = isSeries(record.event) ? accepts : undefined;
        const found = listOccurrences(record.event, { ...window, to }, take, key, wanted);
        return found.map((occurrence) => ({ record, occurrence }));
      });
    const from = Math.max(window.from, after?.start ?? window.from);
    const found = series.length > take ? expandPage(from, window.to, take, expand) : expand(window.to);
    found.sort((a, b) => compare(toKey(a), toKey(b)));
    return pageOf(found.slice(0, take), page, (entry) => toKey(entry).map(String), null);
  }
}

/**
 * Expands the beginning of a window, and more of it until that has enough occurrences: of many series, the whole window
 * would have far more. What starts before the end of a part is complete, but for all-day events of other zones, which may
 * start earlier than the date of the reader on which they are.
 */
function expandPage(
  from: number,
  to: number,
  enough: number,
  expand: (to: number) => ExpandedRecord[],
): ExpandedRecord[] {
  for (const share of [1 / 16, 1 / 4]) {
    const end = from + Math.ceil((to - from) * share);
    const found = expand(end);
    const complete = found.filter(({ occurrence }) => occurrence.start < end - MAX_ZONE_DIFFERENCE);
    if (complete.length >= enough) return found;
  }
  return expand(to);
}

function refuseNumbered(page: PageRequest): void {
  if (page.offset === null) return;
  throw invalid({ pointer: '/query/page', code: 'not_allowed', message: 'Occurrences are paged by `cursor`.' });
}

function requireWindow({ window, sort }: EventFilter): ReaderWindow {
  const { from, to } = window;
  if (from === -Infinity || to === Infinity) {
    const pointer = to === Infinity && from !== -Infinity ? '/query/to' : '/query/from';
    throw invalid({ pointer, code: 'required', message: 'Required with `expand`.' });
  }
  if (to - from > MAX_WINDOW_DAYS * 86_400) {
    throw invalid({ pointer: '/query/to', code: 'too_large', message: `At most ${counted(MAX_WINDOW_DAYS, 'day')}.` });
  }
  if (sort.column !== 'startTime' || sort.descending) {
    throw invalid({ pointer: '/query/sort', code: 'not_allowed', message: 'Occurrences are listed by `start_time`.' });
  }
  return window;
}

/** Returns the key within one event. Keys are ordered by start, event and original start. */
function toOccurrenceKey(eventId: string, after: { start: number; id: string; original: string }): OccurrenceKey {
  if (eventId === after.id) return after;
  // At the same start, all occurrences of events with a lower id were listed, and none of those with a higher one.
  return { start: after.start, original: eventId < after.id ? '\uffff' : '' };
}

type Key = [number, string, string];

const toKey = ({ record, occurrence }: ExpandedRecord): Key => [occurrence.start, record.event.id, occurrence.original];

function compare(a: Key, b: Key): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  const [left, right] = [`${a[1]} ${a[2]}`, `${b[1]} ${b[2]}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

function readSeconds(text: string | undefined): number {
  if (!text || !/^-?\d{1,12}$/.test(text)) throw invalidCursor();
  return Number(text);
}

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
    const found = listOccurrences(record.event, { ...window, to }, page.limit + 1, { after });
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
    const question = { maxSeries: MAX_SERIES + 1, take, after };
    const { series, single } = await this.events.listToExpand(actor.userId, filter, question);
    if (series.length > MAX_SERIES) {
      const message = `More than ${counted(MAX_SERIES, 'series', 'series')} overlap this window. Choose a shorter one.`;
      throw invalid({ pointer: '/query/to', code: 'too_large', message });
    }
    // SQL has matched the texts of single events, but for a series only those of some occurrence.
    const accepts = ({ values }: EventOccurrence): boolean => matchesTexts(values, filter);
    const expand = (record: EventRecord, limit: number, until?: number): ExpandedRecord[] => {
      const key = after && toOccurrenceKey(record.event.id, after);
      const choice = { after: key, until, accepts: isSeries(record.event) ? accepts : undefined };
      return listOccurrences(record.event, window, limit, choice).map((occurrence) => ({ record, occurrence }));
    };
    const found = expandPage([...series, ...single], take, expand);
    found.sort((a, b) => compare(toKey(a), toKey(b)));
    return pageOf(found.slice(0, take), page, (entry) => toKey(entry).map(String), null);
  }
}

/**
 * Returns the occurrences of a page, and perhaps others that come after them. Of many events, all occurrences would be far
 * more: if `enough` events have their first one by some time, none that starts later is on the page.
 */
function expandPage(
  records: EventRecord[],
  enough: number,
  expand: (record: EventRecord, limit: number, until?: number) => ExpandedRecord[],
): ExpandedRecord[] {
  if (records.length < enough) return records.flatMap((record) => expand(record, enough));
  const firsts = records.flatMap((record) => expand(record, 1));
  const starts = firsts.map(({ occurrence }) => occurrence.start).sort((a, b) => a - b);
  const until = starts[enough - 1];
  return firsts
    .filter(({ occurrence }) => until === undefined || occurrence.start <= until)
    .flatMap((first) => (isSeries(first.record.event) ? expand(first.record, enough, until) : first));
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

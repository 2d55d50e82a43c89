import { isUUID } from 'class-validator';
import type { CalendarEvent } from '../content/event.entity.js';
import { invalidCursor } from '../platform/http/page.js';
import type { EventFilter } from './event-filter.js';
import type { EventRecord } from './event-record.js';

/** Rows of the largest read. */
export const MAX_ROWS = 2_000;

/** Reads up to so many rows after a key. */
export type Read = (after: string[] | null, take: number) => Promise<EventRecord[]>;

/** Reads rows until enough are kept or none are left. */
export async function readAll(
  read: Read,
  keyOf: (record: EventRecord) => string[],
  keep: (event: CalendarEvent) => boolean,
  enough: number,
  start: string[] | null = null,
): Promise<EventRecord[]> {
  const kept: EventRecord[] = [];
  // Each read is twice as large: a query as of an earlier time reads everything again, however few rows it returns.
  for (let [after, take] = [start, Math.min(enough, MAX_ROWS)]; ; take = Math.min(take * 2, MAX_ROWS)) {
    const rows = await read(after, take);
    kept.push(...rows.filter(({ event }) => keep(event)));
    const last = rows.at(-1);
    if (rows.length < take || kept.length >= enough || !last) return kept.slice(0, enough);
    after = keyOf(last);
  }
}

/** Returns the function that returns the key of an event in the order of a list. */
export const keyBy =
  ({ sort: { column } }: EventFilter) =>
  ({ event }: EventRecord): string[] => [event[column].toISOString(), event.id];

// Four-digit years, which PostgreSQL can read.
const KEY_TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** Reads the key of a cursor. @throws Problem for a key that is none */
export function readKey([time = '', id = '']: string[]): [Date, string] {
  if (!KEY_TIME.test(time) || Number.isNaN(Date.parse(time)) || !isUUID(id)) throw invalidCursor();
  return [new Date(time), id];
}

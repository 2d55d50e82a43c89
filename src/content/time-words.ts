import { MONTHS, WEEKDAYS } from '../recurrence/words-lists.js';
import { civilFromDay, weekdayOf } from '../time/calendar-day.js';
import { type LocalTime, stampOf } from '../time/local-time.js';

/** A time in words needs its day, its clock, and sometimes how far the clock is from UTC. */
export interface Span {
  start: LocalTime;
  /** Of an all-day span: midnight after its last day. */
  end: LocalTime;
  allDay: boolean;
}

const lists = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** Returns `a`, `a and b`, `a, b and c`. */
export const listInWords = (items: Iterable<string>): string => lists.format(items);

/** Returns `Monday, 1 June 2026`. */
export const dayInWords = ({ day }: LocalTime): string => `${WEEKDAYS[weekdayOf(day)]}, ${dateInWords({ day })}`;

/** Returns `1 June 2026`. */
export function dateInWords({ day }: Pick<LocalTime, 'day'>): string {
  const { year, month, dayOfMonth } = civilFromDay(day);
  return `${dayOfMonth} ${MONTHS[month - 1]} ${year}`;
}

/** Returns `10:00`, with seconds when there are any. */
export function clockInWords({ second }: Pick<LocalTime, 'second'>): string {
  const parts = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, ...(second % 60 === 0 ? [] : [second % 60])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Returns `Monday, 1 June 2026, 10:00`; of an all-day event, only the day. */
export const timeInWords = (time: LocalTime, allDay: boolean): string =>
  allDay ? dayInWords(time) : `${dayInWords(time)}, ${clockInWords(time)}`;

/**
 * Returns `Monday, 1 June 2026, 10:00–11:00`, `Monday, 1 June 2026, 22:00 – Tuesday, 2 June 2026, 06:00`, or the days of
 * an all-day event, the last one included.
 */
export function spanInWords(span: Span): string {
  const { start, allDay } = span;
  const end = lastOf(span);
  if (allDay) return end.day === start.day ? dayInWords(start) : `${dayInWords(start)} – ${dayInWords(end)}`;
  if (isOneDay(span)) return `${dayInWords(start)}, ${clocksInWords(span)}`;
  return `${timeInWords(start, false)} – ${timeInWords(end, false)}`;
}

/** Returns `10:00–11:00`. */
export const clocksInWords = ({ start, end }: Span): string =>
  stampOf(start) === stampOf(end) ? clockInWords(start) : `${clockInWords(start)}–${clockInWords(end)}`;

/** Returns the end as people name it: the last day of an all-day event. */
export const lastOf = ({ end, allDay }: Span): LocalTime => (allDay ? { day: end.day - 1, second: 0 } : end);

export const isOneDay = (span: Span): boolean => lastOf(span).day === span.start.day;

/** Returns `UTC+2` or `UTC-3:30` for an offset in seconds. */
export function offsetInWords(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60);
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${offset < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

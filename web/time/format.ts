import { addDays, asDate, today, wallTime, dayOf } from './zoned.js';

const locale = navigator.language;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let formatter = formatters.get(key);
  if (!formatter) formatters.set(key, (formatter = new Intl.DateTimeFormat(locale, options)));
  return formatter;
}

const format = (date: Date, options: Intl.DateTimeFormatOptions): string => formatterOf(options).format(date);

const utc = { timeZone: 'UTC' } as const;

/** “Wednesday 10 June”, with the year when it is not this one. */
export function longDay(day: string, options: { weekday?: 'long' | 'short'; zone?: string } = {}): string {
  const { weekday = 'long', zone = 'UTC' } = options;
  const year = day.slice(0, 4) === today(zone).slice(0, 4) ? undefined : 'numeric';
  return format(asDate(day), { ...utc, weekday, day: 'numeric', month: weekday === 'short' ? 'short' : 'long', year });
}

/** “10 June” */
export const shortDay = (day: string): string => {
  const year = day.slice(0, 4) === today('UTC').slice(0, 4) ? undefined : 'numeric';
  return format(asDate(day), { ...utc, day: 'numeric', month: 'long', year });
};
/** “10 June”, of any year. */
export const dayOfYear = (day: string): string => format(asDate(day), { ...utc, day: 'numeric', month: 'long' });
export const monthName = (day: string, width: 'long' | 'short' = 'long'): string =>
  format(asDate(day), { ...utc, month: width });
export const weekdayName = (day: string, width: 'long' | 'short' | 'narrow' = 'long'): string =>
  format(asDate(day), { ...utc, weekday: width });

/** Whether the reader’s clock has two rounds of twelve hours. */
export const hasTwelveHours = Boolean(new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12);
const hour = hasTwelveHours ? 'numeric' : '2-digit';

/** “14:00” or “2:00 PM”, of a wall time. */
export const clock = (wall: string): string => format(new Date(`${wall}:00Z`), { ...utc, hour, minute: '2-digit' });
/** The same without “PM”, where the hours around say it. */
export const shortClock = (wall: string): string =>
  formatterOf({ ...utc, hour, minute: '2-digit' })
    .formatToParts(new Date(`${wall}:00Z`))
    .filter(({ type }, index, parts) => type !== 'dayPeriod' && !isBeside(parts, index, 'dayPeriod'))
    .map(({ value }) => value)
    .join('');
const isBeside = (parts: Intl.DateTimeFormatPart[], index: number, type: string): boolean =>
  parts[index]!.type === 'literal' && (parts[index - 1]?.type === type || parts[index + 1]?.type === type);

/** “14:00 – 15:30” or “2:00 – 3:30 PM”, of wall times of one day. */
export function clockSpan(from: string, to: string): string {
  if (!hasTwelveHours) return `${clock(from)} – ${clock(to)}`;
  const range = formatterOf({ ...utc, hour, minute: '2-digit' });
  return range.formatRange(new Date(`${from}:00Z`), new Date(`${to}:00Z`)).replace(/\s*–\s*/, ' – ');
}

/** Minutes since midnight as a time: “2 PM” for a whole hour of a clock of twelve. */
export const clockOfMinutes = (minutes: number): string =>
  format(new Date(minutes * 60_000), {
    ...utc,
    hour,
    minute: hasTwelveHours && minutes % 60 === 0 ? undefined : '2-digit',
  });
export const timeIn = (instant: string | number, zone: string): string => clock(wallTime(instant, zone));

/** “Wednesday 10 June, 14:00 – 15:30”; days for an all-day event, whose end is exclusive. */
export function spanIn(start: string, end: string, allDay: boolean, zone: string): string {
  if (allDay) return daySpan(start, addDays(end, -1));
  const [from, to] = [wallTime(start, zone), wallTime(end, zone)];
  const [day, lastDay] = [from.slice(0, 10), to.slice(0, 10)];
  if (day === lastDay) return `${longDay(day)}, ${clockSpan(from, to)}`;
  return `${longDay(day)}, ${clock(from)} – ${longDay(lastDay)}, ${clock(to)}`;
}

/** “Wednesday 10 June – Friday 12 June”, or one day. */
export function daySpan(first: string, last: string, weekday: 'long' | 'short' = 'long'): string {
  const [from, to] = [first, last].map((day) => longDay(day, { weekday }));
  return last <= first ? from! : `${from} – ${to}`;
}

/** “10:42” today, “yesterday”, or the day, for what happened. */
export function moment(instant: string | number, zone: string): string {
  const day = dayOf(instant, zone);
  const now = today(zone);
  if (day === now) return timeIn(instant, zone);
  return `${day === addDays(now, -1) ? relative(-1) : longDay(day)}, ${timeIn(instant, zone)}`;
}

/** “yesterday”, “today”, “tomorrow”. */
export const relative = (days: number): string =>
  new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');

/** “2 minutes ago”. */
export function ago(instant: string): string {
  const minutes = Math.round((Date.now() - new Date(instant).getTime()) / 60_000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (minutes < 1) return words.format(0, 'second');
  if (minutes < 60) return words.format(-minutes, 'minute');
  if (minutes < 60 * 24) return words.format(-Math.round(minutes / 60), 'hour');
  return words.format(-Math.round(minutes / 60 / 24), 'day');
}

/** “GMT+2” */
export function zoneOffset(zone: string, at: number = Date.now()): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** “a, b and c” */
export const listed = (words: string[]): string => new Intl.ListFormat(locale, { type: 'conjunction' }).format(words);
export const capitalize = (text: string): string => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

// Days are `2026-06-10`, wall times `2026-06-10T14:00`; instants are ISO 8601 with `Z`.

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  // Swedes write dates and times as ISO 8601 does.
  const formatter = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formatters.set(zone, formatter);
  return formatter;
}

/** The wall time of an instant in a zone; a date stays a date. */
export function wallTime(instant: string | number, zone: string): string {
  if (typeof instant === 'string' && !instant.includes('T')) return instant;
  return formatterOf(zone).format(new Date(instant)).replace(' ', 'T');
}

export const dayOf = (instant: string | number, zone: string): string => wallTime(instant, zone).slice(0, 10);
export const today = (zone: string): string => dayOf(Date.now(), zone);

/** The instant of a wall time: the first of two, and after a gap where there is none. */
export function instantOf(wall: string, zone: string): string {
  const asked = new Date(`${wall}:00Z`).getTime();
  let at = asked;
  for (let round = 0; round < 3; round += 1) {
    at += asked - new Date(`${wallTime(at, zone)}:00Z`).getTime();
  }
  return new Date(at).toISOString();
}

/** Days as numbers of UTC, where all have 24 hours. */
export const asDate = (day: string): Date => new Date(`${day.slice(0, 10)}T00:00:00Z`);
const toDay = (date: Date): string => date.toISOString().slice(0, 10);

/** Whether a text is a day that exists, in years that have four digits with room for a month on both sides. */
export function isDay(text: string | undefined): text is string {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text) || text < '1000' || text > '9998-12') return false;
  const date = asDate(text);
  return !Number.isNaN(date.getTime()) && toDay(date) === text;
}

export function addDays(day: string, count: number): string {
  const date = asDate(day);
  date.setUTCDate(date.getUTCDate() + count);
  return toDay(date);
}

export function addMonths(day: string, count: number): string {
  const date = asDate(`${day.slice(0, 8)}01`);
  date.setUTCMonth(date.getUTCMonth() + count);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(Number(day.slice(8, 10)), last));
  return toDay(date);
}

export const daysBetween = (from: string, to: string): number =>
  (asDate(to).getTime() - asDate(from).getTime()) / 86_400_000;

/** Minutes added on the clock: `2026-06-10T23:30` and 45 are `2026-06-11T00:15`. */
export function addMinutes(wall: string, minutes: number): string {
  return new Date(new Date(`${wall}:00Z`).getTime() + minutes * 60_000).toISOString().slice(0, 16);
}

export const minutesBetween = (from: string, to: string): number =>
  (new Date(`${to}:00Z`).getTime() - new Date(`${from}:00Z`).getTime()) / 60_000;

/** 0 is Monday. */
export const weekday = (day: string): number => (asDate(day).getUTCDay() + 6) % 7;

export const startOfMonth = (day: string): string => `${day.slice(0, 8)}01`;

/** The ISO 8601 number of the week. */
export function weekNumber(day: string): number {
  const thursday = addDays(day, 3 - weekday(day));
  return 1 + Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7);
}

import { toInstant } from '../index.js';
import { UsageError } from './cli-error.js';
import type { Duration } from './duration.js';
import { instantOf, readSpan } from './when.js';
import { dayText, moveWall, timeText, wallOf } from './zones.js';

/** Two instants. */
export interface Window {
  from: string;
  to: string;
}

/** The first days of the period and of the one after it, counted from the one that contains the date. */
const PERIODS: Record<string, (date: string, offset: number) => [string, string]> = {
  week: (date, offset) => {
    const weekday = (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7;
    const monday = moveWall(date, { days: offset * 7 - weekday });
    return [monday, moveWall(monday, { days: 7 })];
  },
  month: (date, offset) => [firstOfMonth(date, offset), firstOfMonth(date, offset + 1)],
  year: (date, offset) => [
    `${Number(date.slice(0, 4)) + offset}-01-01`,
    `${Number(date.slice(0, 4)) + offset + 1}-01-01`,
  ],
};

function firstOfMonth(date: string, offset: number): string {
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + offset;
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAME =
  /^\s*(?:in\s+)?(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?:\s+(\d{4}))?\s*$/i;

/** The first day of the month that is meant: “june” is the next one, the present one included. */
function readMonth(text: string, today: string): string | null {
  const [month] = /^\s*\d{4}-(?:0[1-9]|1[0-2])\s*$/.exec(text) ?? [];
  if (month) return `${month.trim()}-01`;
  const [, name, year] = MONTH_NAME.exec(text) ?? [];
  if (name === undefined) return null;
  const number = String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1).padStart(2, '0');
  const isOver = number < today.slice(5, 7);
  return `${year ?? Number(today.slice(0, 4)) + (isOver ? 1 : 0)}-${number}-01`;
}

const OFFSETS: Record<string, number> = { last: -1, this: 0, next: 1 };

/**
 * Reads a stretch of time: a day, “this week”, “next month”, `2026-12`, or from one time to another. In the zone.
 *
 * @throws UsageError
 */
export function readWindow(text: string, zone: string, now = new Date()): Window {
  const today = wallOf(now, zone).slice(0, 10);
  const [, which, period] = /^\s*(?:(last|this|next)\s+)?(week|month|year)\s*$/i.exec(text) ?? [];
  if (period) {
    const [first, next] = PERIODS[period.toLowerCase()]!(today, OFFSETS[(which ?? 'this').toLowerCase()]!);
    return { from: toInstant(first, zone), to: toInstant(next, zone) };
  }
  const month = readMonth(text, today);
  if (month !== null) {
    const [first, next] = PERIODS['month']!(month, 0);
    return { from: toInstant(first, zone), to: toInstant(next, zone) };
  }
  const { start, end, duration } = readSpan(text, zone, { now, isPast: true });
  const from = instantOf(start, zone);
  if (duration) return { from, to: after(from, duration, zone) };
  const last = end ?? start;
  if (end?.hasTime) {
    const to = instantOf(end, zone);
    if (Date.parse(to) <= Date.parse(from)) throw new UsageError(`“${text}” would end before it starts.`);
    return { from, to };
  }
  // A time alone begins what lasts to the end of its day.
  return { from, to: toInstant(moveWall(last.wall.slice(0, 10), { days: 1 }), zone) };
}

/**
 * The window of `--from`, `--to` and `--days`, whichever are given.
 *
 * @param usual how long it is when neither says so
 * @throws UsageError
 */
export function windowOf(
  { from, to, days }: { from?: string | undefined; to?: string | undefined; days?: number | undefined },
  zone: string,
  usual: Duration,
  { now = new Date(), start = wallOf(now, zone).slice(0, 10) } = {},
): Window {
  if (to !== undefined && days !== undefined) throw new UsageError('--to and --days exclude each other.');
  const begin = from === undefined ? toInstant(start, zone) : readWindow(from, zone, now).from;
  const end =
    to === undefined ? after(begin, days === undefined ? usual : { days, minutes: 0 }, zone) : endOf(to, zone, now);
  if (Date.parse(end) <= Date.parse(begin)) throw new UsageError('--to is not after --from.');
  return { from: begin, to: end };
}

/** With a time of day that moment, otherwise the end of the day, week or month. */
function endOf(text: string, zone: string, now: Date): string {
  const whole = readWindow(text, zone, now);
  const isTime = wallOf(whole.from, zone).slice(11) !== '00:00:00' || /\b0?0:00\b|\bmidnight\b|\bT00/i.test(text);
  return isTime ? whole.from : whole.to;
}

/** The window as people read it: days, or times. */
export function windowText({ from, to }: Window, zone: string): string {
  const [start, end] = [wallOf(from, zone), wallOf(to, zone)];
  if (!start.endsWith('T00:00:00') || !end.endsWith('T00:00:00'))
    return `${timeText(from, zone)} to ${timeText(to, zone)}`;
  const last = moveWall(end, { days: -1 });
  return last.slice(0, 10) === start.slice(0, 10) ? dayText(start) : `${dayText(start)} to ${dayText(last)}`;
}

function after(instant: string, { days, minutes }: Duration, zone: string): string {
  const moved = toInstant(moveWall(wallOf(instant, zone), { days }), zone);
  return new Date(Date.parse(moved) + minutes * 60_000).toISOString().replace('.000Z', 'Z');
}

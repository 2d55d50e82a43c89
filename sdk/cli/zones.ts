import { localZone, toInstant, toLocal } from '../index.js';
import { UsageError } from './cli-error.js';

export const DAY_MS = 86_400_000;

/** The IANA name as it is spelt officially. @throws UsageError when there is no such zone */
export function readZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name.trim() }).resolvedOptions().timeZone;
  } catch {
    const example = localZone();
    throw new UsageError(`There is no time zone “${name}”. Zones have names such as Europe/Paris or ${example}.`);
  }
}

/** What the clocks of the zone show: `2026-12-07T10:00:00`. */
export const wallOf = (instant: string | Date, zone: string): string => toLocal(instant, zone);

/** The wall time moved by days and minutes, as a calendar and not a stopwatch counts. */
export function moveWall(wall: string, { days = 0, minutes = 0 }: { days?: number; minutes?: number }): string {
  const isDate = wall.length === 10;
  const moved = new Date(Date.parse(isDate ? `${wall}T00:00Z` : `${wall}Z`) + days * DAY_MS + minutes * 60_000);
  return moved.toISOString().slice(0, isDate ? 10 : 19);
}

/** Whether the clocks of the zone skip the wall time, or show it twice. */
export function oddity(wall: string, zone: string): 'skipped' | 'doubled' | null {
  const first = toInstant(wall, zone);
  if (toLocal(first, zone) !== wall) return 'skipped';
  return toInstant(wall, zone, { overlap: 'second' }) === first ? null : 'doubled';
}

const format = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** A date as people read it: `Mon 7 Dec 2026`. */
export function dayText(wall: string): string {
  return format.format(new Date(`${wall.slice(0, 10)}T00:00Z`)).replace(',', '');
}

/** An instant as people of the zone read it: `Mon 7 Dec 2026, 10:00`. */
export function timeText(instant: string, zone: string): string {
  const wall = wallOf(instant, zone);
  return `${dayText(wall)}, ${wall.slice(11, 16)}`;
}

export interface Times {
  start_time: string;
  end_time: string;
  all_day?: boolean;
}

/** Whether the times are dates, which are the same in every zone. */
export const areDates = ({ start_time }: Times): boolean => start_time.length === 10;

/** Start and end: `Mon 7 Dec 2026, 10:00–11:00`, or with dates `Mon 7 Dec 2026, all day`. */
export function spanText(times: Times, zone: string): string {
  if (areDates(times)) {
    const last = moveWall(times.end_time, { days: -1 });
    const days = last <= times.start_time ? '' : ` – ${dayText(last)}`;
    return `${dayText(times.start_time)}${days}, all day`;
  }
  const [start, end] = [wallOf(times.start_time, zone), wallOf(times.end_time, zone)];
  const until =
    start.slice(0, 10) === end.slice(0, 10) ? `–${end.slice(11, 16)}` : ` – ${timeText(times.end_time, zone)}`;
  return `${timeText(times.start_time, zone)}${until}${changeOfClocks(times, zone)}`;
}

/** The dates of an interval that begins and ends at midnight in the zone, the end exclusive; null for any other one. */
export function wholeDays({ start_time, end_time }: Times, zone: string): Times | null {
  const [start, end] = [wallOf(start_time, zone), wallOf(end_time, zone)];
  const areMidnights = start.endsWith('T00:00:00') && end.endsWith('T00:00:00');
  return areMidnights ? { start_time: start.slice(0, 10), end_time: end.slice(0, 10) } : null;
}

/** Time that is taken or free: days, the last one included, when it is made of whole days, otherwise start and end. */
export const intervalText = (times: Times, zone: string): string =>
  spanText((areDates(times) ? null : wholeDays(times, zone)) ?? times, zone);

interface TimeOfPeople {
  start_time: string;
  local_times: { user: { username: string }; local_start: string; local_end: string }[];
}

/**
 * What the clocks of those people show whose clocks differ from those of the zone: `sam 03:45–04:45`, with the day where
 * that differs too. Empty when nobody's do.
 */
export function otherClocks({ start_time, local_times: all }: TimeOfPeople, zone: string): string {
  const [here, span] = [wallOf(start_time, zone), new Map<string, string[]>()];
  for (const {
    user: { username },
    local_start: start,
    local_end: end,
  } of all) {
    if (start.slice(0, 16) === here.slice(0, 16)) continue;
    const day = start.slice(0, 10) === here.slice(0, 10) ? '' : `${dayText(start).slice(0, -5)} `;
    const text = `${day}${start.slice(11, 16)}–${end.slice(11, 16)}`;
    span.set(text, [...(span.get(text) ?? []), username]);
  }
  return [...span].map(([text, names]) => `${names.join(', ')} ${text}`).join(' · ');
}

/** Says which of two equal wall times is meant, and that a span is longer or shorter than it looks. */
export function changeOfClocks({ start_time, end_time }: Times, zone: string): string {
  const [start, end] = [offsetText(start_time, zone), offsetText(end_time, zone)];
  const isOdd = (at: string): boolean => oddity(wallOf(at, zone), zone) !== null;
  if (start === end) return isOdd(start_time) || isOdd(end_time) ? ` (UTC${start})` : '';
  return ` (UTC${start} to UTC${end}: the clocks change)`;
}

function offsetText(instant: string, zone: string): string {
  const minutes = (Date.parse(`${wallOf(instant, zone)}Z`) - Math.floor(Date.parse(instant) / 1_000) * 1_000) / 60_000;
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

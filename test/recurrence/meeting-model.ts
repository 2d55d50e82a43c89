/**
 * An independent model of a series: the list of its meetings, found day by day on a plain calendar. It shares no code
 * with the server. Wall times are milliseconds as if they were UTC.
 */
export interface ModelRule {
  frequency: 'daily' | 'weekly' | 'monthly' | 'yearly';
  interval: number;
  /** Monday is 0. With an ordinal: `-1` is the last of the month. */
  weekdays?: { weekday: number; ordinal?: number }[];
  monthDays?: number[];
  count?: number;
  /** The last day, as a wall time at midnight. */
  until?: number;
}

export interface Meeting {
  /** The original start on the wall clock. */
  name: number;
  cancelled: boolean;
  title: string | null;
  /** The wall time to which it was moved. */
  moved: number | null;
  added: boolean;
}

export const DAY = 86_400_000;
const weekdayOf = (day: number): number => (new Date(day).getUTCDay() + 6) % 7;
const midnight = (wall: number): number => Math.floor(wall / DAY) * DAY;
const monthsOf = (day: number): number => new Date(day).getUTCFullYear() * 12 + new Date(day).getUTCMonth();
const monthLength = (day: number): number => {
  const date = new Date(day);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
};

/** Returns whether a rule that starts on a day holds on another one. */
function holds(rule: ModelRule, startDay: number, day: number): boolean {
  const date = new Date(day);
  const start = new Date(startDay);
  const isWeekday = (rule.weekdays ?? []).some(({ weekday, ordinal }) => {
    if (weekdayOf(day) !== weekday) return false;
    if (ordinal === undefined) return true;
    const fromEnd = -Math.floor((monthLength(day) - date.getUTCDate()) / 7) - 1;
    return ordinal > 0 ? Math.floor((date.getUTCDate() - 1) / 7) + 1 === ordinal : fromEnd === ordinal;
  });
  if (rule.frequency === 'daily') {
    return Math.round((day - startDay) / DAY) % rule.interval === 0 && (!rule.weekdays || isWeekday);
  }
  if (rule.frequency === 'weekly') {
    const mondayOf = (each: number): number => each - weekdayOf(each) * DAY;
    const weeks = Math.round((mondayOf(day) - mondayOf(startDay)) / DAY / 7);
    return weeks % rule.interval === 0 && (rule.weekdays ? isWeekday : weekdayOf(day) === weekdayOf(startDay));
  }
  const isMonthDay = (rule.monthDays ?? [start.getUTCDate()]).some((monthDay) =>
    monthDay > 0 ? date.getUTCDate() === monthDay : monthLength(day) + monthDay + 1 === date.getUTCDate(),
  );
  if (rule.frequency === 'monthly') {
    return (monthsOf(day) - monthsOf(startDay)) % rule.interval === 0 && (rule.weekdays ? isWeekday : isMonthDay);
  }
  const years = date.getUTCFullYear() - start.getUTCFullYear();
  return years % rule.interval === 0 && date.getUTCMonth() === start.getUTCMonth() && isMonthDay;
}

/** Returns the wall times of a rule up to a horizon, by trying every day. */
export function datesOf(rule: ModelRule, start: number, horizon: number): number[] {
  const dates: number[] = [];
  for (let day = midnight(start); day <= horizon; day += DAY) {
    if (dates.length === (rule.count ?? Infinity) || day > (rule.until ?? Infinity)) break;
    if (holds(rule, midnight(start), day)) dates.push(day + start - midnight(start));
  }
  return dates;
}

/** Returns the rule as a client sends it. */
export function toPattern(rule: ModelRule): Record<string, unknown> {
  const { frequency, interval, weekdays, monthDays, count, until } = rule;
  const codes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
  return {
    frequency,
    interval,
    ...(weekdays ? { by_day: weekdays.map(({ weekday, ordinal }) => `${ordinal ?? ''}${codes[weekday]}`) } : {}),
    ...(monthDays ? { by_month_day: monthDays } : {}),
    ...(count === undefined ? {} : { count }),
    ...(until === undefined ? {} : { until: wallText(until).slice(0, 10) }),
  };
}

/** `2026-06-01T10:00:00` */
export const wallText = (wall: number): string => new Date(wall).toISOString().slice(0, 19);
export const wallOf = (text: string): number => Date.parse(`${text}Z`);

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns the wall time in a zone at an instant, from `Intl` alone. */
export function wallAt(instant: number, zone: string): number {
  const options = { timeZone: zone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'medium' } as const;
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', options);
  formats.set(zone, format);
  return Date.parse(`${format.format(instant).replace(', ', 'T')}Z`);
}

/** Returns the instant of a wall time that the clocks show once. */
export function instantOf(wall: number, zone: string): number {
  let instant = wall;
  for (let step = 0; step < 3; step += 1) instant += wall - wallAt(instant, zone);
  return instant;
}

/** Returns what the clocks of a zone show for a wall time, which may be one that they skip. */
export function shownOn(wall: number, zone: string): number {
  const before = wallAt(wall - DAY, zone) - (wall - DAY);
  const instant = wall - before;
  return wallAt(instant, zone) === wall || wallAt(instantOf(wall, zone), zone) === wall ? wall : wallAt(instant, zone);
}

/**
 * Returns where the nth weekdays of a month are after a move of the reference within its month: for each, the weekday and
 * the ordinal that the reference then has. Null where some month has no such day, or the reference leaves its month.
 */
export function followOrdinal(
  names: number[],
  reference: number,
  shift: number,
  fromEnd: boolean,
): Map<number, number> | null {
  const moved = reference + shift;
  if (monthsOf(reference) !== monthsOf(moved)) return null;
  const dayOf = (wall: number): number => new Date(wall).getUTCDate();
  const ordinalOf = (wall: number): number =>
    Math.floor((fromEnd ? monthLength(wall) - dayOf(wall) : dayOf(wall) - 1) / 7);
  const byOrdinal = ordinalOf(moved) - ordinalOf(reference);
  const found = names.map((name): [number, number] => {
    const ordinal = ordinalOf(name) + byOrdinal;
    const weekday = (weekdayOf(name) + weekdayOf(moved) - weekdayOf(reference) + 7) % 7;
    const first = midnight(name) - (dayOf(name) - 1) * DAY;
    const last = first + (monthLength(name) - 1) * DAY;
    const day = fromEnd
      ? last - ((weekdayOf(last) - weekday + 7) % 7) * DAY - ordinal * 7 * DAY
      : first + ((weekday - weekdayOf(first) + 7) % 7) * DAY + ordinal * 7 * DAY;
    const fits = ordinal >= 0 && monthsOf(day) === monthsOf(name);
    return [name, fits ? day + moved - midnight(moved) : NaN];
  });
  return found.some(([, day]) => Number.isNaN(day)) ? null : new Map(found);
}

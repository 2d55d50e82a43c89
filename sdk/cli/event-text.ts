import type { CalendarEvent, DryRun, EventItem } from '../index.js';
import { responseOf } from '../index.js';
import type { Cli } from './cli.js';
import { conflictLines } from './conflicts.js';
import { safeLine, safeText, shortId } from './text.js';
import { areDates, changeOfClocks, dayText, moveWall, spanText, timeText, type Times, wallOf } from './zones.js';

type Colors = ReturnType<Cli['colors']>;

/** Events by day: one line each, with its time, the end of its id, its title and whose it is. */
export function agendaLines(items: EventItem[], zone: string, me: string, colors: Colors, from?: string): string[] {
  const { bold, dim } = colors;
  const rows = items
    .map((item) => ({ item, times: item.occurrence ?? item }))
    .map(({ item, times }) => {
      const start = areDates(times) ? times.start_time : wallOf(times.start_time, zone);
      // What began before the window is shown on its first day.
      const first = from === undefined ? start : [start, wallOf(from, zone).slice(0, start.length)].sort()[1]!;
      return { item, time: clockText(times, zone, first.slice(0, 10)), day: first.slice(0, 10) };
    });
  const width = Math.max(0, ...rows.map(({ time }) => time.length));
  const lines: string[] = [];
  let day = '';
  for (const row of rows) {
    if (row.day !== day) lines.push(...(day === '' ? [] : ['']), bold(dayText(row.day)));
    day = row.day;
    lines.push(`  ${row.time.padEnd(width)}  ${dim(shortId(row.item.id))}  ${titleText(row.item, zone, me, colors)}`);
  }
  return lines;
}

/** The times on one day; what is longer says so. */
function clockText(times: Times, zone: string, day: string): string {
  if (areDates(times)) {
    const last = moveWall(times.end_time, { days: -1 });
    return last > day ? `to ${dayText(last).slice(0, -5)}` : 'all day';
  }
  const [start, end] = [wallOf(times.start_time, zone), wallOf(times.end_time, zone)];
  const from = start.slice(0, 10) === day ? start.slice(11, 16) : '…';
  const to = end.slice(0, 10) === day || end === `${moveWall(day, { days: 1 })}T00:00:00` ? end.slice(11, 16) : `${dayText(end).slice(0, -5)} ${end.slice(11, 16)}`; // prettier-ignore
  return `${from}–${to}`;
}

function titleText(item: EventItem, zone: string, me: string, { dim, yellow, strikethrough }: Colors): string {
  const title = item.status === 'cancelled' ? strikethrough(safeLine(item.title)) : safeLine(item.title);
  const about = [
    ...(item.location ? [safeLine(item.location)] : []),
    ...(item.owner.id === me ? [] : [`of ${item.owner.username}`]),
    ...(item.is_recurring ? ['series'] : []),
    ...(item.show_as === 'free' ? ['free'] : []),
  ];
  const status = item.status === 'confirmed' ? '' : ` ${yellow(`(${item.status})`)}`;
  const times = item.occurrence ?? item;
  const clocks = areDates(times) ? '' : yellow(changeOfClocks(times, zone));
  return `${title}${status}${clocks}${about.length > 0 ? dim(` · ${about.join(' · ')}`) : ''}`;
}

/** Everything about one event. */
export function eventLines(event: CalendarEvent, zone: string, { bold, dim, yellow }: Colors): string[] {
  const rows: [string, string | null][] = [
    ['when', timesText(event, zone)],
    ['zone', event.time_zone === zone || areDates(event) ? null : `${spanText(event, event.time_zone)} (${event.time_zone})`],
    ['repeats', event.rrule],
    ['without', event.excluded.map((date) => dateText(date, zone)).join(' · ') || null],
    ['also on', event.added.map((date) => dateText(date, zone)).join(' · ') || null],
    ['changed', event.overrides.map(({ original_start }) => dateText(original_start, zone)).join(' · ') || null],
    ['where', event.location],
    ['link', event.url],
    ['status', event.status === 'confirmed' ? null : event.status],
    ['shown as', event.show_as === 'busy' ? null : event.show_as],
    ['people', (event.permissions ?? []).map(({ username, role }) => `${username} (${role})`).join(', ') || `${event.owner.username} (owner)`],
    ['you may', event.can.join(', ')],
    ['version', `${event.version}, by ${event.updated_by.username}, ${timeText(event.updated_at, zone)}`],
    ['deleted', event.deleted_at ? timeText(event.deleted_at, zone) : null],
    ['id', event.id],
  ]; // prettier-ignore
  const lines = rows.flatMap(([name, value]) =>
    value === null ? [] : [`  ${dim(name.padEnd(8))}  ${safeLine(value)}`],
  );
  if (event.description)
    lines.push(
      '',
      ...safeText(event.description)
        .split('\n')
        .map((line) => `  ${line}`),
    );
  return [bold(safeLine(event.title)) + (event.status === 'cancelled' ? yellow(' cancelled') : ''), ...lines];
}

const timesText = (event: Times, zone: string): string =>
  `${spanText(event, zone)} (${areDates(event) ? 'in every zone' : zone})`;

/** The date of a series that is there now, and what it was when that is another. */
function occurrenceText(event: CalendarEvent, original: string, zone: string): string {
  const { start_time, end_time } = event.overrides.find(({ original_start }) => original_start === original) ?? {};
  const place = original.length === 10 ? 'in every zone' : zone;
  if (start_time === undefined || end_time === undefined) return `the date ${dateText(original, zone)} (${place})`;
  const was = start_time === original ? '' : `, was ${dateText(original, zone)}`;
  return `the date ${spanText({ start_time, end_time }, zone)} (${place})${was}`;
}

const dateText = (at: string, zone: string): string => (at.length === 10 ? dayText(at) : timeText(at, zone));

/**
 * What a write did, or would do: a word such as `Created`, the event and its times, and what the server decided.
 *
 * @param occurrence the original start of the one date that was changed
 * @param hasId whether the id is that of an event that is there
 */
export function writtenLines(
  word: string,
  event: CalendarEvent,
  zone: string,
  colors: Colors,
  occurrence?: string,
  hasId = true,
): string[] {
  const { bold, dim, yellow } = colors;
  const times = occurrence === undefined ? timesText(event, zone) : occurrenceText(event, occurrence, zone);
  const repeats = event.rrule && occurrence === undefined ? `, ${event.rrule}` : '';
  const lines = [
    `${word} ${bold(safeLine(event.title))}: ${times}${repeats} ${dim(`· version ${event.version}${hasId ? ` · ${shortId(event.id)}` : ''}`)}`,
  ];
  const merged = responseOf(event)?.merged;
  if (merged) lines.push(`Merged with what others changed meanwhile (versions ${merged.from} to ${merged.to}).`);
  if (event.skipped?.length) {
    lines.push(yellow(`Left out, because of conflicts: ${event.skipped.map((at) => dateText(at, zone)).join(' · ')}`));
  }
  if (event.possible_conflicts_after?.length) {
    lines.push(yellow('Conflicts are possible after the next ten years:'), ...conflictLines(event.possible_conflicts_after, zone, colors)); // prettier-ignore
  }
  return lines;
}

/**
 * What a write would do: what it would print, marked as not stored, and who would be notified.
 *
 * @param lines what the real write prints
 */
export function dryRunLines(dry: DryRun<unknown>, lines: readonly string[], zone: string, colors: Colors): string[] {
  const notified = dry.notified.map(({ username }) => username).join(', ');
  return [
    colors.bold('Dry run: nothing was stored.'),
    ...(dry.changes.length === 0 ? ['  Nothing would change.'] : lines.map((line) => `  ${line}`)),
    ...conflictLines(dry.conflicts, zone, colors),
    notified === '' ? 'Nobody would be notified.' : `Notified would be: ${notified}.`,
  ];
}

/** What was removed: the event, a date of it, or that date and the later ones. */
export function removedLine(
  event: CalendarEvent,
  { occurrence, scope }: { occurrence?: string; scope?: 'this' | 'following' | 'all' },
  zone: string,
  { bold }: Colors,
): string {
  const title = bold(safeLine(event.title));
  if (occurrence === undefined || scope === 'all') return `Removed ${title}: ${timesText(event, zone)}`;
  const date = occurrenceText(event, occurrence, zone);
  return `Removed ${title}: ${date}${scope === 'following' ? ' and all later dates' : ''}`;
}
